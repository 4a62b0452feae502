import { describe, expect, it } from 'vitest';
import type { Panel } from './dashboard';
import { colorOf, fieldOf, shown, thresholdOf } from './fields';
import { interpolate, type Scope } from './interpolate';
import { reduced } from './reducers';
import { sectionsOf } from './sections';
import { regexFiltered, variableQuery } from './variables';

const scope: Scope = {
  fromMs: 0, toMs: 3_600_000, stepMs: 30_000, scrapeMs: 15_000,
  variables: {
    job: { values: ['node'], isList: false, isAll: false }, path: { values: ['a.b', 'c'], isList: true, isAll: false }, one: { values: ['a.b'], isList: true, isAll: false },
    all: { values: ['x'], isList: true, isAll: true, allValue: '.*' }, quoted: { values: ['a"b\\'], isList: false, isAll: false },
  },
};

describe('a text with variables', () => {
  it.each([
    ['up{job="$job"}', 'up{job="node"}'], ['${job}[[job]]', 'nodenode'], ['{p=~"$path"}', '{p=~"(a\\\\.b|c)"}'], ['$one', 'a\\\\.b'], ['$all', '.*'], ['$quoted', 'a\\"b\\\\'],
    ['rate(x[$__rate_interval])', 'rate(x[1m])'], ['$__interval_ms $__interval', '30000 30s'], ['$__range', '3600s'], ['$unknown ${unknown}', '$unknown ${unknown}'], ['${path:pipe} ${path:csv}', 'a.b|c a.b,c'],
  ])('%s', (text, filled) => expect(interpolate(text, scope)).toBe(filled));
});

describe('rows', () => {
  const panel = (id: number, y: number, more: Partial<Panel> = {}): Panel => ({ id, type: 'stat', gridPos: { x: 0, y, w: 6, h: 4 }, ...more });
  it('hold what follows them, or what is within them', () => {
    const stored = [panel(3, 20, { type: 'row', collapsed: true, panels: [panel(4, 21)] }), panel(1, 0), panel(2, 9, { type: 'row', panels: [] }), panel(5, 10)];
    const sections = sectionsOf({ uid: 'x', title: 'x', panels: stored }, {});
    expect(sections.map((one) => [one.head?.id ?? null, one.panels.map((p) => p.panel.id)])).toEqual([[null, [1]], [2, [5]], [3, [4]]]);
    expect(sections[1]!.panels[0]!.at.y).toBe(0);
  });

  it('are drawn without the gaps that are stored', () => {
    const [section] = sectionsOf({ uid: 'x', title: 'x', panels: [panel(1, 2), panel(2, 9, { gridPos: { x: 0, y: 9, w: 24, h: 2 } }), panel(3, 2, { gridPos: { x: 6, y: 2, w: 6, h: 5 } })] }, {});
    expect([section!.top, section!.panels.map(({ key, at }) => [key, at.y])]).toEqual([2, [['1', 0], ['3', 0], ['2', 5]]]);
  });

  it('are repeated for each value, and so are panels; what is below moves down', () => {
    const chosen = { values: ['a', 'b', 'c'], isList: true, isAll: false };
    const stored = [panel(1, 0, { repeat: 'p', maxPerRow: 2 }), panel(2, 4), panel(3, 9, { type: 'row', repeat: 'p' }), panel(4, 10, { repeat: 'p', repeatDirection: 'v' })];
    const sections = sectionsOf({ uid: 'x', title: 'x', panels: stored }, { p: chosen });
    expect(sections[0]!.panels.map(({ key, at }) => [key, at.x, at.y, at.w])).toEqual([['1', 0, 0, 12], ['1-clone-1', 12, 0, 12], ['1-clone-2', 0, 4, 12], ['2', 0, 8, 6]]);
    expect(sections.slice(1).map((one) => [one.key, one.scoped.p!.values, one.panels.map((p) => [p.scoped.p!.values[0], p.at.y])])).toEqual([['3', ['a'], [['a', 0]]], ['3-clone-1', ['b'], [['b', 0]]], ['3-clone-2', ['c'], [['c', 0]]]]);
    expect(new Set(sections.flatMap((one) => one.panels.map((p) => p.key))).size).toBe(7);
  });
});

describe('a field', () => {
  const panel: Panel = { id: 1, type: 'stat', fieldConfig: { defaults: { unit: 's', thresholds: { steps: [{ value: null, color: 'green' }, { value: 80, color: 'red' }] } }, overrides: [{ matcher: { id: 'byRegexp', options: '/^cpu/' }, properties: [{ id: 'unit', value: 'percent' }, { id: 'custom.fillOpacity', value: 20 }] }] } };
  it('has the overrides that match it', () => {
    expect(fieldOf(panel, { name: 'cpu 1', refId: 'A', labels: {} })).toMatchObject({ unit: 'percent', custom: { fillOpacity: 20 } });
    expect(fieldOf(panel, { name: 'x', refId: 'A', labels: {} }).unit).toBe('s');
  });

  it('has the colour of the step it reached', () => {
    expect(thresholdOf(panel.fieldConfig!.defaults!, 79)?.color).toBe('green');
    expect(thresholdOf(panel.fieldConfig!.defaults!, 80)?.color).toBe('red');
  });

  it('is shown by its mappings', () => {
    const field = { mappings: [{ type: 'value', options: { '1': { text: 'up', color: 'green' } } }, { type: 'range', options: { from: 5, to: null, result: { text: 'many' } } }, { type: 'special', options: { match: 'null', result: { text: 'nothing' } } }] };
    expect([shown(field, 1).text, shown(field, 7).text, shown(field, null).text, shown(field, 2).text]).toEqual(['up', 'many', 'nothing', '2']);
  });

  it('is coloured by plain colours alone', () => {
    expect(colorOf('semi-dark-red', 'x')).toBe('#e02f44');
    expect(colorOf('#abc', 'x')).toBe('#abc');
    for (const bad of ['url(//evil)', 'red;background:url(x)', 'expression(1)', undefined]) expect(colorOf(bad, 'x')).toBe('x');
  });

  it('is reduced to one number', () => {
    const values = [null, 1, 3, null];
    expect(['lastNotNull', 'last', 'min', 'max', 'mean', 'sum', 'count'].map((calc) => reduced(values, calc))).toEqual([3, null, 1, 3, 2, 4, 2]);
  });
});

describe('a query variable', () => {
  it.each([
    ['label_values(job)', { kind: 'values', label: 'job', matcher: '' }], ['label_values(up{a="b"}, job)', { kind: 'values', label: 'job', matcher: 'up{a="b"}' }], ['label_names()', { kind: 'names', matcher: '' }],
    ['metrics(node_.*)', { kind: 'metrics', pattern: 'node_.*' }], ['query_result(topk(1, up))', { kind: 'result', expr: 'topk(1, up)' }], ['up{x="1"}', { kind: 'series', matcher: 'up{x="1"}' }],
  ] as const)('%s', (text, meant) => expect(variableQuery(text)).toEqual(meant));

  it('keeps what its expression finds', () => {
    expect(regexFiltered(['a-1', 'b-2', 'a-1'], '/a-(.*)/')).toEqual(['1']);
    expect(regexFiltered(['x', 'y'], '')).toEqual(['x', 'y']);
    expect(regexFiltered(['x'], '/(/')).toEqual(['x']);
  });
});
