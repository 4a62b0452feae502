/** Points at which a series had one value, one after the other. */
export interface Run { from: number; to: number; value: number }

/** Neighbours with one value become one run; a gap ends it. Each point lasts until the next. */
export function runsOf(times: readonly number[], values: readonly (number | null)[], merge: boolean): Run[] {
  const runs: Run[] = [];
  values.forEach((value, i) => {
    const from = times[i]!;
    const to = times[i + 1] ?? from + (from - (times[i - 1] ?? from - 1));
    const last = runs.at(-1);
    if (value === null) return;
    if (merge && last && last.to === from && last.value === value) last.to = to;
    else runs.push({ from, to, value });
  });
  return runs;
}

/** Every n-th point, so that there are no more than can be told apart; a point stands for those up to it. */
export function thinned(times: readonly number[], values: readonly (number | null)[], max: number): { times: number[]; values: (number | null)[]; every: number } {
  const every = Math.max(1, Math.ceil(times.length / max));
  const places = times.map((_, i) => i).filter((i) => i % every === 0);
  return { every, times: places.map((i) => times[i]!), values: places.map((i) => values.slice(i, i + every).findLast((value) => value !== null) ?? null) };
}
