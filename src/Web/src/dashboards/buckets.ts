import { niceSize } from '../charts/heatmapData';
import type { Point } from '../model/series';

/** Equal parts of a range, and how many values lie in each. */
export interface Buckets { lows: number[]; size: number; counts: number[][] }

/** Counts the values of each series by size. */
export function bucketsOf(series: readonly { values: readonly Point[] }[], wanted: { size?: number | undefined; count?: number | undefined }): Buckets {
  const all = series.map(({ values }) => values.filter((value): value is number => typeof value === 'number'));
  const flat = all.flat();
  if (flat.length === 0) return { lows: [], size: 1, counts: all.map(() => []) };
  const [min, max] = [flat.reduce((a, b) => Math.min(a, b)), flat.reduce((a, b) => Math.max(a, b))];
  const parts = Math.max(1, Math.min(500, wanted.count ?? 30));
  const smallest = (max - min) / 1000 || 1e-9;
  const size = Math.max(wanted.size && wanted.size > 0 ? wanted.size : niceSize((max - min || Math.abs(max) || 1) / parts), smallest);
  const first = Math.floor(min / size);
  const count = Math.floor(max / size) - first + 1;
  const counts = all.map((values) => {
    const made = new Array<number>(count).fill(0);
    for (const value of values) made[Math.floor(value / size) - first]!++;
    return made;
  });
  return { lows: Array.from({ length: count }, (_, i) => (first + i) * size), size, counts };
}
