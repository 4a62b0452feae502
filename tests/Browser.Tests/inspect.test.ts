import { beforeAll, expect, inject } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousOf } from './axe';
import { explore, legendRows, params, url, useBrowser, visit } from './browser';
import { payloads } from './exporter';

useBrowser();

const heatmap = (page: Page) => page.getByRole('img', { name: /^Heatmap of/ });

visit('histograms of both kinds are drawn as heatmaps in Explore, and the address keeps the view', {}, async ({ page, picture }) => {
  await page.goto(explore(['sum by (le) (increase(shop_latency_seconds_bucket[10s]))', 'increase(shop_basket_size[10s])'], { from: 'now-1m', to: 'now' }));
  await page.getByText('Heatmap', { exact: true }).click();
  await page.getByRole('img', { name: 'Heatmap of 7 buckets' }).waitFor();
  await page.getByRole('img', { name: 'Heatmap of 8 buckets' }).waitFor();
  expect(params(page).get('view')).toBe('heatmap');
  const box = (await heatmap(page).first().boundingBox())!;
  await page.mouse.move(box.x + box.width - 40, box.y + 100);
  await page.locator('.chart-tip').getByText(/ – /).first().waitFor();
  await picture('explore-heatmap-1280-light');
  expect(await seriousOf(page)).toEqual([]);
});

visit('exemplars are marked on the chart and listed with their traces', {}, async ({ page, picture }) => {
  await page.goto(explore(['rate(shop_traced_total[10s])'], { from: 'now-1m', to: 'now' }));
  await legendRows(page).first().waitFor();
  await page.getByLabel('Exemplars').check();
  const list = page.getByRole('region', { name: 'Exemplars' });
  await list.getByText(/\d+ exemplars?/).waitFor();
  await list.locator('.label', { hasText: 'trace_id' }).first().waitFor();
  expect(params(page).get('exemplars')).toBe('1');
  await picture('explore-exemplars-1280-light');
  expect(await seriousOf(page)).toEqual([]);
});

visit('explain shows what the server did, and what each shard cost', {}, async ({ page, picture }) => {
  await page.goto(explore(['sum by (path) (rate(shop_requests_total[30s]))'], { view: 'explain', from: 'now-5m', to: 'now' }));
  const plan = page.getByRole('region', { name: 'How it was answered' });
  await plan.getByText(/samples and .* series read/).waitFor();
  await plan.getByText(/^Shard \d+ ·/).first().waitFor();
  expect(await plan.getByRole('row').count()).toBeGreaterThan(2);
  await picture('explore-plan-1280-light');
});

