import type { Grid } from '../api/queries';
import type { Labels, MatrixSeries } from '../api/types';

/** One line of a chart: its values stand on the grid's times; null where there is none. */
export interface Line {
  /** Unique among the lines of a chart. */
  id: string;
  name: string;
  labels: Labels;
  /** Which of the queries it came from. */
  query: number;
  values: (number | null)[];
}

/** Times of a grid in seconds, as the charts want them. */
export function timesOf(grid: Grid): number[] {
  const count = Math.floor((grid.endMs - grid.startMs) / grid.stepMs) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => (grid.startMs + i * grid.stepMs) / 1000);
}

const specials: Record<string, number> = { '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity, NaN: NaN };

/** A value of the API as a number. */
export const numberOf = (text: string): number => specials[text] ?? Number(text);

/** The values of one series on the grid. Native histograms are drawn by their count; what has no place on an axis is a gap. */
export function columnOf(series: MatrixSeries, grid: Grid): (number | null)[] {
  const count = Math.max(0, Math.floor((grid.endMs - grid.startMs) / grid.stepMs) + 1);
  const column: (number | null)[] = new Array<number | null>(count).fill(null);
  const put = (seconds: number, value: number): void => {
    const at = Math.round((seconds * 1000 - grid.startMs) / grid.stepMs);
    if (at >= 0 && at < count && Number.isFinite(value)) column[at] = value;
  };
  for (const [seconds, text] of series.values ?? []) put(seconds, numberOf(text));
  for (const [seconds, histogram] of series.histograms ?? []) put(seconds, numberOf(histogram.count));
  return column;
}

/** What a legend says about a line; null where it has no value. */
export interface Summary { min: number | null; max: number | null; mean: number | null; last: number | null }

/** The figures of one line, in one pass. */
export function summaryOf(values: (number | null)[]): Summary {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  let last: number | null = null;
  for (const value of values) {
    if (value === null) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
    last = value;
  }
  return count === 0 ? { min: null, max: null, mean: null, last: null } : { min, max, mean: sum / count, last };
}

/** Columns added on top of each other; a gap counts as nothing, but stays a gap where the line itself has one. */
export function stacked(columns: (number | null)[][]): (number | null)[][] {
  const total: number[] = [];
  return columns.map((column) => column.map((value, i) => {
    if (value === null) return null;
    total[i] = (total[i] ?? 0) + value;
    return total[i]!;
  }));
}
