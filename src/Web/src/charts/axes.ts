import { formatValue, type Unit } from '../model/units';
import { wallAt, type Zone } from '../model/zone';

const two = (n: number): string => String(n).padStart(2, '0');

/** Labels of the time axis: the time, and below it the date where it is a new one. */
export function timeLabels(splits: number[], increment: number, zone: Zone): string[] {
  let day = '';
  return splits.map((seconds) => {
    const w = wallAt(seconds * 1000, zone);
    const date = `${two(w.month)}-${two(w.day)}`;
    const time = increment >= 86_400 ? '' : increment < 60 ? `${two(w.hour)}:${two(w.minute)}:${two(w.second)}` : `${two(w.hour)}:${two(w.minute)}`;
    const isNew = date !== day;
    day = date;
    return time === '' ? date : isNew ? `${time}\n${date}` : time;
  });
}

const decimal = Array.from({ length: 31 }, (_, i) => i - 12).flatMap((power) => [1, 2, 2.5, 5].map((factor) => factor * 10 ** power));
const binary = [...decimal.filter((n) => n < 1), ...Array.from({ length: 63 }, (_, i) => 2 ** i)];
const time = [...decimal.filter((n) => n < 1), 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000, 63_072_000, 157_680_000, 315_360_000, 3_153_600_000];

/** Distances between the lines of the value axis that read well in a unit. */
export function valueIncrements(unit: Unit): number[] {
  if (['bytes', 'binBps', 'bits', 'binbps'].includes(unit)) return binary;
  return unit === 's' ? time : decimal;
}

/** The value axis of a scale that is even up to a value around zero, and logarithmic beyond: from zero, to a power of the base on each side that is needed. */
export function symlogRange(min: number, max: number, base: number, linearUntil: number): [number, number] {
  const beyond = (size: number): number => (size <= linearUntil ? linearUntil : base ** Math.ceil(Math.log(size) / Math.log(base) - 1e-9));
  return [min < 0 ? -beyond(-min) : 0, max > 0 ? beyond(max) : min < 0 ? 0 : linearUntil];
}

/** Lines of such a scale: zero, and powers of the base as far as they are apart. */
export function symlogSplits(low: number, high: number, base: number, linearUntil: number, placeOf: (value: number) => number, apartPx: number): number[] {
  const kept = low <= 0 && high >= 0 ? [0] : [];
  const first = Math.ceil(Math.log(linearUntil) / Math.log(base) - 1e-9);
  const last = Math.floor(Math.log(Math.max(high, -low)) / Math.log(base) + 1e-9);
  for (const sign of [1, -1]) {
    let before = kept[0] === 0 ? placeOf(0) : NaN;
    for (let power = first; power <= last; power++) {
      const value = sign * base ** power;
      if (value < low || value > high || Math.abs(placeOf(value) - before) < apartPx) continue;
      kept.push(value);
      before = placeOf(value);
    }
  }
  return kept.sort((a, b) => a - b);
}

/** Labels of the value axis; with as many digits as tell neighbours apart. */
export function valueLabels(splits: number[], unit: Unit, decimals?: number): string[] {
  const texts = splits.map((value) => formatValue(value, unit, decimals));
  if (decimals !== undefined || new Set(texts).size === texts.length) return texts;
  for (let more = 1; more <= 6; more++) {
    const finer = splits.map((value) => formatValue(value, unit, more));
    if (new Set(finer).size === finer.length) return finer;
  }
  return texts;
}

/** The value axis for what is shown: from nothing where that costs little height, never without height. */
export function valueRange(min: number | null, max: number | null, fromZero: boolean, fixedMin?: number, fixedMax?: number): [number, number] {
  let low = min ?? 0;
  let high = max ?? 1;
  if (low === high) {
    const around = Math.abs(low) || 1;
    if (low >= 0 && low - around * 0.5 <= 0) low = 0;
    else low -= around * 0.1;
    high += around * (low === 0 ? 0.5 : 0.1);
  } else {
    const pad = 0.06;
    if (low >= 0 && (fromZero || low < high * 0.6)) low = 0;
    else if (low >= 0) low = Math.max(0, low - (high - low) * pad);
    else low -= (high - low) * pad;
    // Of all that is seen: a line that hardly moves high above zero would lie on the edge.
    if (high <= 0 && fromZero) high = 0;
    else high += (high - low) * pad;
  }
  return [fixedMin ?? low, fixedMax ?? high];
}

/** More decades than this have lines at their beginnings alone. */
const decadesMax = 3;

/** The places of a logarithmic axis that have lines: all, or its powers where it spans many; the others are null. */
export function powersAlone(splits: readonly number[], base: number, min = 1, max = 1): (number | null)[] {
  if (Math.log(max / min) / Math.log(base) <= decadesMax) return [...splits];
  return splits.map((value) => (Math.abs(Math.log(value) / Math.log(base) - Math.round(Math.log(value) / Math.log(base))) < 1e-6 ? value : null));
}