visit('queries that run can be cancelled; one that has ended meanwhile is no error of ours', {}, async ({ page, expectStatus, picture }) => {
  expectStatus(404);
  await page.goto(explore(['shop_memory_bytes * 17']));
  await legendRows(page).first().waitFor();
  // One that is surely running when the button is pressed: the list is the node's own, with one more in front.
  await page.route('**/api/v1/queries', async (route) => {
    const answer = await route.fetch();
    const json = (await answer.json()) as { data: { running: unknown[] } };
    json.data.running.unshift({ id: 999_999_999, query: 'sum({__name__=~".+"})', state: 'running', startedAt: new Date().toISOString(), elapsedSeconds: 12.5, samplesHeld: 1000, samplesPeak: 2000, start: 0, end: 1, step: 1 });
    await route.fulfill({ response: answer, json });
  });
  const cancelled: string[] = [];
  page.on('request', (request) => { if (request.url().endsWith('/cancel')) cancelled.push(`${request.method()} ${new URL(request.url()).pathname}`); });
  await page.keyboard.press('Escape');
  await page.goto(url('/queries'));
  await page.getByRole('region', { name: 'Ended lately' }).getByRole('link', { name: 'shop_memory_bytes * 17' }).first().waitFor();
  await page.getByRole('region', { name: 'Running and waiting' }).getByText('12.5 s').waitFor();
  await picture('queries-1280-light');
  expect(await seriousOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Cancel query 999999999' }).click();
  await page.getByRole('alert').getByText('Query 999999999 has ended already').waitFor();
  expect(cancelled).toEqual(['POST /api/v1/queries/999999999/cancel']);
  // The page asks every second: the last answer may be on its way still.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

const uid = 'annotated-test';
const hostile = '<img src=x onerror=window.owned=1>';
const annotated = {
  uid, title: 'Annotated', schemaVersion: 41, time: { from: 'now-1m', to: 'now' },
  annotations: { list: [
    { builtIn: 1, name: 'Annotations & Alerts', enable: true, hide: true }, { name: 'Open tills', enable: true, iconColor: 'green', expr: 'shop_open{till="1"} == 1', step: '1s', titleFormat: `Till {{till}} open ${hostile}`, textFormat: 'in {{env}}' },
    { name: 'Off', enable: false, expr: 'shop_open', step: '1s' },
  ] },
  panels: [{ id: 1, type: 'timeseries', title: 'Memory', gridPos: { x: 0, y: 0, w: 24, h: 10 }, targets: [{ refId: 'A', expr: 'shop_memory_bytes', interval: '1s' }] }],
};

const hostileBoard = {
  uid: 'hostile-test', title: payloads[0]!, schemaVersion: 41, time: { from: 'now-1m', to: 'now' }, tags: payloads.slice(0, 10), description: payloads[1],
  links: payloads.slice(0, 5).map((payload) => ({ type: 'link', title: payload, url: payload })),
  templating: { list: [{ name: 'payload', label: payloads[2], type: 'query', query: 'label_values(hostile, payload)', multi: true, includeAll: true, current: { value: ['$__all'] } }] },
  panels: [
    ...['timeseries', 'stat', 'bargauge', 'gauge', 'table', 'piechart', 'barchart', 'histogram', 'heatmap', 'state-timeline', 'status-history'].map((type, i) => ({
      id: i + 1, type, title: payloads[i], description: payloads[i + 1], gridPos: { x: (i % 3) * 8, y: Math.floor(i / 3) * 7, w: 8, h: 7 }, links: [{ title: payloads[i + 2], url: payloads[i + 3] }],
      targets: [{ refId: 'A', expr: 'hostile', legendFormat: '{{payload}}', ...(type === 'table' ? { format: 'table', instant: true } : { interval: '1s' }) }],
      fieldConfig: { defaults: { unit: payloads[i + 4], noValue: payloads[i + 5], color: { mode: 'fixed', fixedColor: payloads[i + 6] }, links: [{ title: payloads[i + 7], url: payloads[i + 8] }], mappings: [{ type: 'value', options: { 3: { text: payloads[i + 9], color: payloads[i + 10] } } }] }, overrides: [{ matcher: { id: 'byRegexp', options: payloads[i + 11] }, properties: [{ id: 'displayName', value: payloads[i + 12] }] }] },
      options: { calculate: true, legend: { showLegend: true, calcs: [payloads[i]] }, content: payloads[i] },
    })),
    { id: 30, type: 'text', title: 'Text', gridPos: { x: 0, y: 40, w: 12, h: 12 }, options: { mode: 'html', content: payloads.join('\n\n') } }, { id: 31, type: 'text', title: 'Markdown', gridPos: { x: 12, y: 40, w: 12, h: 12 }, options: { mode: 'markdown', content: payloads.join('\n\n') } },
    { id: 32, type: payloads[3], title: 'Unknown', gridPos: { x: 0, y: 52, w: 12, h: 4 } }, { id: 33, type: 'dashlist', title: 'List', gridPos: { x: 12, y: 52, w: 12, h: 4 }, options: { showSearch: true } },
  ],
};

beforeAll(async () => {
  if (inject('missing')) return;
  for (const dashboard of [annotated, hostileBoard]) {
    const answer = await fetch(url('/api/dashboards/import'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ dashboard, overwrite: true, inputs: [] }) });
    expect(answer.status, await answer.text()).toBe(200);
  }
});

visit('annotations are drawn over a panel, say what happened, and are switched off', {}, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}`));
  const chart = page.getByTestId('panel-1');
  await chart.locator('canvas').waitFor();
  const switches = page.getByRole('group', { name: 'Annotations' });
  expect(await switches.getByRole('switch').count()).toBe(2);
  const box = (await chart.locator('.u-over').boundingBox())!;
  const tip = chart.locator('.chart-tip').getByText(`Till 1 open ${hostile}: in prod`);
  // The till opens every few seconds: somewhere along the chart it is open.
  await expect.poll(async () => {
    for (let share = 0.98; share > 0.6; share -= 0.02) {
      await page.mouse.move(box.x + box.width * share, box.y + 60);
      if (await tip.isVisible()) return true;
    }
    return false;
  }).toBe(true);
  await picture('annotations-1280-light');
  await switches.getByLabel('Open tills').uncheck();
  await page.mouse.move(box.x + 10, box.y - 40);
  await expect.poll(async () => {
    for (let share = 0.98; share > 0.9; share -= 0.02) await page.mouse.move(box.x + box.width * share, box.y + 60);
    return tip.count();
  }).toBe(0);
});

visit('inspecting a panel shows what it asked, what that cost on which shard, and gives its data away', {}, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}`));
  await page.getByTestId('panel-1').locator('canvas').waitFor();
  await page.getByTestId('panel-1').hover();
  await page.getByTestId('panel-1').getByRole('button', { name: 'Menu of Memory' }).click();
  await page.getByRole('menuitem', { name: 'Inspect' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('shop_memory_bytes', { exact: true }).waitFor();
  await dialog.getByText(/a point every 1s/).waitFor();
  await dialog.getByText(/1 series, \d+ points · \d+ ms/).waitFor();
  const points = Number(/, (\d+) points/.exec((await dialog.getByText(/1 series, \d+ points/).textContent())!)![1]);
  await dialog.getByRole('button', { name: 'How query A was answered' }).click();
  await dialog.getByText(/^Shard \d+ ·/).first().waitFor();
  await picture('inspect-1280-light');
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: `Download CSV (${points} rows)` }).click();
  const file = await (await downloading).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString().trim().split('\r\n')).toHaveLength(points + 1);
});

