import type { Point } from '../model/series';

/** Points at which a series had one value, one after the other. */
export interface Run { from: number; to: number; value: number }

/** Neighbours with one value become one run; a gap ends it. Each point lasts until the next of its series. */
export function runsOf(times: readonly number[], values: readonly Point[], merge: boolean): Run[] {
  const runs: Run[] = [];
  const places = times.flatMap((_, i) => (values[i] === undefined ? [] : [i]));
  places.forEach((at, i) => {
    const value = values[at]!;
    const from = times[at]!;
    const to = times[places[i + 1] ?? -1] ?? from + (from - (times[places[i - 1] ?? -1] ?? from - 1));
    const last = runs.at(-1);
    if (value === null) return;
    if (merge && last && last.to === from && last.value === value) last.to = to;
    else runs.push({ from, to, value });
  });
  return runs;
}

/** Every n-th point, so that there are no more than can be told apart; a point stands for those up to it. */
export function thinned(times: readonly number[], values: readonly Point[], max: number): { times: number[]; values: Point[]; every: number } {
  const every = Math.max(1, Math.ceil(times.length / max));
  const places = times.map((_, i) => i).filter((i) => i % every === 0);
  return { every, times: places.map((i) => times[i]!), values: places.map((i) => {
    const part = values.slice(i, i + every);
    return part.findLast((value) => typeof value === 'number') ?? (part.includes(null) ? null : undefined);
  }) };
}
