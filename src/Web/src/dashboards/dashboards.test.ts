import { describe, expect, it } from 'vitest';
import type { Panel } from './dashboard';
import { colorOf, fieldOf, shown, thresholdOf } from './fields';
import { filledQuery, interpolate, type Scope } from './interpolate';
import { reduced } from './reducers';
import { sectionsOf } from './sections';
import { foreignSource, foreignSources, isPromql } from './sources';
import { zoneNamed } from './zones';
import { chosenOf, listed, optionsOf, regexFiltered, variableQuery } from './variables';

const scope: Scope = {
  fromMs: 0, toMs: 3_600_000, stepMs: 30_000, scrapeMs: 15_000, dashboard: { uid: 'board', title: 'A board' },
  variables: {
    job: { values: ['node'], isList: false, isAll: false }, path: { values: ['a.b', 'c'], isList: true, isAll: false }, one: { values: ['a.b'], isList: true, isAll: false },
    all: { values: ['x'], isList: true, isAll: true, allValue: '.*' }, quoted: { values: ['a"b\\'], isList: false, isAll: false }, named: { values: ['1'], texts: ['one'], isList: false, isAll: false },
    follows: { values: ['$__auto_interval_follows'], isList: false, isAll: false, auto: { count: 30, leastMs: 10_000 } },
  },
};

describe('a text with variables', () => {
  it.each([
    ['up{job="$job"}', 'up{job="node"}'], ['${job}[[job]]', 'nodenode'], ['{p=~"$path"}', '{p=~"(a\\\\.b|c)"}'], ['$one', 'a\\\\.b'], ['$all', '.*'], ['x{y="$quoted"}', 'x{y="a\\"b\\\\"}'], ['x{y="\\"",$quoted} "$quoted"', 'x{y="\\"",a"b\\} "a\\"b\\\\"'],
    ['rate(x[$__rate_interval])', 'rate(x[1m])'], ['$__interval_ms $__interval', '30000 30s'], ['$__range', '3600s'], ['$unknown ${unknown}', '$unknown ${unknown}'], ['${path:pipe} ${path:csv}', 'a.b|c a.b,c'],
    ['$named ${named:text} ${named.text}', '1 one one'], ['rate(x[$follows])', 'rate(x[2m])'], ['$constructor $toString', '$constructor $toString'],
    ['${__from:date} ${__to:date:seconds} ${__from:date:ms}', '1970-01-01T00:00:00.000Z 3600 0'], ['${path:join:;} ${path:lucene} ${quoted:html}', 'a.b;c ("a.b" OR "c") a&quot;b\\'], ['${__dashboard.uid} ${__dashboard}', 'board A board'],
  ])('%s', (text, filled) => expect(interpolate(text, scope)).toBe(filled));
});

