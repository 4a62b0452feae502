import { describe, expect, it } from 'vitest';
import { bucketsOf } from '../dashboards/buckets';
import { runsOf, thinned } from '../dashboards/states';
import { rampOf } from './colorRamps';
import { fromBuckets, fromNative, fromValues, niceSize } from './heatmapData';
import { slicePath } from './PieChart';
import { timeTicks } from './timeTicks';

describe('a heatmap', () => {
  it('takes cumulative buckets apart, adds what differs in other labels, and sorts by bound', () => {
    const series = [{ labels: { le: '+Inf', i: '1' }, values: [10, null] }, { labels: { le: '0.5', i: '1' }, values: [4, 1] }, { labels: { le: '0.5', i: '2' }, values: [1, null] }, { labels: { le: '1', i: '1' }, values: [9, 3] }];
    const data = fromBuckets(series, [1, 2], true);
    expect(data.rows).toEqual([{ low: 0, high: 0.5 }, { low: 0.5, high: 1 }, { low: 1, high: Infinity }]);
    expect(data.cells).toEqual([[5, 1], [4, 2], [1, null]]);
    expect(fromBuckets(series, [1, 2], false).cells[1]).toEqual([9, 3]);
  });

  it('has a row for every bucket of native histograms, empty where a histogram does not name it', () => {
    const data = fromNative([{ metric: {}, histograms: [[10, { count: '3', sum: '1', buckets: [[0, '1', '2', '3']] }], [20, { count: '2', sum: '1', buckets: [[0, '0.5', '1', '2']] }]] }], { startMs: 10_000, endMs: 30_000, stepMs: 10_000 });
    expect(data.rows).toEqual([{ low: 0.5, high: 1 }, { low: 1, high: 2 }]);
    expect(data.cells).toEqual([[0, 2, null], [3, 0, null]]);
  });

  it('counts values, and has no more rows than can be told apart', () => {
    const data = fromValues([{ values: [0, 10] }, { values: [5, null] }], [1, 2], 5);
    expect(data.cells.reduce((sum, row) => sum + (row[0] ?? 0), 0)).toBe(2);
    const many = fromBuckets(Array.from({ length: 300 }, (_, i) => ({ labels: { le: String(i + 1) }, values: [i + 1] })), [1], true);
    expect(many.rows.length).toBeLessThanOrEqual(96);
    expect(many.cells.reduce((sum, row) => sum + row[0]!, 0)).toBe(300);
    expect([many.rows[0]!.low, many.rows.at(-1)!.high]).toEqual([0, 300]);
  });

  it('has sizes and colours of its own', () => {
    expect([0.7, 3, 10, 0.02].map(niceSize)).toEqual([1, 5, 10, 0.02]);
    expect(rampOf('Oranges', true)).toHaveLength(64);
    expect(rampOf('nobody knows', false)).toEqual(rampOf('Oranges', false));
    expect(rampOf('Blues', false, true)).toEqual([...rampOf('Blues', false)].reverse());
  });
});

describe('parts', () => {
  it('of a range count the values in them', () => {
    const buckets = bucketsOf([{ values: [0, 1, 2, null, 9] }], { size: 5 });
    expect(buckets).toEqual({ lows: [0, 5], size: 5, counts: [[3, 1]] });
    expect(bucketsOf([{ values: [] }], {}).lows).toEqual([]);
    expect(bucketsOf([{ values: [7, 7] }], {}).counts[0]!.reduce((a, b) => a + b)).toBe(2);
    expect(bucketsOf([{ values: [0, 1e9] }], { size: 1e-9 }).lows.length).toBeLessThanOrEqual(1001);
  });

  it('of time with one value are one run, a gap ends it', () => {
    expect(runsOf([0, 10, 20, 30], [1, 1, null, 1], true)).toEqual([{ from: 0, to: 20, value: 1 }, { from: 30, to: 40, value: 1 }]);
    expect(runsOf([0, 10], [1, 1], false)).toHaveLength(2);
    // Times of other series are passed over.
    expect(runsOf([0, 5, 10, 15, 20], [1, undefined, 1, undefined, 2], true)).toEqual([{ from: 0, to: 20, value: 1 }, { from: 20, to: 30, value: 2 }]);
    expect(thinned([1, 2, 3, 4, 5, 6], [5, undefined, undefined, undefined, undefined, null], 3).values).toEqual([5, undefined, null]);
    expect(thinned([1, 2, 3, 4], [5, null, 6, 7], 2)).toEqual({ times: [1, 3], values: [5, 7], every: 2 });
  });

  it('of a circle close, even where one is the whole', () => {
    expect(slicePath(0, 0.25, 0)).toBe('M 0.0000 -1.0000 A 1 1 0 0 1 1.0000 -0.0000 L 0 0 Z');
    expect(slicePath(0, 1, 0.6).match(/Z/g)).toHaveLength(2);
  });

  it('of an axis have room for their labels', () => {
    expect(timeTicks(0, 3600, 800)).toEqual({ ticks: [0, 600, 1200, 1800, 2400, 3000, 3600], increment: 600 });
  });
});
