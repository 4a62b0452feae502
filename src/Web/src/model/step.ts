import type { Grid } from '../api/queries';
import type { Span } from './timeRange';

/** What the server answers at most, for each series. */
export const pointsMax = 11_000;

/** Steps that people can read off an axis, in milliseconds. */
const niceMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_200_000, 1_800_000, 3_600_000,
  7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000, 2_592_000_000, 31_536_000_000,
];

/** The smallest readable step that yields no more points than asked for, and none below the minimum. */
export function stepFor(span: Span, points: number, minMs: number): number {
  const length = span.toMs - span.fromMs;
  const wanted = Math.max(length / Math.max(1, Math.min(points, pointsMax)), minMs, 1);
  return niceMs.find((nice) => nice >= wanted && length / nice <= pointsMax) ?? Math.ceil(wanted);
}

/** The grid of a range query: both ends on multiples of the step, so that a refresh asks for the same points again. */
export function gridOf(span: Span, stepMs: number): Grid {
  return { startMs: Math.floor(span.fromMs / stepMs) * stepMs, endMs: Math.floor(span.toMs / stepMs) * stepMs, stepMs };
}
