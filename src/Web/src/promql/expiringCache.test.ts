import { afterEach, describe, expect, it, vi } from 'vitest';
import { LRUCache } from './expiringCache';

afterEach(() => { vi.useRealTimers(); });

describe('what completion keeps', () => {
  it('is there until its time is over', () => {
    vi.useFakeTimers();
    const cache = new LRUCache<string, number>({ ttl: 1000 });
    cache.set('a', 1);
    vi.advanceTimersByTime(999);
    expect(cache.get('a')).toBe(1);
    vi.advanceTimersByTime(1);
    expect(cache.get('a')).toBeUndefined();
  });

  it('is never more than its limit: the oldest goes', () => {
    const cache = new LRUCache<number, number>({ ttl: 60_000 });
    for (let i = 0; i <= LRUCache.entriesMax; i++) cache.set(i, i);
    expect([cache.get(0), cache.get(1), cache.get(LRUCache.entriesMax)]).toEqual([undefined, 1, LRUCache.entriesMax]);
  });
});
