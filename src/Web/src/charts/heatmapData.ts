import type { Grid } from '../api/queries';
import type { Labels, MatrixSeries } from '../api/types';
import { numberOf, timesOf, type Point } from '../model/series';

/** One bucket: what lies above `low` and up to `high`. */
export interface HeatRow { low: number; high: number }

/** How many observations fell into each bucket at each time; the lowest bucket is the first row. */
export interface HeatData { times: number[]; rows: HeatRow[]; cells: (number | null)[][] }

/** More rows than this cannot be told apart. */
const rowsMax = 96;

/** Series with a label `le` as buckets; what only differs in other labels is added up. */
export function fromBuckets(series: readonly { labels: Labels; name?: string; values: readonly Point[] }[], times: number[], isCumulative: boolean): HeatData {
  const sums = new Map<number, (number | null)[]>();
  for (const { labels, name, values } of series) {
    const bound = numberOf(labels.le ?? name ?? '');
    if (Number.isNaN(bound)) continue;
    const sum = sums.get(bound) ?? new Array<number | null>(times.length).fill(null);
    values.forEach((value, i) => { if (typeof value === 'number') sum[i] = (sum[i] ?? 0) + value; });
    sums.set(bound, sum);
  }
  const bounds = [...sums.keys()].sort((a, b) => a - b);
  const cells = bounds.map((bound, row) => sums.get(bound)!.map((value, i) => {
    if (value === null || !isCumulative) return value;
    // A scrape in between can make a lower bucket larger than the one around it.
    const below = row === 0 ? 0 : sums.get(bounds[row - 1]!)![i] ?? 0;
    return Math.max(0, value - below);
  }));
  return merged({ times, rows: bounds.map((high, row) => ({ low: row === 0 ? (high > 0 ? 0 : -Infinity) : bounds[row - 1]!, high })), cells });
}

/** Native histograms as buckets: every pair of boundaries that occurs is a row. */
export function fromNative(series: readonly MatrixSeries[], grid: Grid): HeatData {
  const times = timesOf(grid);
  const rows = new Map<string, { row: HeatRow; cells: (number | null)[] }>();
  const answered = new Set<number>();
  for (const one of series) {
    for (const [seconds, { buckets }] of one.histograms ?? []) {
      const at = Math.round((seconds * 1000 - grid.startMs) / grid.stepMs);
      if (at < 0 || at >= times.length) continue;
      answered.add(at);
      for (const [, low, high, count] of buckets ?? []) {
        const key = `${low} ${high}`;
        let row = rows.get(key);
        if (!row) rows.set(key, row = { row: { low: numberOf(low), high: numberOf(high) }, cells: new Array<number | null>(times.length).fill(null) });
        row.cells[at] = (row.cells[at] ?? 0) + numberOf(count);
      }
    }
  }
  const sorted = [...rows.values()].sort((a, b) => a.row.low - b.row.low || a.row.high - b.row.high);
  // A bucket that a histogram does not name is empty, not unknown.
  for (const { cells } of sorted) for (const at of answered) cells[at] ??= 0;
  return merged({ times, rows: sorted.map(({ row }) => row), cells: sorted.map(({ cells }) => cells) });
}

/** Counts the values of series themselves: how many lie in each of some equal parts of their range. */
export function fromValues(series: readonly { values: readonly Point[] }[], times: number[], parts = 24): HeatData {
  let [min, max] = [Infinity, -Infinity];
  for (const { values } of series) for (const value of values) if (typeof value === 'number') [min, max] = [Math.min(min, value), Math.max(max, value)];
  if (min > max) return { times, rows: [], cells: [] };
  const size = niceSize((max - min || Math.abs(max) || 1) / parts);
  const first = Math.floor(min / size);
  const count = Math.floor(max / size) - first + 1;
  const rows = Array.from({ length: count }, (_, i): HeatRow => ({ low: (first + i) * size, high: (first + i + 1) * size }));
  const cells = rows.map(() => new Array<number | null>(times.length).fill(null));
  for (const { values } of series) values.forEach((value, i) => { if (typeof value === 'number') { const row = cells[Math.min(count - 1, Math.floor(value / size) - first)]!; row[i] = (row[i] ?? 0) + 1; } });
  return { times, rows, cells };
}

/** The next larger of 1, 2 and 5 times a power of ten. */
export function niceSize(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((factor) => factor * power).find((nice) => nice >= size * 0.999999)!;
}

// Neighbours become one row until there are few enough.
function merged(data: HeatData): HeatData {
  const group = Math.ceil(data.rows.length / rowsMax);
  if (group <= 1) return data;
  const [rows, cells]: [HeatRow[], (number | null)[][]] = [[], []];
  for (let from = 0; from < data.rows.length; from += group) {
    const part = data.rows.slice(from, from + group);
    rows.push({ low: part[0]!.low, high: part.at(-1)!.high });
    cells.push(data.times.map((_, i) => data.cells.slice(from, from + group).reduce<number | null>((sum, row) => (row[i] === null || row[i] === undefined ? sum : (sum ?? 0) + row[i]!), null)));
  }
  return { times: data.times, rows, cells };
}
