import { expect } from 'vitest';
import { url, visit } from './browser';

type Json = Record<string, unknown>;

const stock = { refId: 'A', expr: 'topk(3, shop_stock)', legendFormat: '{{item}}' };
const byPath = (refId: string): Json => ({ refId, expr: 'sum by (path) (shop_requests_total)', instant: true, format: 'table' });

/** What each transformation is asked for at least; one that nobody knows, one without options and one whose options are of another kind. */
const transformations: [string, unknown][] = [
  ['organize', { excludeByName: { Time: true }, renameByName: { path: 'Where' }, indexByName: {} }], ['merge', {}], ['renameByRegex', { regex: '(.*)', renamePattern: 'x $1' }], ['joinByField', { byField: 'path', mode: 'outer' }], ['seriesToColumns', { byField: 'path' }],
  ['filterFieldsByName', { include: { names: ['path', 'Value #A'] } }], ['groupBy', { fields: { path: { operation: 'groupby', aggregations: [] }, 'Value #A': { operation: 'aggregate', aggregations: ['sum'] } } }],
  ['calculateField', { mode: 'reduceRow', reduce: { reducer: 'sum' } }], ['labelsToFields', {}], ['sortBy', { sort: [{ field: 'path', desc: true }] }], ['reduce', { reducers: ['max', 'lastNotNull'] }],
  ['filterByValue', { type: 'include', match: 'any', filters: [{ fieldName: 'path', config: { id: 'regex', options: { value: '.*' } } }] }], ['filterByRefId', { include: 'A' }], ['seriesToRows', {}], ['prepareTimeSeries', { format: 'many' }],
  ['convertFieldType', { conversions: [{ targetField: 'path', destinationType: 'string' }] }], ['extractFields', { source: 'path', format: 'auto' }], ['groupingToMatrix', { columnField: 'path', rowField: 'path', valueField: 'Value #A' }], ['limit', { limitField: 2 }],
  ['concatenate', { frameNameMode: 'drop' }], ['timeSeriesTable', {}], ['joinByLabels', { value: '__name__' }], ['partitionByValues', { fields: ['path'] }], ['transpose', {}], ['nobody-has-this', {}], ['merge', null], ['organize', []], ['groupBy', null], ['sortBy', { sort: 'x' }],
];

const matchers: [string, unknown][] = [
  ['byName', 'item-39'], ['byNames', { mode: 'exclude', names: ['item-39'] }], ['byRegexp', '/item-.*/'], ['byRegexp', '['], ['byType', 'number'], ['byFrameRefID', 'A'], ['byValue', { reducer: 'max', op: 'gte', value: 10 }], ['byNothing', 7], ['byName', null], ['byValue', null],
];

