import type { Grid } from '../api/queries';
import type { Labels, MatrixSeries } from '../api/types';

/** A value at one time of a chart: null is a gap of the line, undefined a time of other lines, over which it goes on. */
export type Point = number | null | undefined;

/** One line of a chart: its values stand on the chart's times. */
export interface Line {
  /** Unique among the lines of a chart. */
  id: string;
  name: string;
  labels: Labels;
  /** Which of the queries it came from. */
  query: number;
  values: Point[];
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
export function summaryOf(values: readonly Point[]): Summary {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  let last: number | null = null;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
    last = value;
  }
  return count === 0 ? { min: null, max: null, mean: null, last: null } : { min, max, mean: sum / count, last };
}

/** A line that stands on others: on those of its group that point the same way. */
export interface Stacking { group: string; percent: boolean }

/** The way a column points: what is drawn below zero is stacked below zero. */
export const pointsDown = (column: readonly Point[]): boolean => column.some((value) => (value ?? 0) < 0) && !column.some((value) => (value ?? 0) > 0);

/** Places of values between two gaps: no line is seen of them. */
export function aloneIn(column: readonly Point[]): number[] {
  const own = column.flatMap((value, i) => (value === undefined ? [] : [i]));
  const isGap = (at: number | undefined): boolean => at === undefined || column[at] === null;
  return own.filter((at, i) => !isGap(at) && isGap(own[i - 1]) && isGap(own[i + 1]));
}

/** Which column each one stands on, or -1. */
export function basesOf(columns: readonly (readonly Point[])[], stackings: readonly (Stacking | null)[]): number[] {
  const last = new Map<string, number>();
  return columns.map((column, i) => {
    const stacking = stackings[i];
    if (!stacking) return -1;
    const pile = `${pointsDown(column)} ${stacking.group}`;
    const base = last.get(pile) ?? -1;
    last.set(pile, i);
    return base;
  });
}

/** Columns on top of each other, as `basesOf` says; those in percent as shares of one of what their group adds up to. A gap counts as nothing, but stays a gap where the line itself has one. */
export function stacked(columns: readonly (readonly Point[])[], stackings: readonly (Stacking | null)[]): Point[][] {
  const bases = basesOf(columns, stackings);
  const totals = new Map<string, number[]>();
  stackings.forEach((stacking, line) => {
    if (!stacking?.percent) return;
    const total = totals.get(stacking.group) ?? [];
    totals.set(stacking.group, total);
    columns[line]!.forEach((value, i) => { total[i] = (total[i] ?? 0) + Math.abs(value ?? 0); });
  });
  const below: number[][] = [];
  return columns.map((column, line) => {
    const stacking = stackings[line];
    if (!stacking) return [...column];
    const total = stacking.percent ? totals.get(stacking.group) : undefined;
    const under = bases[line]! < 0 ? [] : below[bases[line]!]!;
    const sums: number[] = [];
    below[line] = sums;
    return column.map((value, i) => {
      sums[i] = (under[i] ?? 0) + (total ? (total[i] ? (value ?? 0) / total[i]! : 0) : value ?? 0);
      return value === null || value === undefined ? value : sums[i]!;
    });
  });
}
