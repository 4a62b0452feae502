import type { Labels, QueryData } from '../api/types';
import { parseDuration } from '../model/duration';
import { numberOf } from '../model/series';
import type { Target } from './dashboard';
import { isExpression, MathError, partsOf, type MathNode } from './expressionMath';
import { pointsMax } from '../model/step';
import type { Span } from '../model/timeRange';
import { conditionNames, conditionsMet } from './classicConditions';
import { ExpressionError, meets } from './evaluators';
import type { TargetAnswer } from './panelData';
import { reduced } from './reducers';
import { resampled, timesOf } from './resample';
import { numberOr, objectOf, objectsOf, textOf } from './transformations/options';

/** What an expression reads and makes: one value, or one at each of some times, in seconds. */
interface Item { labels: Labels; times: readonly number[] | null; values: readonly (number | null)[] }

/** What the expressions of a panel may look at together: pairs of series, and points. Some millions hold the page for a second, more would take it away. */
export interface Budget { pairs: number; points: number }
const budgetMax: Budget = { pairs: 2_000_000, points: 5_000_000 };

/** What is left of a budget. */
interface Left { spend: (kind: keyof Budget, count: number) => void }

function budgetOf(most: Budget): Left {
  const left = { ...most };
  return {
    spend: (kind, count) => {
      if (count > left[kind]) throw new ExpressionError(`the expressions would look at more than ${most[kind]} ${kind === 'pairs' ? 'pairs of series' : 'points'}`);
      left[kind] -= count;
    },
  };
}

const pointsOf = (items: readonly Item[]): number => items.reduce((sum, { values }) => sum + values.length, 0);

const refOf = (target: Target): string => target.refId ?? 'A';
/** What an expression reads: the names of other queries. */
export function readBy(target: Target): string[] {
  const { type, expression, conditions } = target as Record<string, unknown>;
  if (type === 'classic_conditions') return conditionNames(conditions);
  const text = textOf(expression).trim();
  if (type !== 'math') return text === '' ? [] : [text.replace(/^\$?\{?(\w+)\}?$/, '$1')];
  try {
    return namesIn(partsOf(text));
  } catch {
    return [];
  }
}

const namesIn = (node: MathNode): string[] => (node.kind === 'name' ? [node.name] : node.kind === 'call' ? node.inputs.flatMap(namesIn) : []);

/** The queries that have to be asked for what is shown: those that are not hidden, and what their expressions read. */
export function neededOf(targets: readonly Target[]): Set<Target> {
  const named = new Map<string, Target[]>();
  for (const target of targets) {
    const same = named.get(refOf(target));
    if (same) same.push(target);
    else named.set(refOf(target), [target]);
  }
  const needed = new Set(targets.filter((target) => !target.hide));
  // What is added on the way is walked too: no stack is as deep as expressions may be in each other.
  for (const target of needed) {
    if (!isExpression(target)) continue;
    for (const name of readBy(target)) {
      for (const read of named.get(name) ?? []) needed.add(read);
      named.delete(name);
    }
  }
  return needed;
}

/**
 * The results of the expressions that are not hidden.
 * @param span of the panel: results without times are of its end.
 * @param most what they may look at together.
 */
export function computed(targets: readonly Target[], answers: readonly TargetAnswer[], span: Span, most: Budget = budgetMax): { answers: TargetAnswer[]; problems: string[] } {
  const left = budgetOf(most);
  const named = new Map<string, Target>();
  for (const target of targets) if (isExpression(target) && !named.has(refOf(target))) named.set(refOf(target), target);
  const known = new Map<string, Item[]>();
  for (const answer of answers) known.set(refOf(answer.target), [...(known.get(refOf(answer.target)) ?? []), ...itemsOf(answer.data)]);
  const open = new Set<string>();
  const valueOf = (name: string): Item[] => {
    const there = known.get(name);
    if (there) return there;
    const target = named.get(name);
    if (!target || open.has(name)) throw new ExpressionError(`${name}: no such query`);
    open.add(name);
    const items = evaluated(target, valueOf, span, left);
    known.set(name, items);
    return items;
  };
  const problems: string[] = [];
  const made = targets.filter((target) => isExpression(target) && !target.hide).flatMap((target): TargetAnswer[] => {
    try {
      const items = valueOf(refOf(target));
      const isResampled = (target as { type?: unknown }).type === 'resample';
      return [{ target, grid: isResampled ? null : answers.find((answer) => answer.grid && readBy(target).includes(refOf(answer.target)))?.grid ?? null, data: dataOf(items, span.toMs) }];
    } catch (failure) {
      // Thousands of expressions in each other leave no stack.
      if (!(failure instanceof ExpressionError || failure instanceof MathError || failure instanceof RangeError)) throw failure;
      problems.push(failure instanceof RangeError ? `${refOf(target)}: too deep` : failure.message);
      return [];
    }
  });
  return { answers: made, problems };
}

function itemsOf(data: QueryData): Item[] {
  if (data.resultType === 'scalar') return [{ labels: {}, times: null, values: [finite(numberOf(data.result[1]))] }];
  if (data.resultType === 'vector') return data.result.map(({ metric, value }) => ({ labels: metric, times: null, values: [value ? finite(numberOf(value[1])) : null] }));
  if (data.resultType === 'matrix') return data.result.map(({ metric, values = [] }) => ({ labels: metric, times: values.map(([at]) => at), values: values.map(([, text]) => finite(numberOf(text))) }));
  return [];
}

const finite = (value: number): number | null => (Number.isNaN(value) ? null : value);
const written = (value: number | null): string => (value === null ? 'NaN' : value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));

