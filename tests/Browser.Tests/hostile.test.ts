import { afterAll, beforeAll, expect, inject } from 'vitest';
import type { Page } from 'playwright-core';
import { bring, explore, legendRows, url, visit } from './browser';
import { payloads } from './exporter';

const first = payloads[0]!;
const at = (i: number): string => payloads[i % payloads.length]!;
const kinds = ['stat', 'timeseries', 'bargauge', 'gauge', 'table', 'piechart', 'barchart', 'histogram', 'heatmap', 'state-timeline', 'status-history', 'text'];
const columns = 6;

/** A panel for each payload, which is in everything that a panel says; each kind of panel gets five of them. */
const everyPayload = payloads.map((payload, i) => {
  const type = kinds[i % kinds.length]!;
  return {
    id: i + 1, type, title: payload, description: payload, gridPos: { x: (i % columns) * 4, y: Math.floor(i / columns) * 5, w: 4, h: 5 }, links: [{ title: payload, url: payload }],
    targets: [{ refId: 'A', expr: `hostile{n="${i}"}`, legendFormat: '{{payload}}', ...(type === 'table' ? { format: 'table', instant: true } : type === 'timeseries' || type === 'heatmap' || type.startsWith('stat') ? { interval: '1s' } : { instant: true }) }],
    fieldConfig: {
      defaults: { unit: payload, noValue: payload, displayName: i % 2 ? payload : undefined, color: { mode: 'fixed', fixedColor: payload }, links: [{ title: payload, url: payload }], mappings: i % 3 ? [{ type: 'range', options: { from: null, to: null, result: { text: payload, color: payload } } }] : [], thresholds: { mode: payload, steps: [{ value: null, color: payload }] }, custom: { cellOptions: { type: payload }, width: payload } },
      overrides: [{ matcher: { id: 'byRegexp', options: payload }, properties: [{ id: 'displayName', value: payload }, { id: payload, value: payload }] }],
    },
    transformations: [{ id: 'organize', options: { renameByName: { payload } } }],
    options: { calculate: true, legend: { showLegend: true, displayMode: 'table', calcs: [payload] }, mode: i % 2 ? 'html' : 'markdown', content: payload },
  };
});

/** What else a dashboard says: its own texts, and panels that hold all payloads at once. */
const everyText = {
  uid: 'hostile-test', title: first, schemaVersion: 41, time: { from: 'now-1m', to: 'now' }, tags: payloads, description: payloads[1],
  links: payloads.map((payload) => ({ type: 'link', title: payload, url: payload, tooltip: payload })),
  annotations: { list: payloads.slice(0, 6).map((payload) => ({ name: payload, enable: true, iconColor: payload, expr: 'hostile{n="0"}', step: '10s', titleFormat: payload, textFormat: payload, tagKeys: payload })) },
  templating: { list: [{ name: 'payload', label: payloads[2], type: 'query', query: 'label_values(hostile, payload)', multi: true, includeAll: true, current: { value: ['$__all'] } }, { name: 'word', label: payloads[3], type: 'custom', query: payloads.join(','), current: { value: first, text: first } }, { name: 'box', label: payloads[4], type: 'textbox', query: first, current: { value: first, text: first } }] },
  panels: [
    ...['timeseries', 'bargauge', 'table', 'piechart', 'state-timeline', 'barchart'].map((type, i) => ({
      id: i + 1, type, title: '$word', gridPos: { x: (i % 3) * 8, y: Math.floor(i / 3) * 8, w: 8, h: 8 },
      targets: [{ refId: 'A', expr: 'hostile', legendFormat: '{{payload}}', ...(type === 'table' ? { format: 'table', instant: true } : { interval: '1s' }) }], options: { legend: { showLegend: true, displayMode: 'table', placement: 'right' } },
    })),
    { id: 30, type: 'text', title: 'HTML', gridPos: { x: 0, y: 16, w: 12, h: 8 }, options: { mode: 'html', content: payloads.map((payload) => `<p>${payload}</p>`).join('\n') } },
    { id: 31, type: 'text', title: 'Markdown', gridPos: { x: 12, y: 16, w: 12, h: 8 }, options: { mode: 'markdown', content: payloads.join('\n\n') } },
    { id: 32, type: payloads[3], title: 'Unknown', gridPos: { x: 0, y: 24, w: 12, h: 4 } }, { id: 33, type: 'dashlist', title: 'List', gridPos: { x: 12, y: 24, w: 12, h: 4 }, options: { showSearch: true } },
  ],
};

