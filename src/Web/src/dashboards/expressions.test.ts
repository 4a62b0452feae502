import { describe, expect, it } from 'vitest';
import type { QueryData } from '../api/types';
import type { Target } from './dashboard';
import { computed, neededOf, type Budget } from './expressions';
import { partsOf } from './expressionMath';
import type { TargetAnswer } from './panelData';

const expr = (refId: string, more: Record<string, unknown>): Target => ({ refId, datasource: { type: '__expr__', uid: '__expr__' }, ...more });
const matrix = (refId: string, ...series: [Record<string, string>, [number, string][]][]): TargetAnswer => ({ target: { refId, expr: 'x' }, grid: { startMs: 0, endMs: 2000, stepMs: 1000 }, data: { resultType: 'matrix', result: series.map(([metric, values]) => ({ metric, values })) } as QueryData });
const vector = (refId: string, ...series: [Record<string, string>, string][]): TargetAnswer => ({ target: { refId, expr: 'x' }, grid: null, data: { resultType: 'vector', result: series.map(([metric, value]) => ({ metric, value: [1, value] })) } as QueryData });

const span = { fromMs: 0, toMs: 5000 };

/** The results, each with its labels and values. */
function run(targets: Target[], ...answers: TargetAnswer[]): unknown {
  const { answers: made, problems } = computed(targets, answers, span);
  if (problems.length > 0) return problems;
  return made.map(({ data }) => (data.resultType === 'matrix' ? data.result.map(({ metric, values }) => [metric, values]) : data.resultType === 'vector' ? data.result.map(({ metric, value }) => [metric, value![1]]) : data));
}

const a = matrix('A', [{ host: 'x' }, [[0, '1'], [1, '2']]], [{ host: 'y' }, [[0, '3'], [1, 'NaN']]]);

