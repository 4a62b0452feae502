import { describe, expect, it } from 'vitest';
import { timeLabels, valueLabels, valueRange } from '../charts/axes';
import { formatDuration, parseDuration } from './duration';
import { aloneIn, basesOf, columnOf, stacked, summaryOf, timesOf } from './series';
import { gridOf, pointsMax, stepFor } from './step';
import { formatValue, guessUnit } from './units';

describe('a value', () => {
  it.each([
    [0, '', '0'], [1234, '', '1.23 k'], [999_999, '', '1 M'], [0.5, '', '0.5'], [0.000012, '', '1.20e-5'], [-1500, '', '-1.5 k'],
    [1024, 'bytes', '1 KiB'], [1_500_000, 'decbytes', '1.5 MB'], [2048, 'binBps', '2 KiB/s'], [3, 'mbytes', '3 MiB'],
    [0.25, 's', '250 ms'], [0, 's', '0 s'], [90, 's', '1.5 min'], [1500, 'ms', '1.5 s'], [0.000002, 's', '2 µs'],
    [0.123, 'percentunit', '12.3%'], [12.345, 'percent', '12.3%'], [1500, 'reqps', '1.5 k req/s'], [21.5, 'celsius', '21.5 °C'],
    [7, 'connections', '7 connections'], [1, 'bool_yes_no', 'Yes'], [NaN, 'bytes', 'NaN'], [-Infinity, 's', '-Inf'],
  ] as const)('%d in "%s" is %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text));

  it('has as many decimals as asked for', () => expect(formatValue(1234.5678, 'none', 2)).toBe('1234.57'));
});

describe('the unit of a query', () => {
  it.each([
    ['node_memory_MemFree_bytes', 'bytes'], ['rate(node_network_receive_bytes_total[5m])', 'binBps'], ['increase(node_network_receive_bytes_total[5m])', 'bytes'],
    ['scrape_duration_seconds', 's'], ['rate(node_cpu_seconds_total[5m])', ''], ['histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[5m]))', 's'],
    ['up', ''], ['node_memory_MemFree_bytes / node_memory_MemTotal_bytes', ''], ['x{path="/a_bytes"}', ''],
  ])('%s: "%s"', (expr, unit) => expect(guessUnit(expr)).toBe(unit));
});

describe('a step', () => {
  it('is readable, and never asks for more than the server answers', () => {
    expect(stepFor({ fromMs: 0, toMs: 3_600_000 }, 500, 1000)).toBe(10_000);
    expect(stepFor({ fromMs: 0, toMs: 900_000 }, 500, 1000)).toBe(2000);
    expect(stepFor({ fromMs: 0, toMs: 1000 }, 500, 1000)).toBe(1000);
    const year = 365 * 86_400_000;
    expect(year / stepFor({ fromMs: 0, toMs: year }, 1_000_000, 1)).toBeLessThanOrEqual(pointsMax);
  });

  it('lays both ends on its multiples', () => expect(gridOf({ fromMs: 12_345, toMs: 67_890 }, 10_000)).toEqual({ startMs: 10_000, endMs: 60_000, stepMs: 10_000 }));
});

describe('a duration', () => {
  it('is read and written as Prometheus does', () => {
    expect(parseDuration('1h30m')).toBe(5_400_000);
    expect(formatDuration(5_400_000)).toBe('1h30m');
    expect(formatDuration(1)).toBe('1ms');
    for (const wrong of ['', '5', 'm', '5x', '1.5h']) expect(parseDuration(wrong), wrong).toBeNull();
  });
});

describe('a column', () => {
  const grid = { startMs: 0, endMs: 4000, stepMs: 1000 };
  it('has a place for every time and a gap where there is no value', () => {
    expect(timesOf(grid)).toEqual([0, 1, 2, 3, 4]);
    expect(columnOf({ metric: {}, values: [[1, '10'], [3, 'NaN'], [4, '+Inf'], [9, '1']] }, grid)).toEqual([null, 10, null, null, null]);
    expect(columnOf({ metric: {}, histograms: [[2, { count: '7', sum: '1' }]] }, grid)).toEqual([null, null, 7, null, null]);
  });

  it('is summed up, gaps aside', () => {
    expect(summaryOf([null, 2, 4, null])).toEqual({ min: 2, max: 4, mean: 3, last: 4 });
    expect(summaryOf([null])).toEqual({ min: null, max: null, mean: null, last: null });
  });

  const pile = { group: 'A', percent: false };
  it('is stacked on those before it', () => expect(stacked([[1, null, 3], [10, 20, null], [5, 5, 5]], [pile, pile, pile])).toEqual([[1, null, 3], [11, 20, null], [16, 25, 8]]));
  it('goes on over the times of others', () => {
    expect(stacked([[1, undefined, 3], [10, 20, undefined]], [pile, pile])).toEqual([[1, undefined, 3], [11, 20, undefined]]);
    expect(stacked([[1, undefined], [3, 4]], [{ group: 'A', percent: true }, { group: 'A', percent: true }])).toEqual([[0.25, undefined], [1, 1]]);
    expect(summaryOf([undefined, 2, undefined])).toEqual({ min: 2, max: 2, mean: 2, last: 2 });
    expect(aloneIn([1, undefined, 2, undefined, 3])).toEqual([]);
    expect(aloneIn([1, undefined, null, 2, undefined, 3, null, undefined, 4, undefined])).toEqual([0, 8]);
  });
  it('stands below zero on those below zero, and on its own group alone', () => {
    const columns = [[1], [-2], [10], [-20], [100], [7]];
    const stackings = [pile, pile, pile, pile, { group: 'B', percent: false }, null];
    expect(stacked(columns, stackings)).toEqual([[1], [-2], [11], [-22], [100], [7]]);
    expect(basesOf(columns, stackings)).toEqual([-1, -1, 0, 1, -1, -1]);
  });
  it('is a share of its group in percent', () => {
    const share = { group: 'A', percent: true };
    expect(stacked([[1, 0, null], [3, 0, 5]], [share, share])).toEqual([[0.25, 0, null], [1, 0, 1]]);
  });
});

describe('an axis', () => {
  it('begins at zero where that costs little height, and is never flat', () => {
    expect(valueRange(1, 10, false)[0]).toBe(0);
    expect(valueRange(90, 100, false)[0]).toBeGreaterThan(80);
    expect(valueRange(2290, 2310, true)[1]).toBeGreaterThan(2400);
    expect(valueRange(5, 5, false)[1]).toBeGreaterThan(5);
    expect(valueRange(null, null, false)).toEqual([0, 1.06]);
  });

  it('tells neighbours apart', () => expect(new Set(valueLabels([1000, 1000.5, 1001], '')).size).toBe(3));
  it('says the date once a day', () => expect(timeLabels([0, 60], 60, 'UTC')).toEqual(['00:00\n01-01', '00:01']));
});
