import { describe, expect, it } from 'vitest';
import { absoluteRange, canonical, editable, instant, resolve, shifted, zoomedOut } from './timeRange';

// A Friday.
const now = Date.UTC(2026, 10, 20, 9, 30, 15, 250);
const at = (text: string, end = false, zone = 'UTC'): string | null => {
  const ms = instant(text, now, zone, end);
  return ms === null ? null : new Date(ms).toISOString();
};

describe('an instant', () => {
  it('is now, moved and rounded', () => {
    expect(at('now')).toBe('2026-11-20T09:30:15.250Z');
    expect(at('now-6h')).toBe('2026-11-20T03:30:15.250Z');
    expect(at('now/d')).toBe('2026-11-20T00:00:00.000Z');
    expect(at('now/d', true)).toBe('2026-11-20T23:59:59.999Z');
    expect(at('now-1d/d')).toBe('2026-11-19T00:00:00.000Z');
    expect(at('now-1w/w')).toBe('2026-11-09T00:00:00.000Z');
    expect(at('now-1w/w', true)).toBe('2026-11-15T23:59:59.999Z');
    expect(at('now/M')).toBe('2026-11-01T00:00:00.000Z');
    expect(at('now-1y/y')).toBe('2025-01-01T00:00:00.000Z');
  });

  it('is a date in the reader’s zone, or milliseconds', () => {
    expect(at('2026-11-20 09:00')).toBe('2026-11-20T09:00:00.000Z');
    expect(at('2026-11-20 09:00', false, 'Asia/Seoul')).toBe('2026-11-20T00:00:00.000Z');
    expect(at('2026-11-20', true)).toBe('2026-11-20T23:59:59.999Z');
    expect(at('2026-11-20T09:00:00+09:00')).toBe('2026-11-20T00:00:00.000Z');
    expect(at('1795944972000')).toBe('2026-11-29T09:36:12.000Z');
  });

  it('counts days on the calendar where clocks change', () => {
    const monday = Date.UTC(2026, 9, 26, 11, 0, 0);
    expect(new Date(instant('now-2d', monday, 'Europe/Berlin', false)!).toISOString()).toBe('2026-10-24T10:00:00.000Z');
    expect(new Date(instant('now-1d/d', monday, 'Europe/Berlin', false)!).toISOString()).toBe('2026-10-24T22:00:00.000Z');
  });

  it('is none where the text says none', () => {
    for (const text of ['', 'yesterday', 'now-', 'now-6', 'now-6x', '2026-13-01', '2026-11-20 25:00', 'now/', '-1h']) expect(at(text), text).toBeNull();
  });

  it('of the last of a long month is the last of a short one', () => {
    expect(new Date(instant('now-1M', Date.UTC(2026, 4, 31), 'UTC', false)!).toISOString()).toBe('2026-04-30T00:00:00.000Z');
  });
});

describe('a range', () => {
  it('says which end is wrong', () => {
    expect(resolve({ from: 'x', to: 'now' }, now, 'UTC')).toBe('time.badFrom');
    expect(resolve({ from: 'now-1h', to: 'x' }, now, 'UTC')).toBe('time.badTo');
    expect(resolve({ from: 'now', to: 'now-1h' }, now, 'UTC')).toBe('time.endBeforeStart');
    expect(resolve({ from: 'now-1h', to: 'now' }, now, 'UTC')).toEqual({ fromMs: now - 3_600_000, toMs: now });
  });

  it('is zoomed out to twice its length, not beyond now', () => {
    expect(zoomedOut({ fromMs: now - 1000, toMs: now }, now)).toEqual({ fromMs: now - 2000, toMs: now });
    expect(zoomedOut({ fromMs: 1000, toMs: 3000 }, now)).toEqual({ fromMs: 0, toMs: 4000 });
  });

  it('moves by half its length', () => expect(shifted({ fromMs: 1000, toMs: 3000 }, -1)).toEqual({ fromMs: 0, toMs: 2000 }));

  it('survives the address and the input', () => {
    const text = canonical('2026-11-20 09:00', 'Asia/Seoul', false);
    expect(text).toBe(String(Date.UTC(2026, 10, 20)));
    expect(editable(text, 'Asia/Seoul')).toBe('2026-11-20 09:00:00');
    expect(canonical('now-6h', 'UTC', false)).toBe('now-6h');
    expect(absoluteRange({ fromMs: 1.4, toMs: 2.6 })).toEqual({ from: '1', to: '3' });
  });
});