describe('a query with comments', () => {
  const variables = { job: { values: ['a\\b"c'], isList: false, isAll: false }, filter: { values: ['job="x"'], isList: false, isAll: false } };
  it.each([
    ['# 5" disks\nup{job="$job"}', '# 5" disks\nup{job="a\\\\b\\"c"}'], ["# don't drop\nup{$filter}", '# don\'t drop\nup{job="x"}'], ['up{a="#",$filter} # "$job', 'up{a="#",job="x"} # "$job'],
  ])('%s', (text, filled) => expect(filledQuery(text, { ...scope, variables })).toBe(filled));

  it('has them alone: a title has none', () => expect(interpolate('Disk #$filter', { ...scope, variables })).toBe('Disk #job="x"'));
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

  it('are drawn without the overlaps that are stored', () => {
    const [section] = sectionsOf({ uid: 'x', title: 'x', panels: [panel(1, 0, { gridPos: { x: 0, y: 0, w: 12, h: 9 } }), panel(2, 6), panel(3, 7, { gridPos: { x: 12, y: 7, w: 12, h: 3 } })] }, {});
    expect(section!.panels.map(({ key, at }) => [key, at.y])).toEqual([['1', 0], ['2', 9], ['3', 0]]);
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

  it.each([['gte', 3, true], ['gt', 3, false], ['lt', 4, true], ['eq', 3, true], ['neq', 3, false], ['nonsense', 3, false]])('finds fields by what their values come to: max %s %d', (op, value, fits) => {
    const panel = { id: 1, type: 'timeseries', fieldConfig: { overrides: [{ matcher: { id: 'byValue', options: { reducer: 'max', op, value } }, properties: [{ id: 'unit', value: 'percent' }] }] } };
    expect(fieldOf(panel, { name: 'x', refId: 'A', labels: {}, values: [1, 3, null, NaN] }).unit).toBe(fits ? 'percent' : undefined);
    expect(fieldOf(panel, { name: 'x', refId: 'A', labels: {}, values: [] }).unit).toBeUndefined();
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
    ['label_values(up{a=~"x,y"}, "http.code")', { kind: 'values', label: 'http.code', matcher: 'up{a=~"x,y"}' }], ['label_values( {__name__="a"} , job )', { kind: 'values', label: 'job', matcher: '{__name__="a"}' }],
    ['label_names(up)', { kind: 'names', matcher: 'up' }], ['metrics()', { kind: 'metrics', pattern: '' }],
    ['metrics(node_.*)', { kind: 'metrics', pattern: 'node_.*' }], ['query_result(topk(1, up))', { kind: 'result', expr: 'topk(1, up)' }], ['up{x="1"}', { kind: 'series', matcher: 'up{x="1"}' }],
  ] as const)('%s', (text, meant) => expect(variableQuery(text)).toEqual(meant));

  it('keeps what its expression finds', () => {
    const values = (found: { value: string }[]): string[] => found.map((one) => one.value);
    expect(values(regexFiltered(['a-1', 'b-2', 'a-1'], '/a-(.*)/'))).toEqual(['1']);
    expect(values(regexFiltered(['x', 'y'], ''))).toEqual(['x', 'y']);
    expect(values(regexFiltered(['x'], '/(/'))).toEqual(['x']);
    expect(regexFiltered(['up{job="a",pod="b"} 1 0'], '/job="(?<text>[^"]+)".*pod="(?<value>[^"]+)"/')).toEqual([{ value: 'b', text: 'a' }]);
  });

  it('lists choices with what people read', () => {
    expect(listed('1m, 5m,a\\,b, One : 1')).toEqual([{ value: '1m', text: '1m' }, { value: '5m', text: '5m' }, { value: 'a,b', text: 'a,b' }, { value: '1', text: 'One' }]);
  });

  it('of an interval follows the range by any of its names', async () => {
    const variable = { name: 'i', type: 'interval', query: '1m,10m', auto: true, auto_count: 30, auto_min: '10s', current: { value: '$__auto' } };
    const options = await optionsOf(variable, scope, new AbortController().signal);
    expect(options.map((one) => one.text)).toEqual(['auto', '1m', '10m']);
    const chosen = chosenOf(variable, undefined, options);
    expect(interpolate('$i', { ...scope, variables: { i: chosen } })).toBe('2m');
  });

  it('is a switch between two values', async () => {
    const options = await optionsOf({ name: 's', type: 'switch', enabledValue: 'on', disabledValue: 'off' }, scope, new AbortController().signal);
    expect(options.map((one) => one.value)).toEqual(['on', 'off']);
    expect(await optionsOf({ name: 's', type: 'switch', enabledValue: {}, disabledValue: 0 }, scope, new AbortController().signal)).toEqual([{ value: 'true', text: 'true' }, { value: 'false', text: 'false' }]);
    expect(chosenOf({ name: 's', type: 'switch', current: { value: 'off' } }, undefined, options).values).toEqual(['off']);
  });

  it('is a text box that keeps what was typed, or a constant that nobody changes', () => {
    expect(chosenOf({ name: 'x', type: 'textbox', query: 'first', current: { value: 'typed' } }, undefined, []).values).toEqual(['typed']);
    expect(chosenOf({ name: 'x', type: 'textbox', query: 'first' }, undefined, []).values).toEqual(['first']);
    expect(chosenOf({ name: 'x', type: 'constant', query: 'fixed', current: { value: 'other' } }, ['else'], []).values).toEqual(['fixed']);
  });

  it('keeps what was chosen of what there is, and otherwise takes the first', () => {
    const variable = { name: 'p', type: 'query', multi: true, includeAll: true, allValue: '.*', current: { value: ['gone'] } };
    const options = [{ value: 'a', text: 'a' }, { value: 'b', text: 'b' }];
    expect(chosenOf(variable, undefined, options)).toMatchObject({ isAll: true, values: ['a', 'b'], allValue: '.*' });
    expect(chosenOf({ ...variable, current: { value: 'b' } }, undefined, options)).toMatchObject({ isAll: false, values: ['b'] });
    expect(chosenOf({ ...variable, includeAll: false }, undefined, options).values).toEqual(['a']);
    expect(chosenOf(variable, ['gone'], options).values).toEqual(['gone']);
  });
});

describe('a query', () => {
  const panel = (datasource: unknown, ...targets: unknown[]): Panel => ({ id: 1, type: 'stat', datasource, targets: targets.map((one) => ({ refId: 'A', expr: 'up', datasource: one })) });
  it('is answered here unless it names a data source of another kind', () => {
    expect([null, undefined, 'Prometheus', { uid: 'x' }, { type: 'prometheus' }, { type: '${ds}' }].map((source) => isPromql(panel(source, undefined), panel(source, undefined).targets![0]!))).toEqual([true, true, true, true, true, true]);
    expect(foreignSource(panel({ type: 'loki' }, undefined))).toBe('loki');
    expect(foreignSource(panel({ type: 'datasource', uid: '-- Mixed --' }, { type: 'loki' }, { type: 'prometheus' }))).toBeNull();
    expect(foreignSource(panel(null))).toBeNull();
    expect(foreignSources(panel(null, { type: 'loki' }, { type: 'prometheus' }, { type: 'loki' }))).toEqual(['loki']);
  });

  it('that is computed from hidden ones is answered where it is of a kind that is evaluated', () => {
    const computed = (type: string) => ({ ...panel({ type: 'prometheus' }, undefined), targets: [{ refId: 'A', expr: 'up', hide: true }, { refId: 'B', datasource: { type: '__expr__', uid: '__expr__' }, type }] });
    expect([foreignSource(computed('sql')), foreignSource(computed('math'))]).toEqual(['__expr__: sql', null]);
    expect(foreignSource({ ...computed('sql'), targets: [{ refId: 'A', expr: 'up', hide: true }] })).toBeNull();
  });
});

it('the zone of a dashboard is one that there is, or the reader\'s own', () => expect(['utc', 'UTC', 'Asia/Seoul', 'browser', 'default', '', null, 'Nowhere/Else'].map(zoneNamed)).toEqual(['UTC', 'UTC', 'Asia/Seoul', null, null, null, null, null]));
