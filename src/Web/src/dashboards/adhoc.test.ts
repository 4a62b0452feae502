import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { filtersOf, filterText, withFilters } from './adhoc';

describe('filters of a dashboard', () => {
  const filters = [{ key: 'job', operator: '=', value: 'a"b' }, { key: 'http.code', operator: '!~', value: '5..' }];
  const both = 'job="a\\"b", "http.code"!~"5.."';
  it.each([
    ['up', `up{${both}}`], ['up{}', `up{${both}}`], ['up{x="1"}', `up{x="1", ${both}}`], ['up{x="1",}', `up{x="1",${both}}`], ['{x="}"}', `{x="}", ${both}}`],
    ['sum by (job) (rate(a[5m])) / on(x) b offset 1h', `sum by (job) (rate(a{${both}}[5m])) / on(x) b{${both}} offset 1h`],
    ['time() - 5', 'time() - 5'], ['label_replace(up, "a", "$1", "b", "(.*)")', `label_replace(up{${both}}, "a", "$1", "b", "(.*)")`], ['max_over_time(up[5m:1m])', `max_over_time(up{${both}}[5m:1m])`],
  ])('%s', (expr, expected) => expect(withFilters(expr, filters, parser.parse(expr))).toBe(expected));

  it('are those of the address, else those that are stored; what is none is left out', () => {
    const variable = { name: 'f', type: 'adhoc', filters: [{ key: 'a', operator: '=', value: '1' }, { key: '', operator: '=', value: 'x' }, { key: 'b', operator: '}{', value: 'x' }] };
    expect(filtersOf(variable, undefined)).toEqual([{ key: 'a', operator: '=', value: '1' }]);
    const odd = { key: 'k', operator: '=~', value: 'x|y' };
    expect(filtersOf(variable, [filterText(odd), 'broken'])).toEqual([odd]);
    expect(filtersOf(variable, ['k|=|a|b'])).toEqual([{ key: 'k', operator: '=', value: 'a|b' }]);
    expect(filtersOf(variable, [''])).toEqual([]);
  });
});