/** Everything that people and generators of dashboards put where something else belongs. */
const classic: Json = {
  uid: 'shapes-classic', title: 'Shapes', schemaVersion: 39, refresh: null, time: { from: 'now-1m', to: 'now' }, timezone: null, links: [null, {}, { type: 'dashboards' }], tags: [null, 5, 'x'], annotations: { list: [null, { name: null, datasource: '-- Grafana --' }] },
  __elements: { lib: { kind: 1, uid: 'lib', name: 'Library', model: { type: 'stat', title: 'Of a library', targets: [{ refId: 'A', expr: 'sum(shop_open)', instant: true }], datasource: { type: 'prometheus', uid: '${DS}' } } } },
  __inputs: [{ name: 'DS', type: 'datasource', pluginId: 'prometheus' }],
  templating: { list: [
    { name: 'ds', type: 'datasource', query: 'prometheus' }, { name: 'till', type: 'query', query: { query: 'label_values(shop_open, till)', refId: 'x' }, regex: '/(?<value>\\d+)(?<text>.*)/', multi: true, includeAll: true, allValue: null, current: { value: ['$__all'] } },
    { name: 'twice', type: 'custom', query: 'a,a,b,$__all', includeAll: true, current: null }, { name: 'twice', type: 'constant', query: 5 }, { name: 'bad', type: 'query', query: 'label_values(up, job)', regex: '/(/' }, { type: 'custom' }, { name: 'odd', type: 'nothing-known', current: {} },
  ] },
  panels: [
    ...transformations.map(([id, options], i) => ({ type: 'table', title: `${id} ${i}`, gridPos: { x: String((i % 6) * 4), y: String(Math.floor(i / 6) * 5), w: '4', h: '5' }, datasource: ['${ds}', '$ds', { uid: '${ds}' }, 'Prometheus', null, { type: 'datasource', uid: '-- Mixed --' }][i % 6], targets: [byPath('A'), byPath('B')], transformations: [{ id, options }] })),
    ...matchers.map(([id, options], i) => ({ type: i % 2 ? 'timeseries' : 'bargauge', title: `matcher ${id} ${i}`, gridPos: { x: (i % 5) * 4, y: 30 + Math.floor(i / 5) * 5, w: 4, h: 5 }, targets: [{ ...stock, interval: '1s' }], fieldConfig: { defaults: { unit: null, decimals: null, min: null, thresholds: null, mappings: null, color: null, custom: null }, overrides: [{ matcher: { id, options }, properties: [{ id: 'unit', value: 'bytes' }, { id: 'custom.lineWidth', value: null }, { id: 'thresholds', value: null }, { id: null }] }] } })),
    ...[[{ op: '=', type: 1, value: '0', text: 'old zero' }], [{ type: 2, from: '0', to: '9999', text: 'old range' }], [{ type: 'special', options: { match: 'null+nan', result: { text: 'none', index: 0 } } }], [{ type: 'value', options: null }, { type: 'range', options: { from: '-Infinity', to: null, result: null } }, { type: 'regex', options: { pattern: '(', result: {} } }]].map((mappings, i) => ({ type: 'stat', title: `mapping ${i}`, gridPos: { x: i * 6, y: 40, w: 6, h: 4 }, targets: [{ refId: 'A', expr: 'sum(shop_stock)', instant: true }], fieldConfig: { defaults: { mappings }, overrides: null } })),
    ...['timeseries', 'stat', 'gauge', 'table', 'piechart', 'heatmap', 'barchart', 'histogram', 'state-timeline', 'status-history', 'bargauge', 'text'].flatMap((type, i) => [{ type, title: `${type} without targets`, gridPos: { x: (i % 6) * 4, y: 44 + Math.floor(i / 6) * 4, w: 4, h: 4 }, targets: null, options: null, fieldConfig: null }, { type, title: `${type} of nothing`, gridPos: { x: (i % 6) * 4, y: 52 + Math.floor(i / 6) * 4, w: 4, h: 4 }, targets: [{ refId: 'A', expr: 'nobody_has_this' }] }]),
    { libraryPanel: { uid: 'lib', name: 'Library' }, id: 900, gridPos: { x: 0, y: 60, w: 6, h: 4 } }, { libraryPanel: { uid: 'lost', name: 'Lost' }, id: 901, gridPos: { x: 6, y: 60, w: 6, h: 4 } },
    { type: 'row', title: 'Till $till', repeat: 'till', collapsed: false, gridPos: { x: 0, y: 64, w: 24, h: 1 } }, { type: 'stat', title: 'In $till', gridPos: { x: 0, y: 65, w: 6, h: 4 }, targets: [{ refId: 'A', expr: 'count(shop_open{till="$till"})', instant: true }] },
  ],
};

