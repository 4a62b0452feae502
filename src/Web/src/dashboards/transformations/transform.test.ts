import { describe, expect, it } from 'vitest';
import type { Panel } from '../dashboard';
import { csvOf } from '../csv';
import { calledOf, Trend, type Cell, type Frame } from '../frames';
import { transformed, transformationIds } from './transform';

const table = (refId: string, columns: Record<string, Cell[]>): Frame => ({
  refId, name: refId, fields: Object.entries(columns).map(([name, values]) => ({ name, labels: {}, values, kind: name === 'Time' ? 'time' as const : typeof values.find((value) => value !== null) === 'number' ? 'number' as const : 'string' as const })),
});
const series = (refId: string, labels: Record<string, string>, points: [number, number][]): Frame => ({
  refId, name: Object.values(labels).join(' '),
  fields: [{ name: 'Time', kind: 'time', labels: {}, values: points.map(([at]) => at) }, { name: 'Value', kind: 'number', labels, shown: Object.values(labels).join(' '), values: points.map(([, value]) => value) }],
});
const run = (frames: Frame[], ...steps: [string, Record<string, unknown>][]): Frame[] => transformed({ id: 1, type: 'table', transformations: steps.map(([id, options]) => ({ id, options })) } as Panel, frames, (text) => text.replaceAll('$v', 'filled'));
const shown = (frames: Frame[]): Record<string, Cell[]>[] => frames.map((frame) => Object.fromEntries(frame.fields.map((field) => [calledOf(field), field.values])));

