/** Writes a value for people, in one unit. The names of units are Grafana's, so that dashboards can use them too. */
export type Unit = string;

/** Prefixes of a thousand and of 1024. */
export const si = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
export const iec = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Digits after the point that make three significant ones. */
function digits(magnitude: number): number {
  if (magnitude === 0 || magnitude >= 100) return 0;
  return magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : Math.min(10, 2 - Math.floor(Math.log10(magnitude)));
}

/** A number with so many decimals, else with three significant digits. */
export function fixed(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return value.toFixed(decimals);
  const text = value.toFixed(digits(Math.abs(value)));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** A number with the prefix that makes it short. */
export function scaled(value: number, base: number, prefixes: string[], decimals: number | undefined, suffix: string, gap: string): string {
  let power = 0;
  let size = Math.abs(value);
  while (size >= base && power < prefixes.length - 1) {
    size /= base;
    power++;
  }
  // 999.96 shown with one digit would read 1000.
  if (power < prefixes.length - 1 && Number(fixed(size, decimals)) >= base) {
    size /= base;
    power++;
  }
  const unit = prefixes[power] + suffix;
  return fixed(Math.sign(value) * size, decimals) + (unit ? gap + unit : '');
}

const timeSteps: [number, string][] = [[1e-9, 'ns'], [1e-6, 'µs'], [1e-3, 'ms'], [1, 's'], [60, 'min'], [3600, 'h'], [86_400, 'd'], [604_800, 'wk'], [31_536_000, 'y']];

function seconds(value: number, decimals: number | undefined): string {
  const size = Math.abs(value);
  if (size === 0) return `${fixed(0, decimals)} s`;
  let chosen = timeSteps[0]!;
  for (const step of timeSteps) if (size >= step[0] * 0.9999999) chosen = step;
  return `${fixed(value / chosen[0], decimals)} ${chosen[1]}`;
}

const sizes: Record<string, [number, string[], string]> = {
  bytes: [1024, iec, 'B'], decbytes: [1000, si, 'B'], bits: [1024, iec, 'b'], decbits: [1000, si, 'b'],
  binBps: [1024, iec, 'B/s'], Bps: [1000, si, 'B/s'], binbps: [1024, iec, 'b/s'], bps: [1000, si, 'b/s'],
  hertz: [1000, si, 'Hz'],
};
const multiples: Record<string, [Unit, number]> = {
  kbytes: ['bytes', 1024], mbytes: ['bytes', 1024 ** 2], gbytes: ['bytes', 1024 ** 3],
  deckbytes: ['decbytes', 1e3], decmbytes: ['decbytes', 1e6], decgbytes: ['decbytes', 1e9],
  KBs: ['Bps', 1e3], MBs: ['Bps', 1e6], GBs: ['Bps', 1e9], KiBs: ['binBps', 1024], MiBs: ['binBps', 1024 ** 2],
  ns: ['s', 1e-9], µs: ['s', 1e-6], us: ['s', 1e-6], ms: ['s', 1e-3], m: ['s', 60], h: ['s', 3600], d: ['s', 86_400],
};
const perSecond: Record<string, string> = { reqps: 'req/s', ops: 'ops/s', rps: 'rd/s', wps: 'wr/s', iops: 'io/s', pps: 'p/s', cps: 'c/s', eps: 'ev/s', mps: 'msg/s', opm: 'ops/min', rpm: 'req/min', wpm: 'wr/min' };
const suffixes: Record<string, string> = { celsius: ' °C', fahrenheit: ' °F', humidity: ' %H', degree: '°', rotrpm: ' rpm' };

/** How units are written that only dashboards have; they are put here with the first dashboard. */
export const furtherUnits = new Map<Unit, (value: number, decimals: number | undefined, unit: Unit) => string>();

/**
 * A value as text.
 * @param unit empty or `short` for plain numbers; a name nobody knows is written behind the value, as Grafana does.
 */
export function formatValue(value: number, unit: Unit = '', decimals?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = sizes[unit];
  if (size) return scaled(value, size[0], size[1], decimals, size[2], ' ');
  const multiple = multiples[unit];
  if (multiple) return formatValue(value * multiple[1], multiple[0], decimals);
  const rate = perSecond[unit];
  if (rate) return `${scaled(value, 1000, si, decimals, '', ' ')} ${rate}`;
  switch (unit) {
    case '': case 'short': return plain(value, decimals);
    case 'none': return fixed(value, decimals);
    case 's': return seconds(value, decimals);
    case 'percent': return `${fixed(value, decimals)}%`;
    case 'percentunit': return `${fixed(value * 100, decimals)}%`;
    case 'locale': return value.toLocaleString('en-US', decimals === undefined ? { maximumFractionDigits: 3 } : { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    case 'sci': return value.toExponential(decimals ?? 2);
    case 'bool': return value ? 'True' : 'False';
    case 'bool_yes_no': return value ? 'Yes' : 'No';
    case 'bool_on_off': return value ? 'On' : 'Off';
    default:
      if (furtherUnits.size > 0) {
        const write = furtherUnits.get(unit) ?? furtherUnits.get(unit.slice(0, unit.indexOf(':') + 1));
        if (write) return write(value, decimals, unit);
      }
      if (unit.startsWith('suffix:')) return fixed(value, decimals) + unit.slice(7);
      if (unit.startsWith('prefix:')) return unit.slice(7) + fixed(value, decimals);
      return fixed(value, decimals) + (suffixes[unit] ?? ` ${unit}`);
  }
}

function plain(value: number, decimals: number | undefined): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4 && decimals === undefined) return value.toExponential(2);
  return scaled(value, 1000, si, decimals, '', ' ');
}

/** Units to choose from where nothing else says which. */
export const commonUnits: Unit[] = ['short', 'none', 'bytes', 'decbytes', 'binBps', 'Bps', 'bps', 's', 'ms', 'percent', 'percentunit', 'reqps', 'ops', 'hertz', 'celsius'];

const counted = /\b(rate|irate|increase|delta|idelta|deriv)\b/;

/** The unit a query's values most likely have, read off its metric names; empty where nothing speaks for one. */
export function guessUnit(expr: string): Unit {
  const names = expr.replace(/"(?:[^"\\]|\\.)*"|\{[^}]*\}/g, ' ').match(/[a-zA-Z_:][\w:]*/g) ?? [];
  const perSec = counted.test(expr) && !/\bincrease\b/.test(expr);
  const units = new Set<Unit>();
  for (const name of names) {
    if (!name.includes('_') || /_over_time$|^(histogram|label|group|count|day|days)_/.test(name)) continue;
    if (/_bytes(_total|_sum)?$/.test(name)) units.add(perSec ? 'binBps' : 'bytes');
    else if (/_(seconds|duration)_bucket$/.test(name) && /histogram_quantile/.test(expr)) units.add('s');
    else if (/_seconds$|_seconds_sum$/.test(name)) units.add(perSec ? '' : 's');
    else if (/_ratio$/.test(name)) units.add('percentunit');
    else units.add('');
  }
  // A quotient of two things has neither's unit.
  return units.size === 1 && !/[/*]/.test(expr.replace(/\{[^}]*\}/g, '')) ? [...units][0]! : '';
}
