import { expect, test } from 'vitest';
import type { QueryRecord } from '../api/running';
import { lookPace, nextLookMs, progressOf, type Sent } from './progress';

const sent: Sent = { expr: 'sum(up)', startMs: 1000, endMs: 61_000, stepMs: 15_000 };
const record = (change: Partial<QueryRecord>): QueryRecord => ({ id: '1', query: 'sum(up)', state: 'running', start: 1, end: 61, step: 15, startedAt: '', elapsedSeconds: 1, samplesHeld: 0, samplesPeak: 0, ...change });

test('a query is found by its text and its times', () => {
  const counted = { shardsDone: 5, shardsAsked: 8 };
  expect(progressOf([sent], [record({ ...counted, step: 30 }), record({ ...counted, query: 'up' }), record({ ...counted, end: 62 })])).toBeNull();
  expect(progressOf([sent], [record({ query: 'up', shardsDone: 1, shardsAsked: 8 }), record(counted)])).toEqual({ done: 5, asked: 8 });
  const { start: _, end: __, step: ___, ...instant } = record(counted);
  expect(progressOf([{ ...sent, stepMs: null }], [{ ...instant, time: 61 }])).toEqual({ done: 5, asked: 8 });
  expect(progressOf([{ ...sent, expr: 'a'.repeat(5000) }], [record({ ...counted, query: 'a'.repeat(4096) })])).toEqual({ done: 5, asked: 8 });
});

test('of several the one is told that has farthest to go', () => {
  const other = { ...sent, expr: 'up' };
  const waiting = record({ query: 'up', state: 'waiting' });
  expect(progressOf([sent, other], [record({ shardsDone: 5, shardsAsked: 8 }), record({ query: 'up', shardsDone: 1, shardsAsked: 2 })])).toEqual({ done: 1, asked: 2 });
  expect(progressOf([sent, other], [waiting, record({ shardsDone: 5, shardsAsked: 8 })])).toEqual({ done: 5, asked: 8 });
  expect(progressOf([sent, other], [waiting])).toBe('waiting');
  expect(progressOf([sent], [record({})])).toBeNull();
});

test('looks grow apart the longer something takes, up to a limit', () => {
  expect([0, 1, 23, 24, 28, 32, 36, 1000].map(nextLookMs)).toEqual([500, 500, 500, 1000, 2000, 4000, 5000, 5000]);
});

test('who begins to wait after many looks of others looks as often as the first did', () => {
  const pace = lookPace();
  expect([1000, 1001, 1023, 1024, 1036].map(pace)).toEqual([500, 500, 500, 1000, 5000]);
  expect(lookPace()(1036)).toBe(500);
});
