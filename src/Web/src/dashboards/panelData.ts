import type { Labels, QueryData } from '../api/types';
import type { Grid } from '../api/queries';
import type { Point } from '../model/series';
import { seriesText } from '../model/seriesName';
import type { Target } from './dashboard';
import { calledOf, timeFieldOf, type Frame } from './frames';

/** One series of a panel: its values stand on the panel's times. */
export interface PanelSeries { id: string; name: string; refId: string; labels: Labels; values: Point[] }

/** The answer of one target; the grid is null for an instant query. */
export interface TargetAnswer { target: Target; data: QueryData; grid: Grid | null }

/** Whether a target is asked at one time alone. */
export const isInstant = (target: Target): boolean => target.instant === true && target.range !== true;

/** The times of a query. */
export interface QueryGrid { refId: string; grid: Grid }

/** The grids of what was asked over a range. */
export const gridsOf = (answers: readonly TargetAnswer[]): QueryGrid[] => answers.flatMap(({ target, grid }) => (grid ? [{ refId: target.refId ?? 'A', grid }] : []));

/**
 * The columns of numbers as series on the times of all of them, in seconds; those of a frame without times stand on the number of their row.
 * @param grids of the queries: where a series has no value at a time of its own query there is a gap.
 * @param isWhole whether the times of the grids are there even where no series has a value: a gap is drawn as one.
 */
export function seriesOfFrames(frames: readonly Frame[], grids: readonly QueryGrid[], isWhole = true): { times: number[]; series: PanelSeries[] } {
  const timed = frames.some((frame) => timeFieldOf(frame));
  const times = timed ? timesOfFrames(frames, isWhole ? grids : []) : [];
  const place = new Map(times.map((ms, i) => [ms, i]));
  const empty = emptyColumns(times, grids);
  const seen = new Map<string, number>();
  const series = frames.flatMap((frame) => {
    const time = timeFieldOf(frame);
    return frame.fields.filter((field) => field.kind === 'number').map((field): PanelSeries => {
      const id = `${frame.refId} ${seriesText(field.labels)} ${calledOf(field)}`;
      const times = seen.get(id) ?? 0;
      seen.set(id, times + 1);
      const values: Point[] = time && timed ? [...empty(frame.refId)] : field.values.map(finite);
      if (time && timed) time.values.forEach((ms, row) => { const at = place.get(ms as number); if (at !== undefined) values[at] = finite(field.values[row] ?? null); });
      return { id: times === 0 ? id : `${id} ${times}`, name: calledOf(field), refId: frame.refId, labels: field.labels, values };
    });
  });
  return { times: times.map((ms) => ms / 1000), series };
}

const finite = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** Columns without a value, by query. */
function emptyColumns(times: readonly number[], grids: readonly QueryGrid[]): (refId: string) => readonly Point[] {
  const made = new Map<string, Point[]>();
  return (refId) => {
    let column = made.get(refId);
    if (!column) {
      const own = grids.filter((one) => one.refId === refId);
      made.set(refId, column = times.map((ms) => (own.some(({ grid }) => ms >= grid.startMs && ms <= grid.endMs && (ms - grid.startMs) % grid.stepMs === 0) ? null : undefined)));
    }
    return column;
  };
}

function timesOfFrames(frames: readonly Frame[], grids: readonly QueryGrid[]): number[] {
  const all = new Set<number>();
  for (const { grid } of grids) for (let at = grid.startMs; at <= grid.endMs; at += grid.stepMs) all.add(at);
  for (const frame of frames) for (const ms of timeFieldOf(frame)?.values ?? []) if (typeof ms === 'number') all.add(ms);
  return [...all].sort((a, b) => a - b);
}