/** Views that show what somebody else wrote into a dashboard, a label or a query. */
const views: { name: string; path: () => string; open: (page: Page) => Promise<void> }[] = [
  { name: 'every kind of panel', path: () => url('/d/hostile-test'), open: async (page) => { for (const id of [3, 5, 6, 10, 30, 31, 32, 33]) { await page.getByTestId(`panel-${id}`).scrollIntoViewIfNeeded(); await page.waitForLoadState('networkidle'); } } },
  { name: 'the editor of a panel', path: () => url('/d/hostile-test?edit=1&editPanel=5'), open: async (page) => { await page.getByRole('button', { name: 'Add query' }).waitFor(); for (const group of await page.locator('.option-group > summary').all()) if (!(await group.locator('..').evaluate((details: HTMLDetailsElement) => details.open))) await group.click(); } },
  { name: 'the settings of a dashboard', path: () => url('/d/hostile-test?edit=1'), open: async (page) => { await page.getByRole('button', { name: 'Settings' }).click(); for (const tab of ['Variables', 'Links', 'JSON']) await page.getByRole('dialog').getByText(tab, { exact: true }).click(); } },
  { name: 'the list of dashboards', path: () => url('/dashboards'), open: async (page) => { await page.getByRole('link', { name: payloads[0]! }).first().waitFor(); } },
  { name: 'heatmaps and exemplars', path: () => explore(['hostile'], { view: 'heatmap', from: 'now-1m', to: 'now' }), open: async (page) => { await heatmap(page).waitFor(); } },
  { name: 'the running queries', path: () => url('/queries'), open: async (page) => { await page.getByRole('region', { name: 'Ended lately' }).getByRole('row').nth(1).waitFor(); } },
  { name: 'a plan', path: () => explore([`hostile{payload=~${JSON.stringify(payloads[0])}}`], { view: 'explain', from: 'now-1m', to: 'now' }), open: async (page) => { await page.getByRole('region', { name: 'How it was answered' }).getByRole('row').nth(1).waitFor(); } },
];

for (const { name, path, open } of views) {
  visit(`none of ${payloads.length} payloads does anything in ${name}`, { height: 1200 }, async ({ page }) => {
    const foreign: string[] = [];
    page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) foreign.push(request.url()); });
    await page.goto(path());
    await open(page);
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => (window as { owned?: unknown }).owned)).toBeUndefined();
    expect(await page.locator('#root script, #root iframe, #root object, #root base, #root meta, #root link, #root img, #root svg script').count()).toBe(0);
    expect(await page.locator('a[href^="javascript:" i], a[href^="data:" i], a[href^="//"]').count()).toBe(0);
    expect(foreign).toEqual([]);
  });
}
