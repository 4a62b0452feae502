import { formatTime, instantOf, wallAt, type Wall, type Zone } from './zone';

/** A range as people write it and the address keeps it: `now-6h`, `now/d`, or milliseconds since the epoch as digits. */
export interface TimeRange { from: string; to: string }

/** A range at one moment, in milliseconds. */
export interface Span { fromMs: number; toMs: number }

export const defaultRange: TimeRange = { from: 'now-1h', to: 'now' };

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const term = /^([+-])(\d+)(ms|s|m|h|d|w|M|y)/;
const rounding = /^\/(s|m|h|d|w|M|y)/;
const absolute = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * The instant a text means, or null where it means none.
 * @param end whether it is the end of a range: `now/d` is then the last millisecond of the day.
 */
export function instant(text: string, nowMs: number, zone: Zone, end: boolean): number | null {
  const trimmed = text.trim();
  if (/^\d{9,}$/.test(trimmed)) return Number(trimmed);
  if (trimmed.startsWith('now')) return relative(trimmed.slice(3), nowMs, zone, end);
  const date = absolute.exec(trimmed);
  if (date) {
    const [year, month, day, hour, minute, second] = date.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
    const wall: Wall = { year: year!, month: month!, day: day!, hour: hour ?? 0, minute: minute ?? 0, second: second ?? 0 };
    if (wall.month < 1 || wall.month > 12 || wall.day < 1 || wall.day > 31 || wall.hour > 23 || wall.minute > 59 || wall.second > 59) return null;
    return end && hour === undefined ? instantOf({ ...wall, day: wall.day + 1 }, zone) - 1 : instantOf(wall, zone);
  }
  const parsed = /T.*(Z|[+-]\d\d:?\d\d)$/.test(trimmed) ? Date.parse(trimmed) : NaN;
  return Number.isNaN(parsed) ? null : parsed;
}

function relative(rest: string, nowMs: number, zone: Zone, end: boolean): number | null {
  let at = nowMs;
  while (rest.length > 0) {
    const step = term.exec(rest);
    const round = rounding.exec(rest);
    if (step) {
      const amount = (step[1] === '-' ? -1 : 1) * Number(step[2]);
      at = shift(at, amount, step[3]!, zone);
      rest = rest.slice(step[0].length);
    } else if (round) {
      at = floor(at, round[1]!, zone);
      if (end) at = shift(at, 1, round[1]!, zone) - 1;
      rest = rest.slice(round[0].length);
    } else {
      return null;
    }
  }
  return at;
}

