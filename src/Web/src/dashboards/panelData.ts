import type { Labels, QueryData } from '../api/types';
import type { Grid } from '../api/queries';
import { seriesText } from '../model/seriesName';
import type { Target } from './dashboard';
import { calledOf, timeFieldOf, type Frame } from './frames';

/** One series of a panel: its values stand on the panel's times. */
export interface PanelSeries { id: string; name: string; refId: string; labels: Labels; values: (number | null)[] }

/** The answer of one target; the grid is null for an instant query. */
export interface TargetAnswer { target: Target; data: QueryData; grid: Grid | null }

/** Whether a target is asked at one time alone. */
export const isInstant = (target: Target): boolean => target.instant === true && target.range !== true;

/** The columns of numbers as series on the times of all of them, in seconds; those of a frame without times stand on the number of their row. */
export function seriesOfFrames(frames: readonly Frame[], grids: readonly Grid[]): { times: number[]; series: PanelSeries[] } {
  const timed = frames.some((frame) => timeFieldOf(frame));
  const times = timed ? timesOfFrames(frames, grids) : [];
  const place = new Map(times.map((ms, i) => [ms, i]));
  const seen = new Map<string, number>();
  const series = frames.flatMap((frame) => {
    const time = timeFieldOf(frame);
    return frame.fields.filter((field) => field.kind === 'number').map((field): PanelSeries => {
      const id = `${frame.refId} ${seriesText(field.labels)} ${calledOf(field)}`;
      const times = seen.get(id) ?? 0;
      seen.set(id, times + 1);
      const values = time && timed ? new Array<number | null>(place.size).fill(null) : field.values.map(finite);
      if (time && timed) time.values.forEach((ms, row) => { const at = place.get(ms as number); if (at !== undefined) values[at] = finite(field.values[row] ?? null); });
      return { id: times === 0 ? id : `${id} ${times}`, name: calledOf(field), refId: frame.refId, labels: field.labels, values };
    });
  });
  return { times: times.map((ms) => ms / 1000), series };
}

const finite = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

// The grid's times are there even where no series has a value: a gap is drawn as one.
function timesOfFrames(frames: readonly Frame[], grids: readonly Grid[]): number[] {
  const all = new Set<number>();
  for (const grid of grids) for (let at = grid.startMs; at <= grid.endMs; at += grid.stepMs) all.add(at);
  for (const frame of frames) for (const ms of timeFieldOf(frame)?.values ?? []) if (typeof ms === 'number') all.add(ms);
  return [...all].sort((a, b) => a - b);
}
