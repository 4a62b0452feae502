import { dated } from './dateFormat';
import { fixed, formatValue, furtherUnits, iec, scaled, si, type Unit } from '../model/units';
import { preferences } from '../state/preferences';

// Names are Grafana's; what stands behind a value is what Grafana writes there.

/** Behind the value as it is. */
const plain: Record<string, string> = {
  kelvin: 'K', dB: 'dB', dBm: 'dBm', pixel: 'px', radian: 'rad', grad: 'grad', arcmin: 'arcmin', arcsec: 'arcsec', accMS2: 'm/sec²', accFS2: 'f/sec²', accG: 'g', areaM2: 'm²', areaF2: 'ft²', areaMI2: 'mi²',
  ppm: 'ppm', conppb: 'ppb', conngm3: 'ng/m³', conngNm3: 'ng/Nm³', 'conμgm3': 'μg/m³', 'conμgNm3': 'μg/Nm³', conmgm3: 'mg/m³', conmgNm3: 'mg/Nm³', congm3: 'g/m³', congNm3: 'g/Nm³', conmgdL: 'mg/dL', conmmolL: 'mmol/L',
  flowgpm: 'gpm', flowcms: 'cms', flowcfs: 'cfs', flowcfm: 'cfm', litreh: 'L/h', flowlpm: 'L/min', flowmlpm: 'mL/min', lux: 'lux', lumens: 'Lm', masslb: 'lb', masst: 't', lengthin: 'in', lengthft: 'ft', lengthmi: 'mi',
  pressurembar: 'mbar', pressurehpa: 'hPa', pressurehg: 'inHg', pressurepsi: 'psi', rothz: 'Hz', rotrads: 'rad/s', rotdegs: '°/s', velocityms: 'm/s', velocitykmh: 'km/h', velocitymph: 'mph', velocityknot: 'kn',
  gallons: 'gal', m3: 'm³', Nm3: 'Nm³', dm3: 'dm³', Wm2: 'W/m²',
};

/** With a prefix of thousands in front of the unit; what the value is counted in, as a power of a thousand. */
const prefixed: Record<string, [suffix: string, power: number]> = {
  sishort: ['', 0], watt: ['W', 0], kwatt: ['W', 1], megwatt: ['W', 2], gwatt: ['W', 3], mwatt: ['W', -1], voltamp: ['VA', 0], kvoltamp: ['VA', 1], voltampreact: ['VAr', 0], kvoltampreact: ['VAr', 1], watth: ['Wh', 0], kwatth: ['Wh', 1], watthperkg: ['Wh/kg', 0],
  amph: ['Ah', 0], kamph: ['Ah', 1], mamph: ['Ah', -1], joule: ['J', 0], ev: ['eV', 0], amp: ['A', 0], kamp: ['A', 1], mamp: ['A', -1], volt: ['V', 0], kvolt: ['V', 1], mvolt: ['V', -1], ohm: ['Ω', 0], mohm: ['Ω', -1], kohm: ['Ω', 1], Mohm: ['Ω', 2],
  farad: ['F', 0], 'µfarad': ['F', -2], nfarad: ['F', -3], pfarad: ['F', -4], henry: ['H', 0], mhenry: ['H', -1], 'µhenry': ['H', -2], flops: ['FLOPS', 0], mflops: ['FLOPS', 2], gflops: ['FLOPS', 3], tflops: ['FLOPS', 4], Hs: ['H/s', 0], KHs: ['H/s', 1], MHs: ['H/s', 2], GHs: ['H/s', 3],
  massmg: ['g', -1], massg: ['g', 0], masskg: ['g', 1], lengthmm: ['m', -1], lengthm: ['m', 0], lengthkm: ['m', 1], pressurebar: ['bar', 0], pressurekbar: ['bar', 1], pressurepa: ['Pa', 0], pressurekpa: ['Pa', 1], forceNm: ['Nm', 0], forcekNm: ['Nm', 1], forceN: ['N', 0], forcekN: ['N', 1],
  radbq: ['Bq', 0], radci: ['Ci', 0], radgy: ['Gy', 0], radrad: ['rad', 0], radsv: ['Sv', 0], 'radmsv': ['Sv', -1], 'radusv': ['Sv', -2], 'radsvh': ['Sv/h', 0], 'radmsvh': ['Sv/h', -1], 'radusvh': ['Sv/h', -2], litre: ['L', 0], mlitre: ['L', -1],
};