// Days and longer are counted on the calendar: a day of a change of clocks has 23 or 25 hours.
function shift(at: number, amount: number, unit: string, zone: Zone): number {
  if (unit === 'M' || unit === 'y' || unit === 'd' || unit === 'w') {
    const w = wallAt(at, zone);
    const moved = { ...w };
    if (unit === 'y') moved.year += amount;
    else if (unit === 'M') moved.month += amount;
    else moved.day += amount * (unit === 'w' ? 7 : 1);
    if (unit === 'M' || unit === 'y') moved.day = Math.min(w.day, daysIn(moved.year, moved.month));
    return instantOf(moved, zone) + (((at % 1000) + 1000) % 1000);
  }
  return at + amount * unitMs[unit]!;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function floor(at: number, unit: string, zone: Zone): number {
  const w: Wall = { ...wallAt(at, zone) };
  if (unit === 'w') {
    // Weeks begin on Monday.
    const weekday = (new Date(Date.UTC(w.year, w.month - 1, w.day)).getUTCDay() + 6) % 7;
    return instantOf({ ...w, day: w.day - weekday, hour: 0, minute: 0, second: 0 }, zone);
  }
  if (unit === 'y') w.month = 1;
  if ('yM'.includes(unit)) w.day = 1;
  if ('yMd'.includes(unit)) w.hour = 0;
  if ('yMdh'.includes(unit)) w.minute = 0;
  if ('yMdhm'.includes(unit)) w.second = 0;
  return instantOf(w, zone);
}

/** Why a range cannot be used: a key of the messages. */
export type RangeProblem = 'time.badFrom' | 'time.badTo' | 'time.endBeforeStart';

/** The range at a moment, or why there is none. */
export function resolve(range: TimeRange, nowMs: number, zone: Zone): Span | RangeProblem {
  const fromMs = instant(range.from, nowMs, zone, false);
  const toMs = instant(range.to, nowMs, zone, true);
  if (fromMs === null) return 'time.badFrom';
  if (toMs === null) return 'time.badTo';
  return toMs <= fromMs ? 'time.endBeforeStart' : { fromMs, toMs };
}

/** As {@link resolve}; the default where the range cannot be used, so that a wrong address still shows something. */
export function resolveOrDefault(range: TimeRange, nowMs: number, zone: Zone): Span {
  const span = resolve(range, nowMs, zone);
  return typeof span === 'string' ? { fromMs: nowMs - 3_600_000, toMs: nowMs } : span;
}

/** The address's form of what somebody typed: relative text stays, a date becomes milliseconds. */
export function canonical(text: string, zone: Zone, end: boolean): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('now')) return trimmed;
  const at = instant(trimmed, 0, zone, end);
  return at === null ? trimmed : String(at);
}

/** What an input shows: relative text stays, milliseconds become a date. */
export const editable = (text: string, zone: Zone): string => (/^\d{9,}$/.test(text) ? formatTime(Number(text), zone) : text);

export const absoluteRange = (span: Span): TimeRange => ({ from: String(Math.round(span.fromMs)), to: String(Math.round(span.toMs)) });

/** Twice as long around the same middle, but never into the future where the range did not reach there. */
export function zoomedOut(span: Span, nowMs: number): Span {
  const half = span.toMs - span.fromMs;
  const middle = (span.toMs + span.fromMs) / 2;
  const toMs = Math.max(span.toMs, Math.min(middle + half, nowMs));
  return { fromMs: toMs - 2 * half, toMs };
}

/** Half its length earlier (-1) or later (1). */
export function shifted(span: Span, direction: -1 | 1): Span {
  const by = ((span.toMs - span.fromMs) / 2) * direction;
  return { fromMs: span.fromMs + by, toMs: span.toMs + by };
}

export interface QuickRange extends TimeRange { key: string; count?: number; unit?: 'minutes' | 'hours' | 'days' }

/** Ranges to choose from. */
export const quickRanges: QuickRange[] = [
  { key: 'last', count: 5, unit: 'minutes', from: 'now-5m', to: 'now' },
  { key: 'last', count: 15, unit: 'minutes', from: 'now-15m', to: 'now' },
  { key: 'last', count: 30, unit: 'minutes', from: 'now-30m', to: 'now' },
  { key: 'last', count: 1, unit: 'hours', from: 'now-1h', to: 'now' },
  { key: 'last', count: 3, unit: 'hours', from: 'now-3h', to: 'now' },
  { key: 'last', count: 6, unit: 'hours', from: 'now-6h', to: 'now' },
  { key: 'last', count: 12, unit: 'hours', from: 'now-12h', to: 'now' },
  { key: 'last', count: 24, unit: 'hours', from: 'now-24h', to: 'now' },
  { key: 'last', count: 2, unit: 'days', from: 'now-2d', to: 'now' },
  { key: 'last', count: 7, unit: 'days', from: 'now-7d', to: 'now' },
  { key: 'last', count: 30, unit: 'days', from: 'now-30d', to: 'now' },
  { key: 'today', from: 'now/d', to: 'now/d' },
  { key: 'yesterday', from: 'now-1d/d', to: 'now-1d/d' },
  { key: 'thisWeek', from: 'now/w', to: 'now/w' },
];