function dataOf(items: readonly Item[], toMs: number): QueryData {
  if (items.every(({ times }) => times === null)) return { resultType: 'vector', result: items.map(({ labels, values }) => ({ metric: labels, value: [toMs / 1000, written(values[0] ?? null)] as [number, string] })) };
  return { resultType: 'matrix', result: items.map(({ labels, times, values }) => ({ metric: labels, values: (times ?? [toMs / 1000]).map((at, i): [number, string] => [at, written(values[i] ?? null)]) })) };
}

function evaluated(target: Target, valueOf: (name: string) => Item[], span: Span, left: Left): Item[] {
  const { type, expression, reducer, settings, conditions, window, downsampler, upsampler } = target as Record<string, unknown>;
  const source = (): Item[] => {
    const [name] = readBy(target);
    if (name === undefined) throw new ExpressionError(`${refOf(target)}: reads no query`);
    const items = valueOf(name);
    left.spend('points', pointsOf(items));
    return items;
  };
  switch (type) {
    case 'math': return math(partsOf(textOf(expression)), valueOf, left);
    case 'reduce': {
      const { mode, replaceWithValue } = objectOf(settings);
      return source().map(({ labels, values }) => {
        const kept = mode === 'replaceNN' ? values.map((value) => value ?? numberOr(replaceWithValue, 0)) : mode === 'dropNN' ? values.filter((value) => value !== null) : values;
        // Strictly a value that is none makes the whole none.
        return { labels, times: null, values: [mode === undefined || mode === '' ? (kept.includes(null) && reducer !== 'count' && reducer !== 'last' ? null : reduced(kept, textOf(reducer, 'last'))) : reduced(kept, textOf(reducer, 'last'))] };
      });
    }
    case 'threshold': {
      const { type: kind, params } = objectOf(objectsOf(conditions)[0]?.evaluator);
      const [low, high] = (Array.isArray(params) ? params : []).map((one) => numberOr(one, NaN));
      return source().map((item) => ({ ...item, values: item.values.map((value) => (value === null ? null : Number(meets(value, textOf(kind), low ?? NaN, high ?? NaN)))) }));
    }
    case 'resample': {
      const items = source();
      const everyMs = parseDuration(textOf(window)) ?? 0;
      if (everyMs <= 0) throw new ExpressionError(`${refOf(target)}: ${textOf(window)} is no window`);
      const windows = Math.floor((span.toMs - span.fromMs) / everyMs) + 1;
      if (windows > pointsMax) throw new ExpressionError(`${refOf(target)}: windows of ${textOf(window)} would be more than ${pointsMax} a line`);
      left.spend('points', Math.max(1, items.length) * windows);
      const times = timesOf(span, everyMs);
      return items.map(({ labels, times: own, values }) => {
        if (!own) throw new ExpressionError(`${refOf(target)}: only what has times is resampled`);
        return { labels, times, values: resampled(own, values, times, textOf(downsampler, 'mean'), textOf(upsampler, 'fillna')) };
      });
    }
    case 'classic_conditions': {
      const of = (name: string): Item[] => {
        const items = valueOf(name);
        left.spend('points', pointsOf(items));
        return items;
      };
      return [{ labels: {}, times: null, values: [conditionsMet(conditions, of)] }];
    }
    default: throw new ExpressionError(`${refOf(target)}: expressions of type ${textOf(type, '?')} are not evaluated here`);
  }
}

function math(node: MathNode, valueOf: (name: string) => Item[], left: Left): Item[] {
  if (node.kind === 'number') return [{ labels: {}, times: null, values: [node.value] }];
  if (node.kind === 'name') return valueOf(node.name);
  const [first = [], second] = node.inputs.map((input) => math(input, valueOf, left));
  if (!second) {
    left.spend('points', pointsOf(first));
    return first.map(({ labels: { __name__: _, ...labels }, times, values }) => ({ labels, times, values: values.map((value) => node.run(value, null)) }));
  }
  left.spend('pairs', first.length * second.length);
  return first.flatMap((a) => second.flatMap((b): Item[] => {
    if (!fit(a, b, first.length, second.length)) return [];
    left.spend('points', a.values.length + b.values.length);
    return [paired(a, b, node.run)];
  }));
}

/** Whether two items belong together: their labels are the same, those of one are among those of the other, or there is only one on a side. */
function fit(a: Item, b: Item, many: number, others: number): boolean {
  // Two metrics are two names for what else is the same.
  const within = (inner: Labels, outer: Labels): boolean => Object.entries(inner).every(([name, value]) => name === '__name__' || outer[name] === value);
  return many === 1 && others === 1 ? true : within(a.labels, b.labels) || within(b.labels, a.labels);
}

function paired(a: Item, b: Item, run: (x: number | null, y: number | null) => number | null): Item {
  const { __name__: _, ...labels } = Object.keys(a.labels).length >= Object.keys(b.labels).length ? a.labels : b.labels;
  if (!a.times) return { labels, times: b.times, values: b.values.map((value) => run(a.values[0] ?? null, value)) };
  if (!b.times) return { labels, times: a.times, values: a.values.map((value) => run(value, b.values[0] ?? null)) };
  const other = new Map(b.times.map((at, i) => [at, b.values[i] ?? null]));
  const shared = a.times.map((at, i) => ({ at, value: a.values[i] ?? null })).filter(({ at }) => other.has(at));
  return { labels, times: shared.map(({ at }) => at), values: shared.map(({ at, value }) => run(value, other.get(at) ?? null)) };
}

