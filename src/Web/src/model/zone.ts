/** `browser`, `UTC`, or a name of the IANA database. */
export type Zone = string;

const formats = new Map<string, Intl.DateTimeFormat>();

export const zoneName = (zone: Zone): string => (zone === 'browser' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone);

function formatOf(zone: Zone): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zoneName(zone), hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/** A wall clock's reading: month from 1, day from 1. */
export interface Wall { year: number; month: number; day: number; hour: number; minute: number; second: number }

/** What a clock in the zone shows at an instant. */
export function wallAt(ms: number, zone: Zone): Wall {
  const wall: Record<string, number> = {};
  for (const part of formatOf(zone).formatToParts(ms)) wall[part.type] = Number(part.value);
  return wall as unknown as Wall;
}

const asUtc = (w: Wall): number => Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second);

/** Milliseconds that a clock in the zone is ahead of UTC at an instant. */
export const offsetAt = (ms: number, zone: Zone): number => asUtc(wallAt(ms, zone)) - Math.floor(ms / 1000) * 1000;

/** The instant at which a clock in the zone shows a reading; fields may overflow (day 0, hour 25), as in `Date.UTC`. */
export function instantOf(wall: Wall, zone: Zone): number {
  const utc = asUtc(wall);
  // Once for the offset, and again in case the first guess lay on the other side of a change of clocks.
  const guess = utc - offsetAt(utc, zone);
  return utc - offsetAt(guess, zone);
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-11-20 09:00:00`, what an input understands as well; a dash for what is no time. */
export function formatTime(ms: number, zone: Zone): string {
  if (!(Math.abs(ms) <= 8.64e15)) return '–';
  const w = wallAt(ms, zone);
  return `${w.year}-${two(w.month)}-${two(w.day)} ${two(w.hour)}:${two(w.minute)}:${two(w.second)}`;
}

/** `+09:00`, `UTC`. */
export function formatOffset(ms: number, zone: Zone): string {
  const minutes = Math.round(offsetAt(ms, zone) / 60_000);
  if (minutes === 0) return 'UTC';
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}