/** So many of another unit. */
const multiples: Record<string, [Unit, number]> = {
  tbytes: ['bytes', 1024 ** 4], pbytes: ['bytes', 1024 ** 5], dectbytes: ['decbytes', 1e12], decpbytes: ['decbytes', 1e15], TBs: ['Bps', 1e12], PBs: ['Bps', 1e15], TiBs: ['binBps', 1024 ** 4], PiBs: ['binBps', 1024 ** 5],
  Kbits: ['bps', 1e3], Mbits: ['bps', 1e6], Gbits: ['bps', 1e9], Tbits: ['bps', 1e12], Pbits: ['bps', 1e15], Kibits: ['binbps', 1024], Mibits: ['binbps', 1024 ** 2], Gibits: ['binbps', 1024 ** 3], Tibits: ['binbps', 1024 ** 4], Pibits: ['binbps', 1024 ** 5], timeticks: ['s', 0.01],
};

const perTime: Record<string, string> = { recps: 'rec/s', rowsps: 'rows/s', cpm: 'c/min', epm: 'ev/min', mpm: 'msg/min', tps: 'tx/s' };

const currencies: Record<string, string> = {
  USD: '$', GBP: '£', EUR: '€', JPY: '¥', RUB: '₽', UAH: '₴', BRL: 'R$', ISK: 'kr', INR: '₹', KRW: '₩', IDR: 'Rp', PHP: 'PHP', VND: 'đ', TRY: '₺', MYR: 'RM', XPF: 'XPF', CHF: 'CHF', ZAR: 'R', BTC: '฿',
};
/** Those that stand behind the value. */
const currenciesBehind: Record<string, string> = { DKK: 'kr', NOK: 'kr', SEK: 'kr', CZK: 'czk', PLN: 'PLN', BGN: 'BGN' };
const grouped = ['', 'K', 'M', 'B', 'T'];

const small = ['', 'm', 'µ', 'n', 'p', 'f'];

/** Prefixes below one too: 0.005 A are 5 mA. */
function metric(value: number, suffix: string, decimals: number | undefined): string {
  if (value === 0 || Math.abs(value) >= 1) return scaled(value, 1000, si, decimals, suffix, ' ');
  const power = Math.min(small.length - 1, Math.ceil(-Math.log10(Math.abs(value)) / 3 - 1e-9));
  return `${fixed(value * 1000 ** power, decimals)} ${small[power]}${suffix}`;
}

