import { ExpressionError, meets } from './evaluators';
import { reduced } from './reducers';
import { numberOr, objectOf, objectsOf, textOf } from './transformations/options';

/** The queries that conditions read, each once. */
export const conditionNames = (conditions: unknown): string[] => [...new Set(objectsOf(conditions).map(nameOf))];

const nameOf = ({ query }: Record<string, unknown>): string => {
  const { params } = objectOf(query);
  return textOf(Array.isArray(params) ? params[0] : undefined);
};

/** What conditions look at: one value without a time, or values at times. */
interface Line { times: readonly number[] | null; values: readonly (number | null)[] }

/** Whether a condition is met by any line, and whether there was nothing to look at. */
interface Verdict { isMet: boolean; isEmpty: boolean }

/**
 * Grafana's classic conditions: from the first to the last, joined by the `and` or `or` of each. A `logic-or` is an `or` behind which
 * nothing counts where what stands before it is met.
 * @param linesOf the lines of a query.
 * @returns 1 or 0; null where there was nothing to look at.
 */
export function conditionsMet(conditions: unknown, linesOf: (name: string) => readonly Line[]): number | null {
  let all: Verdict | null = null;
  for (const condition of objectsOf(conditions)) {
    const join = textOf(objectOf(condition.operator).type);
    if (join === 'logic-or' && all?.isMet) break;
    const one = verdictOf(condition, linesOf(nameOf(condition)));
    if (all === null) all = one;
    else if (join === 'or' || join === 'logic-or') all = { isMet: all.isMet || one.isMet, isEmpty: all.isEmpty || one.isEmpty };
    else all = { isMet: all.isMet && one.isMet, isEmpty: all.isEmpty && one.isEmpty };
  }
  // Grafana says that there is nothing to look at where one of two joined by `or` has nothing, even where the other is met (its issue 92974).
  return all === null ? null : all.isMet ? 1 : all.isEmpty ? null : 0;
}

function verdictOf({ evaluator, reducer }: Record<string, unknown>, lines: readonly Line[]): Verdict {
  const { type, params } = objectOf(evaluator);
  const kind = textOf(type);
  const bounds = (Array.isArray(params) ? params : []).map((one) => numberOr(one, NaN));
  // Of a range either bound may be the lower one.
  const [low = NaN, high = NaN] = kind.includes('_range') ? bounds.slice(0, 2).sort((a, b) => a - b) : bounds;
  const values = lines.map(({ times, values }) => (times ? classicReduced(values, textOf(objectOf(reducer).type)) : values[0] ?? null));
  const none = values.filter((value) => value === null).length;
  const isMet = kind === 'no_value' ? none > 0 || lines.length === 0 : values.some((value) => value !== null && meets(value, kind, low, high));
  // Where having none is what was asked for, there is something to say.
  return { isMet, isEmpty: none === lines.length && !(kind === 'no_value' && isMet) };
}

/** One number for a line, by the name that classic conditions have for it. */
function classicReduced(line: readonly (number | null)[], name: string): number | null {
  const real = line.filter((value): value is number => value !== null);
  const [first, last] = [real[0], real.at(-1)];
  if (name === 'count') return line.length;
  if (name === 'count_non_null') return real.length === 0 ? null : real.length;
  if (first === undefined || last === undefined) return null;
  switch (name) {
    case 'avg': return reduced(real, 'mean');
    case 'sum': case 'min': case 'max': case 'median': case 'last': return reduced(real, name);
    case 'diff': return last - first;
    case 'diff_abs': return Math.abs(last - first);
    case 'percent_diff': return ((last - first) / Math.abs(first)) * 100;
    case 'percent_diff_abs': return Math.abs((last - first) / first) * 100;
    default: throw new ExpressionError(`no reducer is called ${name}`);
  }
}