describe('an expression', () => {
  it.each([
    ['$A * 100', [[{ host: 'x' }, [[0, '100'], [1, '200']]], [{ host: 'y' }, [[0, '300'], [1, 'NaN']]]]], ['${A} > 1 && !($A == 3)', [[{ host: 'x' }, [[0, '0'], [1, '1']]], [{ host: 'y' }, [[0, '0'], [1, 'NaN']]]]],
    ['-2 ** 2 + is_nan($A)', [[{ host: 'x' }, [[0, '4'], [1, '4']]], [{ host: 'y' }, [[0, '4'], [1, '5']]]]], ['$A - $A', [[{ host: 'x' }, [[0, '0'], [1, '0']]], [{ host: 'y' }, [[0, '0'], [1, 'NaN']]]]],
    ['round(7 / 2) % 3', [[{}, '1']]], ['inf() + 1', [[{}, '+Inf']]],
  ])('calculates %s', (expression, result) => expect(run([expr('B', { type: 'math', expression })], a)).toEqual([result]));

  it('pairs what has the same labels, or fewer', () => {
    const total = vector('T', [{ host: 'x' }, '10'], [{ host: 'y' }, '20']);
    expect(run([expr('B', { type: 'math', expression: '$A / $T' })], a, total)).toEqual([[[{ host: 'x' }, [[0, '0.1'], [1, '0.2']]], [{ host: 'y' }, [[0, '0.15'], [1, 'NaN']]]]]);
  });

  it('reduces, and compares with a threshold', () => {
    expect(run([expr('B', { type: 'reduce', expression: 'A', reducer: 'max' })], a)).toEqual([[[{ host: 'x' }, '2'], [{ host: 'y' }, 'NaN']]]);
    expect(run([expr('B', { type: 'reduce', expression: '$A', reducer: 'max', settings: { mode: 'dropNN' } })], a)).toEqual([[[{ host: 'x' }, '2'], [{ host: 'y' }, '3']]]);
    const targets = [expr('B', { type: 'reduce', expression: 'A', reducer: 'mean', settings: { mode: 'replaceNN', replaceWithValue: 9 }, hide: true }), expr('C', { type: 'threshold', expression: 'B', conditions: [{ evaluator: { type: 'gt', params: [2] } }] })];
    expect(run(targets, a)).toEqual([[[{ host: 'x' }, '0'], [{ host: 'y' }, '1']]]);
  });

  it.each([
    ['mean', 'fillna', ['1', '2.5', 'NaN', '9']], ['sum', 'pad', ['1', '5', '3', '9']], ['last', 'backfilling', ['1', '3', '9', '9']], ['count', 'fillna', ['1', '2', 'NaN', '1']],
  ])('resamples by %s and %s', (downsampler, upsampler, values) => {
    const uneven = matrix('A', [{ host: 'x' }, [[0, '1'], [1, '2'], [2, '3'], [5, '9']]]);
    const of = (window: string) => run([expr('B', { type: 'resample', expression: 'A', window, downsampler, upsampler })], uneven);
    // Windows end at 0, 2, 4 and, behind the last one, nothing: 5 belongs to none of two seconds.
    expect(of('2s')).toEqual([[[{ host: 'x' }, [0, 2, 4].map((at, i) => [at, values[i]])]]]);
    expect(of('2500ms')).toEqual([[[{ host: 'x' }, [[0, values[0]], [2.5, values[1]], [5, values[3]]]]]]);
    // Between its own times there is no gap.
    expect(computed([expr('B', { type: 'resample', expression: 'A', window: '2s', downsampler, upsampler })], [uneven], span).answers[0]!.grid).toBeNull();
    expect(of('0s')).toEqual(['B: 0s is no window']);
  });

  it('resamples no more points than a panel may look at, and nothing without times', () => {
    const by = (window: string) => expr('B', { type: 'resample', expression: 'A', window, downsampler: 'mean', upsampler: 'pad' });
    // Two lines of two points are read, and two of six are made.
    expect(computed([by('1s')], [a], span, { pairs: 0, points: 16 }).problems).toEqual([]);
    expect(computed([by('1s')], [a], span, { pairs: 0, points: 15 }).problems).toEqual(['the expressions would look at more than 15 points']);
    expect(computed([by('1ms')], [matrix('A')], span, { pairs: 0, points: 5000 }).problems).toEqual(['the expressions would look at more than 5000 points']);
    // So many windows a line as there are points of a query, however long the span is.
    const hour = { fromMs: 0, toMs: 3_600_000 };
    expect(computed([by('1ms')], [a], hour).problems).toEqual(['B: windows of 1ms would be more than 11000 a line']);
    expect(computed([by('1ms')], [a], { fromMs: 0, toMs: 10_999 }).problems).toEqual([]);
    expect(computed([by('1ms')], [a], { fromMs: 0, toMs: 11_000 }).problems).toHaveLength(1);
    expect(run([by('1s')], vector('A', [{}, '1']))).toEqual(['B: only what has times is resampled']);
  });

  it.each([
    ['max', 'gt', [2], '1'], ['max', 'gt', [3], '0'], ['last', 'lt', [3], '1'], ['avg', 'within_range', [1, 2], '1'], ['sum', 'outside_range', [2, 4], '0'], ['diff', 'eq', [1], '1'],
    ['percent_diff', 'gte', [100], '1'], ['count', 'eq', [2], '1'], ['count_non_null', 'eq', [1], '1'], ['min', 'no_value', [], '0'],
  ])('asks whether any %s is %s %j', (reducer, type, params, result) =>
    expect(run([expr('C', { type: 'classic_conditions', conditions: [{ query: { params: ['A'] }, reducer: { type: reducer }, evaluator: { type, params } }] })], a)).toEqual([[[{}, result]]]));

  it.each([
    ['within_range', [10, 1], '1'], ['within_range', [5, 9], '0'], ['outside_range', [10, 6], '1'], ['outside_range', [10, 1], '0'], ['within_range_included', [5, 9], '1'], ['within_range_included', [9, 6], '0'],
    ['outside_range_included', [5, 9], '1'], ['outside_range_included', [9, 1], '0'], ['gt', [3], '1'],
  ])('asks whether one value of 5 is %s %j, whatever reduces lines', (type, params, result) =>
    expect(run([expr('C', { type: 'classic_conditions', conditions: [{ query: { params: ['A'] }, reducer: { type: 'count' }, evaluator: { type, params } }] })], vector('A', [{}, '5']))).toEqual([[[{}, result]]]));

  it('joins conditions by a logic-or that ends them, and by those that ask for no value', () => {
    const condition = (name: string, type: string, least: number, join = 'and') => ({ query: { params: [name] }, reducer: { type: 'last' }, evaluator: { type, params: [least] }, operator: { type: join } });
    const met = (...conditions: unknown[]) => run([expr('C', { type: 'classic_conditions', conditions })], vector('A', [{}, '5']), vector('N'), vector('M'));
    const [no, yes] = [condition('A', 'gt', 9), condition('A', 'gt', 1)];
    expect([met(no, condition('A', 'gt', 1, 'logic-or')), met(yes, condition('A', 'gt', 9, 'logic-or'), no), met(yes, condition('A', 'gt', 9, 'or'), no), met(no, condition('A', 'gt', 9, 'logic-or'), yes), met(yes, condition('gone', 'gt', 9, 'logic-or'))])
      .toEqual(['1', '1', '0', '0', '1'].map((value) => [[[{}, value]]]));
    expect([met(condition('N', 'no_value', 0)), met(condition('N', 'no_value', 0), condition('M', 'gt', 1)), met(condition('A', 'no_value', 0), condition('M', 'gt', 1)), met(condition('M', 'gt', 1), condition('N', 'gt', 1))])
      .toEqual(['1', '0', '0', 'NaN'].map((value) => [[[{}, value]]]));
  });

  it('joins conditions by and, or', () => {
    const condition = (name: string, least: number, join = 'and') => ({ query: { params: [name] }, reducer: { type: 'max' }, evaluator: { type: 'gt', params: [least] }, operator: { type: join } });
    const met = (...conditions: unknown[]) => run([expr('C', { type: 'classic_conditions', conditions })], a, vector('N'));
    expect([met(condition('A', 2), condition('A', 9)), met(condition('A', 2), condition('A', 9, 'or')), met(condition('N', 0)), met(condition('N', 0), condition('A', 2, 'or')), met(condition('N', 0), condition('A', 2))])
      .toEqual(['0', '1', 'NaN', '1', '0'].map((value) => [[[{}, value]]]));
    expect([...neededOf([{ refId: 'A', expr: 'x', hide: true }, { refId: 'B', expr: 'y', hide: true }, expr('C', { type: 'classic_conditions', conditions: [condition('A', 1)] })])].map(({ refId }) => refId)).toEqual(['C', 'A']);
  });

  it('has as many pairs and points to look at as all of a panel together', () => {
    const problemsOf = (targets: Target[], most: Partial<Budget>): string[] => computed(targets, [a], span, { pairs: 1000, points: 1000, ...most }).problems;
    const sum = expr('B', { type: 'math', expression: '$A + $A' });
    // Two by two series, of which two pairs of two points each fit.
    expect(problemsOf([sum], { pairs: 4, points: 8 })).toEqual([]);
    expect(problemsOf([sum], { pairs: 3 })).toEqual(['the expressions would look at more than 3 pairs of series']);
    expect(problemsOf([sum], { points: 7 })).toEqual(['the expressions would look at more than 7 points']);
    expect(problemsOf([sum, expr('C', { type: 'math', expression: '$A + $A' })], { pairs: 7 })).toEqual(['the expressions would look at more than 7 pairs of series']);
    expect(problemsOf([expr('B', { type: 'math', expression: '$A + $A + $A' })], { pairs: 7 })).toEqual(['the expressions would look at more than 7 pairs of series']);
    for (const more of [{ type: 'reduce', expression: 'A' }, { type: 'math', expression: 'abs($A)' }]) {
      expect([problemsOf([expr('B', more)], { points: 4 }), problemsOf([expr('B', more)], { points: 3 })]).toEqual([[], ['the expressions would look at more than 3 points']]);
    }
  });

  it('of more levels than there is stack is needed, and says that it is too deep', { timeout: 60_000 }, () => {
    expect(run([expr('B', { type: 'math', expression: `1${'+1'.repeat(100_000)}` })])).toEqual(['B: too deep']);
    const chain = Array.from({ length: 50_000 }, (_, i) => expr(`E${i}`, { type: 'reduce', expression: `E${i + 1}`, hide: i > 0 }));
    expect(neededOf(chain).size).toBe(50_000);
    expect(run(chain)).toEqual(['E0: too deep']);
  });

  it('that cannot be evaluated says why', () => {
    expect(run([expr('B', { type: 'sql', expression: 'select' })], a)).toEqual(['B: expressions of type sql are not evaluated here']);
    expect(run([expr('B', { type: 'math', expression: '$C' }), expr('C', { type: 'math', expression: '$B', hide: true })], a)).toEqual(['B: no such query']);
    expect(run([expr('B', { type: 'math', expression: '$A +' })], a)).toEqual(['$A + is no calculation']);
    expect(run([expr('B', { type: 'math' })], a)).toEqual([' is no calculation']);
    for (const text of ['(', '1 2', 'what(1)', 'abs', '$A ; 1', '('.repeat(500), '__proto__(1)', 'constructor(1)']) expect(() => partsOf(text), text).toThrow();
  });

  it('needs what it reads, hidden or not', () => {
    const targets: Target[] = [{ refId: 'A', expr: 'a', hide: true }, { refId: 'B', expr: 'b', hide: true }, { refId: 'C', expr: 'c' }, expr('D', { type: 'math', expression: '$E + 1' }), expr('E', { type: 'reduce', expression: 'A', hide: true })];
    expect([...neededOf(targets)].map(({ refId }) => refId).sort()).toEqual(['A', 'C', 'D', 'E']);
  });
});