const spans: [seconds: number, name: string][] = [[31_536_000, 'year'], [2_592_000, 'month'], [604_800, 'week'], [86_400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second'], [0.001, 'millisecond']];

/** A span of time in words: its largest unit, and as many further ones as there are decimals. */
function inWords(seconds: number, decimals: number | undefined): string {
  if (seconds === 0) return '0 seconds';
  if (seconds < 0) return `${inWords(-seconds, decimals)} ago`;
  const words: string[] = [];
  let left = Math.round(seconds * 1000) / 1000;
  for (const [size, name] of spans) {
    if (words.length > (decimals ?? 0)) break;
    if (words.length === 0 && left < size) continue;
    const count = Math.floor(left / size + 1e-9);
    words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    left -= count * size;
  }
  return words.join(', ');
}

const two = (n: number): string => String(n).padStart(2, '0');

function clock(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  return `${seconds < 0 ? '-' : ''}${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** As a clock with letters: `02h:05m:07s:250ms`, as much of it as there are decimals. */
function lettered(ms: number, decimals: number | undefined): string {
  const parts: [number, string, number][] = [[Math.floor(ms / 3_600_000), 'h', 2], [Math.floor(ms / 60_000) % 60, 'm', 2], [Math.floor(ms / 1000) % 60, 's', 2], [Math.floor(ms % 1000), 'ms', 3]];
  const first = Math.max(0, parts.findIndex(([count]) => count > 0));
  return parts.slice(first, decimals === undefined ? undefined : first + decimals + 1).map(([count, letter, width]) => String(count).padStart(width, '0') + letter).join(':');
}

function fromNow(ms: number): string {
  const format = new Intl.RelativeTimeFormat(preferences().language, { numeric: 'always' });
  const seconds = (ms - Date.now()) / 1000;
  const [size, name] = spans.find(([one]) => Math.abs(seconds) >= one && one >= 1) ?? [1, 'second'];
  return format.format(Math.round(seconds / size), name as Intl.RelativeTimeFormatUnit);
}

const isToday = (ms: number): boolean => dated(ms, 'YYYY-MM-DD', preferences().zone) === dated(Date.now(), 'YYYY-MM-DD', preferences().zone);
const dates: Record<string, [pattern: string, today: string]> = { Iso: ['YYYY-MM-DD HH:mm:ss', 'HH:mm:ss'], US: ['MM/DD/YYYY h:mm:ss a', 'h:mm:ss a'], Local: ['YYYY-MM-DD HH:mm:ss', 'HH:mm:ss'], System: ['YYYY-MM-DD HH:mm:ss', 'HH:mm:ss'] };

/** Makes the units known that dashboards use beside those of Explore. */
export function offerUnits(): void {
  for (const [unit, suffix] of Object.entries(plain)) furtherUnits.set(unit, (value, decimals) => `${fixed(value, decimals)} ${suffix}`);
  for (const [unit, [suffix, power]] of Object.entries(prefixed)) furtherUnits.set(unit, (value, decimals) => metric(value * 1000 ** power, suffix, decimals));
  for (const [unit, [base, size]] of Object.entries(multiples)) furtherUnits.set(unit, (value, decimals) => formatValue(value * size, base, decimals));
  for (const [unit, suffix] of Object.entries(perTime)) furtherUnits.set(unit, (value, decimals) => `${scaled(value, 1000, si, decimals, '', ' ')} ${suffix}`);
  for (const [code, sign] of Object.entries(currencies)) furtherUnits.set(`currency${code}`, (value, decimals) => (value < 0 ? '-' : '') + sign + scaled(Math.abs(value), 1000, grouped, decimals, '', ''));
  for (const [code, sign] of Object.entries(currenciesBehind)) furtherUnits.set(`currency${code}`, (value, decimals) => `${scaled(value, 1000, grouped, decimals, '', '')} ${sign}`);
  for (const [name, [pattern, today]] of Object.entries(dates)) {
    furtherUnits.set(`dateTimeAs${name}`, (value) => dated(value, pattern, preferences().zone));
    furtherUnits.set(`dateTimeAs${name}NoDateIfToday`, (value) => dated(value, isToday(value) ? today : pattern, preferences().zone));
  }
  furtherUnits.set('dateTimeFromNow', (value) => (Math.abs(value) <= 8.64e15 ? fromNow(value) : '–'));
  furtherUnits.set('dtdurations', inWords).set('dtdurationms', (value, decimals) => inWords(value / 1000, decimals));
  furtherUnits.set('dthms', clock).set('dtdhms', (value) => `${Math.floor(Math.abs(value) / 86_400)} d ${clock(Math.abs(value) % 86_400)}`);
  furtherUnits.set('clockms', lettered).set('clocks', (value, decimals) => lettered(value * 1000, decimals));
  furtherUnits.set('string', String).set('hex', (value) => Math.round(value).toString(16).toUpperCase()).set('hex0x', (value) => `0x${Math.round(value).toString(16).toUpperCase()}`);
  // Units with what they need in their own name.
  furtherUnits.set('time:', (value, _, unit) => dated(value, unit.slice(5), preferences().zone));
  furtherUnits.set('si:', (value, decimals, unit) => metric(value, unit.slice(3), decimals));
  furtherUnits.set('count:', (value, decimals, unit) => `${scaled(value, 1000, si, decimals, '', ' ')}${unit.slice(6)}`);
  furtherUnits.set('currency:', (value, decimals, unit) => (unit.startsWith('currency:suffix:') ? scaled(value, 1000, grouped, decimals, '', '') + unit.slice(16) : unit.slice(9).replace(/^prefix:/, '') + scaled(value, 1000, grouped, decimals, '', '')));
  furtherUnits.set('binary:', (value, decimals, unit) => scaled(value, 1024, iec, decimals, unit.slice(7), ' '));
  furtherUnits.set('bool:', (value, _, unit) => unit.slice(5).split('/')[value ? 0 : 1] ?? '');
}