beforeAll(async () => {
  await bring({ uid: 'hostile-panels', title: 'Hostile panels', schemaVersion: 41, time: { from: 'now-1m', to: 'now' }, panels: everyPayload });
  await bring(everyText);
});

// Nobody else wants them in a list.
afterAll(async () => {
  if (!inject('missing')) for (const uid of ['hostile-panels', 'hostile-test']) await fetch(url(`/api/dashboards/uid/${uid}`), { method: 'DELETE' });
});

const said = (page: Page, payload = first) => page.getByText(payload, { exact: true }).first();
const json = (data: unknown): { contentType: string; body: string } => ({ contentType: 'application/json', body: JSON.stringify(data) });

/** Every view that shows what somebody else wrote, and what has to be there before one looks. */
const views: { name: string; path: () => string; height?: number; open: (page: Page) => Promise<void> }[] = [
  {
    name: 'the graph, its legend and its tooltip', path: () => explore(['hostile'], { from: 'now-1m', to: 'now' }),
    open: async (page) => {
      await legendRows(page).nth(2).waitFor();
      const box = (await page.locator('.chart .u-over').boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.95, box.y + box.height / 2, { steps: 3 });
      await page.locator('.chart-tip').waitFor();
    },
  },
  { name: 'the table', path: () => explore(['hostile'], { view: 'table' }), open: (page) => page.getByRole('table').getByText(first, { exact: true }).waitFor() },
  { name: 'the JSON', path: () => explore(['hostile'], { view: 'json' }), open: (page) => page.locator('pre', { hasText: 'window.owned' }).waitFor() },
  { name: 'heatmaps', path: () => explore(['hostile'], { view: 'heatmap', from: 'now-1m', to: 'now' }), open: (page) => page.getByRole('img', { name: /^Heatmap of/ }).waitFor() },
  { name: 'a plan', path: () => explore([`hostile{payload=~${JSON.stringify(first)}}`], { view: 'explain', from: 'now-1m', to: 'now' }), open: (page) => page.getByRole('region', { name: 'How it was answered' }).getByRole('row').nth(1).waitFor() },
  {
    name: 'exemplars', path: () => explore(['rate(shop_traced_total[10s])'], { exemplars: '1', from: 'now-1m', to: 'now' }),
    open: (page) => page.getByText(/window\.owned/).first().waitFor(),
  },
  {
    name: 'an address', path: () => explore(['up'], { from: 'now-1m', to: 'now' }),
    open: async (page) => {
      await legendRows(page).first().waitFor();
      for (let i = 0; i < payloads.length; i += 20) {
        const some = payloads.slice(i, i + 20);
        const address = explore(some.map((payload) => `hostile{payload=${JSON.stringify(payload)}}`), { from: 'now-1m', to: 'now', unit: at(i), only: JSON.stringify(some), step: at(i + 1), refresh: at(i + 2), ...Object.fromEntries(some.map((payload, n) => [`g${n}.legend`, payload])) });
        await page.evaluate((href) => {
          history.pushState(null, '', href);
          dispatchEvent(new PopStateEvent('popstate'));
        }, address);
        await legendRows(page).filter({ hasText: `A · ${some[0]!.trim()}` }).first().waitFor();
        await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
      }
      // A range that is no range.
      await page.goto(explore(['up'], { from: first, to: payloads[1]! }));
      await legendRows(page).first().waitFor();
    },
  },
  {
    name: 'the metrics browser', path: () => url('/query'),
    open: async (page) => {
      await page.getByRole('button', { name: 'Metrics' }).click();
      await page.getByLabel('Search metrics').fill('hostile');
      await page.getByRole('button', { name: /^hostile/ }).click();
      await page.getByRole('button', { name: /^payload/ }).click();
      for (const payload of [first, at(59)]) await page.getByLabel(payload, { exact: true }).first().waitFor();
    },
  },
  {
    name: 'the history and what completes a label', path: () => explore([`hostile{payload=${JSON.stringify(first)}}`], { view: 'table' }),
    open: async (page) => {
      await page.getByRole('table').waitFor();
      await page.getByRole('textbox', { name: 'Query A' }).click();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('hostile{payload="<');
      await page.locator('.cm-tooltip-autocomplete li').first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('button', { name: 'History' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'every kind of panel, each payload in all that a panel says', path: () => url('/d/hostile-panels'), height: 2500, open: async (page) => { await expect.poll(() => page.locator('article[data-panel] .board-body:not(:empty)').count()).toBe(payloads.length); await expect.poll(() => page.locator('article[data-panel] .progress[data-busy=true]').count()).toBe(0); } },
  {
    name: 'the texts of a dashboard', path: () => url('/d/hostile-test'), height: 1500,
    open: async (page) => {
      await page.getByTestId('panel-3').getByText(first, { exact: true }).first().waitFor();
      await page.getByTestId('panel-4').getByText(at(58), { exact: true }).first().waitFor();
      await page.getByTestId('panel-31').getByText(at(1), { exact: true }).first().waitFor();
      await page.getByTestId('panel-33').getByRole('link').first().waitFor();
      await page.getByRole('combobox', { name: payloads[3]! }).click();
      await page.getByRole('option', { name: first, exact: true }).waitFor();
      await page.keyboard.press('Escape');
    },
  },
  {
    name: 'inspecting a panel', path: () => url('/d/hostile-test?viewPanel=2'),
    open: async (page) => {
      await page.getByTestId('panel-2').getByText(first, { exact: true }).first().waitFor();
      await page.keyboard.press('Escape');
      await page.getByTestId('panel-2').hover();
      await page.getByTestId('panel-2').getByRole('button', { name: /^Menu of/ }).click();
      await page.getByRole('menuitem', { name: 'Inspect' }).click();
      await page.getByRole('dialog').getByText('hostile', { exact: true }).waitFor();
    },
  },
  {
    name: 'the editor of a panel', path: () => url('/d/hostile-panels?edit=1&editPanel=5'),
    open: async (page) => { await page.getByRole('button', { name: 'Add query' }).waitFor(); for (const group of await page.locator('.option-group > summary').all()) if (!(await group.locator('..').evaluate((details: HTMLDetailsElement) => details.open))) await group.click(); },
  },
  {
    name: 'the settings of a dashboard', path: () => url('/d/hostile-test?edit=1'),
    open: async (page) => { await page.getByRole('button', { name: 'Settings' }).click(); for (const tab of ['Variables', 'Annotations', 'Links', 'JSON']) await page.getByRole('dialog').getByText(tab, { exact: true }).click(); },
  },
  {
    name: 'the versions of a dashboard', path: () => url('/d/hostile-test'),
    open: async (page) => {
      await page.route('**/api/dashboards/uid/hostile-test/versions*', (route) => route.fulfill(json({ versions: payloads.map((message, i) => ({ version: i + 1, created: message, message, restoredFrom: 0 })) })));
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Versions' }).click();
      for (const payload of [first, at(59)]) await page.getByRole('dialog').getByText(payload).first().waitFor();
    },
  },
  {
    name: 'the list of dashboards, and the report of an import', path: () => url('/dashboards'),
    open: async (page) => {
      await page.getByRole('link', { name: first }).first().waitFor();
      for (const payload of [first, at(59)]) await page.getByRole('button', { name: `Tag ${payload}`, exact: true }).first().waitFor();
      const panels = payloads.map((payload, i) => ({ type: payload, title: payload, gridPos: { x: 0, y: i, w: 8, h: 4 }, transformations: [{ id: payload }], targets: [{ expr: 'up', datasource: { type: payload } }] }));
      const boards = [{ title: payloads[1], panels }, { title: payloads[2], panels: panels.map((panel) => ({ ...panel, type: 'table' })) }];
      for (const board of boards) {
        await page.locator('input[type=file]').setInputFiles({ name: first, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ ...board, uid: 'hostile-import' })) });
        await page.getByRole('status').getByRole('link', { name: board.title! }).waitFor();
        await page.getByRole('status').getByText('window.owned').nth(10).waitFor();
        await fetch(url('/api/dashboards/uid/hostile-import'), { method: 'DELETE' });
      }
      // What is no dashboard is quoted in the reason.
      await page.locator('input[type=file]').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(first) });
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'the command palette', path: () => url('/query'), open: async (page) => { await page.getByText('What would you like to know?').waitFor(); await page.keyboard.press('Control+k'); await page.getByRole('dialog').getByRole('combobox').fill('script'); await page.getByRole('option', { name: first }).waitFor(); } },
  { name: 'the running queries', path: () => url('/queries'), open: (page) => page.getByRole('region', { name: 'Ended lately' }).getByRole('row').nth(1).waitFor() },
  {
    name: 'targets, their labels, errors and relabelling', path: () => url('/targets?filter=zz'),
    open: async (page) => {
      await page.getByRole('region', { name: `zz ${first}` }).getByRole('button', { name: /^Details of/ }).click();
      await page.getByText('Before relabelling').waitFor();
      for (const payload of [first, at(28), at(59)]) await page.locator('.label', { hasText: JSON.stringify(payload) }).first().waitFor();
      await page.getByRole('note').first().waitFor();
    },
  },
  {
    name: 'service discovery, and why a target was dropped', path: () => url('/service-discovery?filter=zz'),
    open: async (page) => {
      await page.getByRole('button', { name: 'Why?' }).click();
      await page.getByText('Dropped by rule 2: drop').waitFor();
      await page.getByRole('list', { name: 'Relabelling rules' }).getByText(`copy=${JSON.stringify(first)}`).waitFor();
    },
  },
  { name: 'storage', path: () => url('/tsdb-status'), open: (page) => page.getByText('Series by label pair').waitFor() },
  { name: 'cardinality', path: () => url(`/tsdb-status?limit=100&by=payload&where=__name__%3Dhostile`), open: async (page) => { for (const payload of [first, at(59)]) await page.getByRole('button', { name: payload, exact: true }).waitFor(); await page.getByRole('button', { name: first, exact: true }).click(); await page.getByRole('button', { name: `payload=${JSON.stringify(first)}` }).waitFor(); await page.goto(url(`/tsdb-status?by=${encodeURIComponent(first)}&where=${encodeURIComponent(`${first}=${first}`)}`)); await page.getByRole('button', { name: /^Leave out/ }).waitFor(); await page.getByRole('region', { name: 'Cardinality' }).getByText('in all').waitFor(); } },
  { name: 'the configuration', path: () => url('/config'), open: (page) => page.locator('.yaml', { hasText: 'window.owned' }).waitFor() },
  {
    name: 'a cluster', path: () => url('/cluster'),
    open: async (page) => {
      await page.route('**/api/v1/cluster', (route) => route.fulfill(json({ status: 'success', data: {
        clustered: true, self: at(59), version: 1, nodes: payloads.map((payload, i) => ({ name: payload, incarnation: String(i), address: payload, httpAddress: payload, roles: [payload], zone: payload, status: 'up', leads: 1, follows: 1, accusers: i % 2 })),
        shards: payloads.map((payload, i) => ({ shard: i, leader: payload, followers: [at(i + 1)], epoch: 1, journalSeq: 1, snapshotSeq: 1, movingTo: at(i + 2) })),
      } })));
      await page.getByRole('region', { name: at(20), exact: true }).waitFor();
      await page.getByRole('table').getByText(first, { exact: true }).first().waitFor();
    },
  },
  {
    name: 'the flags and facts of the node', path: () => url('/flags'),
    open: async (page) => {
      await page.route('**/api/v1/status/flags', (route) => route.fulfill(json({ status: 'success', data: Object.fromEntries(payloads.map((payload, i) => [`flag-${i}-${payload}`, payload])) })));
      await page.reload();
      await said(page).waitFor();
    },
  },
];

for (const { name, path, height, open } of views) {
  visit(`none of ${payloads.length} payloads is more than text in ${name}`, { height: height ?? 900 }, async ({ page, expectStatus }) => {
    if (name.startsWith('the history')) expectStatus(400);
    const foreign: string[] = [];
    page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) foreign.push(request.url()); });
    await page.goto(path());
    await open(page);
    expect(await page.locator(['script', 'iframe', 'object', 'embed', 'base', 'meta', 'link', 'img:not(.cm-widgetBuffer)', 'svg script', 'svg image', '[onerror]', '[onload]', '[onclick]', '[ontoggle]', '[srcdoc]'].map((one) => `body ${one}`).join()).evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 200)))).toEqual([]);
    expect(await page.locator('style', { hasText: /evil|javascript:|owned/ }).count()).toBe(0);
    expect(await page.locator('a[href^="javascript:" i], a[href^="data:" i], a[href^="vbscript:" i], a[href^="//"]').count()).toBe(0);
    expect(await page.evaluate(() => (window as { owned?: unknown }).owned ?? ({} as { owned?: unknown }).owned)).toBeUndefined();
    expect(foreign).toEqual([]);
    expect(page.url()).toContain(url('/'));
  });
}