describe('a transformation', () => {
  const cpu = table('A', { host: ['a', 'b', 'c'], Value: [1, 2, 3] });

  it('organize: leaves out, orders and renames', () => {
    const made = run([cpu], ['organize', { excludeByName: {}, indexByName: { Value: 0, host: 1 }, renameByName: { Value: 'CPU' } }]);
    expect(made[0]!.fields.map(calledOf)).toEqual(['CPU', 'host']);
    expect(shown(run([cpu], ['organize', { excludeByName: { host: true } }]))).toEqual([{ Value: [1, 2, 3] }]);
  });

  it('merge: rows that agree become one, rows that contradict stay two', () => {
    const a = table('A', { host: ['a', 'b'], 'Value #A': [1, 2] });
    const b = table('B', { host: ['b', 'c'], 'Value #B': [20, 30] });
    expect(shown(run([a, b], ['merge', {}]))).toEqual([{ host: ['a', 'b', 'c'], 'Value #A': [1, 2, null], 'Value #B': [null, 20, 30] }]);
    expect(shown(run([table('A', { host: ['a'], v: [1] }), table('B', { host: ['a'], v: [2] })], ['merge', {}]))).toEqual([{ host: ['a', 'a'], v: [1, 2] }]);
  });

  it('joinByField, under both of its names: outer, inner, and by time where no field is named', () => {
    const other = table('B', { host: ['c', 'd'], Value: [30, 40] });
    expect(shown(run([cpu, other], ['joinByField', { byField: 'host', mode: 'outer' }]))).toEqual([{ host: ['a', 'b', 'c', 'd'], Value: [1, 2, 3, null], 'Value B': [null, null, 30, 40] }]);
    expect(shown(run([cpu, other], ['seriesToColumns', { byField: 'host', mode: 'inner' }]))).toEqual([{ host: ['c'], Value: [3], 'Value B': [30] }]);
    expect(shown(run([series('A', { x: '1' }, [[2, 5], [1, 4]]), series('A', { x: '2' }, [[2, 7]])], ['joinByField', {}]))).toEqual([{ Time: [1, 2], 1: [4, 5], 2: [null, 7] }]);
  });

  it('renameByRegex and filterFieldsByName go by what is shown', () => {
    const frames = [series('A', { x: 'cpu-1' }, [[1, 1]])];
    expect(shown(run(frames, ['renameByRegex', { regex: 'cpu-(.*)', renamePattern: 'core $1' }]))).toEqual([{ Time: [1], 'core 1': [1] }]);
    expect(shown(run([cpu], ['filterFieldsByName', { include: { names: ['host'] } }]))).toEqual([{ host: ['a', 'b', 'c'] }]);
    expect(shown(run([cpu], ['filterFieldsByName', { include: { pattern: '/^V/' } }]))).toEqual([{ Value: [1, 2, 3] }]);
    expect(shown(run([cpu], ['renameByRegex', { regex: '(', renamePattern: '' }]))).toEqual(shown([cpu]));
  });

  it('groupBy: figures of each group', () => {
    const rows = table('A', { job: ['x', 'y', 'x'], Value: [1, 5, 3] });
    expect(shown(run([rows], ['groupBy', { fields: { job: { operation: 'groupby', aggregations: [] }, Value: { operation: 'aggregate', aggregations: ['sum', 'max'] } } }]))).toEqual([{ job: ['x', 'y'], 'Value (sum)': [4, 5], 'Value (max)': [3, 5] }]);
  });

  it('calculateField: rows, two columns, a fixed number, a function, a running total', () => {
    const two = table('A', { a: [6, 8], b: [2, 0] });
    const last = (options: Record<string, unknown>): Record<string, Cell[]> => { const field = run([two], ['calculateField', options])[0]!.fields.at(-1)!; return { [calledOf(field)]: field.values }; };
    expect(last({ mode: 'reduceRow', reduce: { reducer: 'sum' } })).toEqual({ Total: [8, 8] });
    expect(last({ mode: 'binary', binary: { left: 'a', operator: '/', right: 'b' } })).toEqual({ 'a / b': [3, null] });
    expect(last({ mode: 'binary', alias: 'twice', binary: { left: { matcher: { id: 'byName', options: 'a' } }, operator: '*', right: { fixed: '2' } } })).toEqual({ twice: [12, 16] });
    expect(last({ mode: 'unary', unary: { fieldName: 'a', operator: 'percent' } })).toEqual({ 'percent(a)': [600, 800] });
    expect(last({ mode: 'cumulativeFunctions', cumulative: { field: 'a', reducer: 'sum' } })).toEqual({ 'cumulative sum(a)': [6, 14] });
  });

  it('labelsToFields: labels become columns, series rows', () => {
    const frames = [series('A', { job: 'x', code: '200' }, [[1, 5]]), series('A', { job: 'y', code: '500' }, [[1, 6]])];
    expect(shown(run(frames, ['labelsToFields', {}]))).toEqual([{ Time: [1, 1], job: ['x', 'y'], code: ['200', '500'], Value: [5, 6] }]);
    expect(shown(run(frames, ['labelsToFields', { valueLabel: 'code', keepLabels: [] }]))).toEqual([{ Time: [1, 1], job: ['x', 'y'], 200: [5, null], 500: [null, 6] }]);
  });

  it('sortBy, limit and filterByValue choose rows', () => {
    expect(shown(run([cpu], ['sortBy', { sort: [{ field: 'Value', desc: true }] }], ['limit', { limitField: '2' }]))).toEqual([{ host: ['c', 'b'], Value: [3, 2] }]);
    const above = { fieldName: 'Value', config: { id: 'greater', options: { value: 1 } } };
    expect(shown(run([cpu], ['filterByValue', { type: 'include', match: 'any', filters: [above] }]))).toEqual([{ host: ['b', 'c'], Value: [2, 3] }]);
    expect(shown(run([cpu], ['filterByValue', { type: 'exclude', match: 'all', filters: [above, { fieldName: 'host', config: { id: 'equal', options: { value: 'c' } } }] }]))).toEqual([{ host: ['a', 'b'], Value: [1, 2] }]);
  });

  it('reduce: a row a series, or each column by itself', () => {
    const frames = [series('A', { x: 'one' }, [[1, 1], [2, 3]]), series('A', { x: 'two' }, [[1, 7]])];
    expect(shown(run(frames, ['reduce', { reducers: ['max', 'lastNotNull'] }]))).toEqual([{ Field: ['one', 'two'], Max: [3, 7], 'Last *': [3, 7] }]);
    expect(shown(run(frames, ['reduce', { reducers: ['mean'], mode: 'reduceFields' }]))).toEqual([{ one: [2] }, { two: [7] }]);
  });

  it('filterByRefId, seriesToRows, prepareTimeSeries and concatenate shape frames', () => {
    const [a, b] = [series('A', { x: 'a' }, [[1, 1]]), series('B', { x: 'b' }, [[2, 2]])];
    expect(run([a, b], ['filterByRefId', { include: 'B' }]).map((frame) => frame.refId)).toEqual(['B']);
    expect(shown(run([a, b], ['seriesToRows', {}]))).toEqual([{ Time: [2, 1], Metric: ['b', 'a'], Value: [2, 1] }]);
    expect(shown(run([a, b], ['prepareTimeSeries', { format: 'wide' }]))).toEqual([{ Time: [1, 2], a: [1, null], b: [null, 2] }]);
    expect(shown(run([cpu, table('B', { other: ['z'] })], ['concatenate', { frameNameMode: 'drop' }]))).toEqual([{ host: ['a', 'b', 'c'], Value: [1, 2, 3], other: ['z', null, null] }]);
  });

  it('convertFieldType, extractFields and groupingToMatrix shape columns', () => {
    expect(shown(run([table('A', { n: ['1', 'x'] })], ['convertFieldType', { conversions: [{ targetField: 'n', destinationType: 'number' }] }]))).toEqual([{ n: [1, null] }]);
    expect(shown(run([table('A', { line: ['{"a":1}', 'b=two'] })], ['extractFields', { source: 'line', format: 'auto', replace: true }]))).toEqual([{ a: [1, null], b: [null, 'two'] }]);
    const cells = table('A', { row: ['r1', 'r1', 'r2'], col: ['c1', 'c2', 'c1'], Value: [1, 2, 3] });
    expect(shown(run([cells], ['groupingToMatrix', { rowField: 'row', columnField: 'col', valueField: 'Value' }]))).toEqual([{ 'row\\col': ['r1', 'r2'], c1: [1, 3], c2: [2, null] }]);
  });

  it('joinByLabels, partitionByValues, transpose and timeSeriesTable', () => {
    const frames = [series('A', { kind: 'read', disk: 'sda' }, [[1, 5]]), series('A', { kind: 'write', disk: 'sda' }, [[1, 6]])];
    expect(shown(run(frames, ['joinByLabels', { value: 'kind' }]))).toEqual([{ disk: ['sda'], read: [5], write: [6] }]);
    expect(shown(run([table('A', { job: ['x', 'y'], Value: [1, 2] })], ['partitionByValues', { fields: ['job'] }]))).toEqual([{ 'Value x': [1] }, { 'Value y': [2] }]);
    expect(shown(run([cpu], ['transpose', {}]))).toEqual([{ Field: ['Value'], a: [1], b: [2], c: [3] }]);
    expect(shown(run(frames, ['timeSeriesTable', {}]))).toEqual([{ disk: ['sda', 'sda'], kind: ['read', 'write'], 'Trend #A': [new Trend(5, [5]), new Trend(6, [6])] }]);
  });

  it('histogram and rowsToFields count and turn', () => {
    const values = [series('A', { x: 'a' }, [[1, 1], [2, 12], [3, 14]]), series('A', { x: 'b' }, [[1, 3]])];
    expect(shown(run(values, ['histogram', { bucketSize: 10 }]))).toEqual([{ xMin: [0, 10], xMax: [10, 20], a: [1, 2], b: [1, 0] }]);
    expect(shown(run(values, ['histogram', { bucketSize: 10, combine: true }]))).toEqual([{ xMin: [0, 10], xMax: [10, 20], Count: [2, 2] }]);
    expect(shown(run([cpu], ['rowsToFields', {}]))).toEqual([{ a: [1], b: [2], c: [3] }]);
    const named = table('A', { x: ['p'], y: ['q'], n: [1], m: [2] });
    expect(shown(run([named], ['rowsToFields', { mappings: [{ fieldName: 'y', handlerKey: 'field.name' }, { fieldName: 'm', handlerKey: 'field.value' }] }]))).toEqual([{ q: [2] }]);
  });

  it('formatTime and formatString write columns in another way', () => {
    expect(shown(run([table('A', { Time: [0, null] })], ['formatTime', { timeField: 'Time', outputFormat: 'YYYY/MM', timezone: 'utc' }]))).toEqual([{ Time: ['1970/01', null] }]);
    const written = (outputFormat: string): Cell => run([table('A', { s: ['some-long Text'] })], ['formatString', { stringField: 's', outputFormat, substringStart: 5, substringEnd: 8 }])[0]!.fields[0]!.values[0]!;
    expect(['Upper Case', 'Title Case', 'Pascal Case', 'Camel Case', 'Snake Case', 'Kebab Case', 'Substring', 'Nothing'].map(written)).toEqual(['SOME-LONG TEXT', 'Some-long Text', 'SomeLongText', 'someLongText', 'some_long_text', 'some-long-text', 'long', 'some-long Text']);
  });

  it('rows keep the way their series took, and are sorted, filtered and counted by one value of it', () => {
    const table: [string, Record<string, unknown>] = ['timeSeriesTable', { A: { stat: 'max' } }];
    const frames = [series('A', { host: 'a' }, [[1, 10], [2, 2]]), series('A', { host: 'b' }, [[1, 9], [2, 30]]), series('A', { host: 'c' }, [[1, NaN], [2, 1]])];
    const trends = (found: Frame[]) => (found[0]!.fields.at(-1)!.values as Trend[]).map(({ value, points }) => [value, points]);
    expect(trends(run(frames, table, ['sortBy', { sort: [{ field: 'Trend #A', desc: true }] }]))).toEqual([[30, [9, 30]], [10, [10, 2]], [1, [null, 1]]]);
    expect(trends(run(frames, table, ['filterByValue', { filters: [{ fieldName: 'Trend #A', config: { id: 'greater', options: { value: 9.5 } } }], type: 'include', match: 'all' }]))).toEqual([[10, [10, 2]], [30, [9, 30]]]);
    expect(run(frames, table)[0]!.fields.at(-1)!.kind).toBe('trend');
    expect(csvOf(run(frames, table)).text).toBe('host,Trend #A\r\na,10\r\nb,30\r\nc,1\r\n');
  });

  it('fills variables in its options, and is passed over where nobody knows it or it is switched off', () => {
    expect(shown(run([cpu], ['organize', { renameByName: { Value: '$v' } }]))).toEqual([{ host: ['a', 'b', 'c'], filled: [1, 2, 3] }]);
    expect(run([cpu], ['nobodyKnows', {}])).toEqual([cpu]);
    const off = transformed({ id: 1, type: 'table', transformations: [{ id: 'limit', options: { limitField: 1 }, disabled: true }] }, [cpu], (text) => text);
    expect(off).toEqual([cpu]);
  });

  it('of any kind survives options that make no sense', () => {
    for (const id of transformationIds) for (const options of [{}, { fields: 7, sort: 'x', filters: [null], conversions: {}, reducers: 'max', include: [], reduce: null, binary: 3, limitField: {} }]) {
      expect(() => run([cpu, series('B', {}, [[1, 1]])], [id, options as Record<string, unknown>]), id).not.toThrow();
      expect(() => run([], [id, options as Record<string, unknown>]), id).not.toThrow();
    }
  });
});