/** Of before version 16: rows with spans, graphs, single stats and tables of then. */
const old: Json = {
  uid: 'shapes-old', title: 'Old rows', schemaVersion: 14, time: { from: 'now-1m', to: 'now' }, nav: [], rows: [
    { title: 'First', showTitle: true, height: '250px', panels: [
      { id: 1, type: 'graph', title: 'Graph', span: 6, lines: true, fill: 2, stack: true, nullPointMode: 'connected', datasource: '$ds', yaxes: [{ format: 'bytes', min: '0' }, { format: 'short' }], seriesOverrides: [{ alias: '/39/', yaxis: 2, color: '#FF0000' }], thresholds: [{ value: 5, op: 'gt', fill: true, colorMode: 'critical' }], targets: [{ ...stock, step: 1, intervalFactor: 1 }] },
      { id: 2, type: 'singlestat', title: 'Single', span: 3, format: 'short', valueName: 'current', thresholds: '1,2', colors: ['green', 'orange', 'red'], valueMaps: [{ op: '=', text: 'N/A', value: 'null' }], targets: [{ refId: 'A', expr: 'sum(shop_stock)' }] },
      { id: 3, type: 'table', title: 'Table', span: 3, styles: [{ pattern: 'Time', type: 'hidden' }, { pattern: '/.*/', type: 'number', unit: 'short', thresholds: ['1', '2'], colorMode: 'cell' }], targets: [{ refId: 'A', expr: 'shop_open', format: 'table', instant: true }] },
    ] },
    { title: 'Folded', collapse: true, repeat: null, panels: [{ id: 4, type: 'text', title: 'Text', mode: 'html', content: '<h2>Head</h2><p>An <b>old</b> text</p>', span: 12 }, { id: 5, type: 'gauge', title: 'Gauge', span: 12, targets: [{ refId: 'A', expr: 'sum(shop_open)' }] }] },
  ],
};

const element = (id: number, group: string, queries: Json[], options: Json = {}): Json => ({ kind: 'Panel', spec: {
  id, title: `Element ${id}`, data: { kind: 'QueryGroup', spec: { queries: queries.map((spec) => ({ kind: 'PanelQuery', spec: { refId: spec.refId, hidden: false, query: { kind: 'DataQuery', group: 'prometheus', version: 'v0', spec } } })), transformations: [], queryOptions: {} } },
  vizConfig: { kind: 'VizConfig', group, version: '', spec: { options, fieldConfig: { defaults: {}, overrides: [] } } },
} });
const item = (name: string): Json => ({ element: { kind: 'ElementReference', name } });
const grid = (...names: string[]): Json => ({ kind: 'GridLayout', spec: { items: names.map((name, i) => ({ kind: 'GridLayoutItem', spec: { ...item(name), x: i * 8, y: 0, width: 8, height: 5 } })) } });
const auto = (...names: string[]): Json => ({ kind: 'AutoGridLayout', spec: { maxColumnCount: 3, columnWidthMode: 'standard', rowHeightMode: 'short', items: names.map((name) => ({ kind: 'AutoGridLayoutItem', spec: item(name) })) } });

/** The form of tomorrow, with every kind of layout in every other. */
const schema2: Json = {
  apiVersion: 'dashboard.grafana.app/v2beta1', kind: 'Dashboard', metadata: { name: 'shapes-v2' }, spec: {
    title: 'Version two', cursorSync: 'Tooltip', tags: [], links: [], annotations: [], variables: [{ kind: 'CustomVariable', spec: { name: 'word', query: 'a,b', current: { text: 'a', value: 'a' }, multi: false } }, { kind: 'SwitchVariable', spec: { name: 'later' } }], timeSettings: { from: 'now-1m', to: 'now', autoRefresh: '' },
    elements: { a: element(1, 'stat', [{ refId: 'A', expr: 'sum(shop_open)', instant: true }]), b: element(2, 'timeseries', [{ ...stock, interval: '1s' }]), c: element(3, 'text', [], { mode: 'markdown', content: '**bold**' }), d: element(4, 'nobody-has-this', []), e: { kind: 'LibraryPanel', spec: { id: 5, title: 'Lib', libraryPanel: { uid: 'x', name: 'X' } } }, f: null },
    layout: { kind: 'TabsLayout', spec: { tabs: [
      { kind: 'TabsLayoutTab', spec: { title: 'One', layout: { kind: 'RowsLayout', spec: { rows: [{ kind: 'RowsLayoutRow', spec: { title: 'Row', collapse: false, layout: auto('a', 'b', 'c') } }, { kind: 'RowsLayoutRow', spec: { title: 'Empty', layout: null } }] } } } },
      { kind: 'TabsLayoutTab', spec: { title: 'Two', layout: grid('d', 'e', 'nobody') } }, { kind: 'TabsLayoutTab', spec: { title: 'Three', layout: { kind: 'NewLayout', spec: {} } } },
    ] } },
  },
};

