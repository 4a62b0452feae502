import type { Span } from '../model/timeRange';
import { ExpressionError } from './evaluators';
import { reduced } from './reducers';

/** The times of what is resampled, in seconds: each ends a window, the first at the beginning of the span. */
export function timesOf({ fromMs, toMs }: Span, everyMs: number): number[] {
  return Array.from({ length: Math.floor((toMs - fromMs) / everyMs) + 1 }, (_, i) => (fromMs + i * everyMs) / 1000);
}

const downsamplers = ['sum', 'mean', 'min', 'max', 'count', 'last', 'median'];
const upsamplers = ['pad', 'backfilling', 'fillna'];

/**
 * A line with one value for each window.
 * @param times of the values, in order.
 * @param ends of the windows.
 * @param down makes one value of several; a value that is none makes the whole none.
 * @param up what an empty window gets: the value before, the value after, or none.
 */
export function resampled(times: readonly number[], values: readonly (number | null)[], ends: readonly number[], down: string, up: string): (number | null)[] {
  if (!downsamplers.includes(down)) throw new ExpressionError(`nothing that makes one value of several is called ${down}`);
  if (!upsamplers.includes(up)) throw new ExpressionError(`nothing that fills a gap is called ${up}`);
  let at = 0;
  return ends.map((end) => {
    const first = at;
    while (at < times.length && times[at]! <= end) at++;
    if (at === first) return up === 'pad' ? values[at - 1] ?? null : up === 'backfilling' ? values[at] ?? null : null;
    const inside = values.slice(first, at);
    return inside.includes(null) && down !== 'count' && down !== 'last' ? null : reduced(inside, down);
  });
}
