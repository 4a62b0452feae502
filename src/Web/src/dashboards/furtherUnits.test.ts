import { describe, expect, it, vi } from 'vitest';
import { dated } from './dateFormat';
import { formatValue } from '../model/units';
import { preferences, setPreferences } from '../state/preferences';
import { offerUnits } from './furtherUnits';

vi.stubGlobal('navigator', { language: 'en' });
vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
offerUnits();
setPreferences({ zone: 'UTC' });

describe('a unit of dashboards', () => {
  it.each([
    [0.005, 'amp', '5 mA'], [1500, 'watt', '1.5 kW'], [2, 'kwatth', '2 kWh'], [-0.25, 'volt', '-250 mV'], [0, 'volt', '0 V'], [2, 'tbytes', '2 TiB'], [3, 'Mbits', '3 Mb/s'],
    [1234.5, 'currencyUSD', '$1.23K'], [-5, 'currencyEUR', '-€5'], [12, 'currencySEK', '12 kr'], [93_784, 'dtdurations', '1 day'], [90_061_000, 'dtdurationms', '1 day'], [0, 'dtdurations', '0 seconds'], [-60, 'dtdurations', '1 minute ago'],
    [7384, 'dthms', '02:03:04'], [93_784, 'dtdhms', '1 d 02:03:04'], [125_250, 'clockms', '02m:05s:250ms'], [60, 'clocks', '01m:00s:000ms'], [100, 'timeticks', '1 s'], [255, 'hex0x', '0xFF'], [12, 'accMS2', '12 m/sec²'],
    [1_700_000_000_000, 'dateTimeAsIso', '2023-11-14 22:13:20'], [1_700_000_000_000, 'dateTimeAsUS', '11/14/2023 10:13:20 pm'], [1_700_000_000_000, 'time:YYYY [is it]', '2023 is it'], [1, 'bool:on/off', 'on'], [0, 'bool:on/off', 'off'],
    [1500, 'count:req', '1.5 kreq'], [5, 'currency:suffix:z', '5z'], [7, 'suffix:x', '7x'], [7, 'nobody', '7 nobody'], [NaN, 'amp', 'NaN'],
  ] as const)('%d in "%s" is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

  it('has as many further parts as decimals', () => {
    expect(formatValue(93_784, 'dtdurations', 2)).toBe('1 day, 2 hours, 3 minutes');
    expect(formatValue(125_250, 'clockms', 0)).toBe('02m');
  });

  it('of times says how long ago in the language of the reader', () => {
    expect(formatValue(Date.now() - 7_200_500, 'dateTimeFromNow')).toBe('2 hours ago');
    setPreferences({ language: 'ko' });
    expect(formatValue(Date.now() + 86_400_500 * 3, 'dateTimeFromNow')).toContain('3일');
    expect(preferences().zone).toBe('UTC');
  });
});

it('a pattern of dates knows its words', () => expect(dated(1_700_000_000_123, 'dddd ddd D MMM MMMM YY H h A SSS X x', 'UTC')).toBe('Tuesday Tue 14 Nov November 23 22 10 PM 123 1700000000 1700000000123'));