interface Report { ok: number; approximated: number; placeholders: number }

/** Brings a dashboard in; what comes out and goes in again stays as it is. */
async function report(dashboard: Json, uid: string): Promise<Report> {
  const take = async (json: unknown): Promise<Report> => {
    const answer = await fetch(url('/api/dashboards/import'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ dashboard: json, overwrite: true, inputs: [] }) });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return (JSON.parse(text) as { report: Report }).report;
  };
  const exported = async (): Promise<Json> => ({ ...((await (await fetch(url(`/api/dashboards/uid/${uid}/export`))).json()) as Json), version: 0 });
  const said = await take(dashboard);
  const first = await exported();
  await take(first);
  expect(JSON.stringify(await exported())).toBe(JSON.stringify(first));
  return said;
}

visit('a dashboard full of what people put where something else belongs comes in, is drawn panel by panel, and goes out as it is stored', { height: 3200 }, async ({ page, picture }) => {
  const { ok, approximated, placeholders } = await report(classic, 'shapes-classic');
  expect(placeholders).toBe(1);
  expect(ok + approximated).toBe((classic.panels as Json[]).filter(({ type }) => type !== 'row').length - 1);
  await page.goto(url('/d/shapes-classic'));
  await page.getByRole('article', { name: 'Of a library' }).getByText(/^\d$/).waitFor();
  await page.getByRole('article', { name: 'mapping 1' }).getByText('old range').waitFor();
  for (const till of ['1', '2', '3']) await page.getByRole('article', { name: `In ${till}` }).getByText('1', { exact: true }).waitFor();
  for (const [i, [id]] of transformations.entries()) {
    const panel = page.getByRole('article', { name: `${id} ${i}`, exact: true });
    await panel.getByRole('table').or(panel.getByText('No data')).first().waitFor();
  }
  await expect.poll(() => page.getByRole('article', { name: /^matcher/ }).filter({ hasText: /item-|Ki?B/ }).count()).toBe(matchers.length);
  await expect.poll(() => page.locator('article[data-panel] .progress[data-busy=true]').count()).toBe(0);
  expect(await page.getByText('cannot be drawn').allTextContents()).toEqual([]);
  await picture('shapes-classic-1280-light');
});

visit('a dashboard of rows and spans of before version 16 is drawn', { height: 1000 }, async ({ page, picture }) => {
  expect(await report(old, 'shapes-old')).toMatchObject({ placeholders: 0 });
  await page.goto(url('/d/shapes-old'));
  await page.getByRole('article', { name: 'Graph' }).locator('canvas').waitFor();
  await page.getByRole('article', { name: 'Single' }).getByText(/\d/).first().waitFor();
  await expect.poll(() => page.getByRole('article', { name: 'Table' }).getByRole('row').count()).toBe(4);
  await page.getByRole('button', { name: /Folded/ }).click();
  const text = page.getByRole('article', { name: 'Text' });
  await text.getByRole('heading', { name: 'Head' }).waitFor();
  expect(await text.locator('b').textContent()).toBe('old');
  await page.getByRole('article', { name: 'Gauge' }).getByRole('img', { name: /\d/ }).waitFor();
  await picture('shapes-old-1280-light');
});

visit('a dashboard of version two is drawn, whatever layouts lie within its layouts', { height: 1000 }, async ({ page, picture }) => {
  expect(await report(schema2, 'shapes-v2')).toMatchObject({ placeholders: 2 });
  await page.goto(url('/d/shapes-v2'));
  await page.getByRole('article', { name: 'Element 1' }).getByText(/^\d$/).waitFor();
  await page.getByRole('article', { name: 'Element 2' }).locator('canvas').waitFor();
  expect(await page.getByRole('article', { name: 'Element 3' }).locator('b').textContent()).toBe('bold');
  await page.getByRole('article', { name: 'Element 4' }).getByText('nobody-has-this').waitFor();
  await picture('shapes-v2-1280-light');
});
