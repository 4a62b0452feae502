import { beforeAll, expect } from 'vitest';
import { bring, legendRows, params, url, visit } from './browser';

const uid = 'browser-test';
const hostile = '<img src=x onerror=window.owned=1>';

/** One panel of each kind that is drawn, one that is not, and texts that mean harm. */
const dashboard = {
  uid, title: `Shop ${hostile}`, schemaVersion: 41, tags: ['shop', hostile], time: { from: 'now-1m', to: 'now' }, graphTooltip: 1,
  templating: { list: [{ name: 'path', type: 'query', query: 'label_values(shop_requests_total, path)', multi: true, includeAll: true, current: { value: ['$__all'], text: ['All'] } }] },
  panels: [
    { id: 1, type: 'timeseries', title: 'Requests', gridPos: { x: 0, y: 0, w: 12, h: 8 }, targets: [{ refId: 'A', expr: 'sum by (path) (rate(shop_requests_total{path=~"$path"}[$__rate_interval]))', legendFormat: '{{path}}', interval: '1s' }], fieldConfig: { defaults: { unit: 'reqps', custom: { fillOpacity: 20, stacking: { mode: 'normal' } } }, overrides: [] } },
    { id: 2, type: 'stat', title: 'Memory', gridPos: { x: 12, y: 0, w: 6, h: 4 }, targets: [{ refId: 'A', expr: 'shop_memory_bytes', instant: true }], fieldConfig: { defaults: { unit: 'bytes', color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps: [{ value: null, color: 'green' }] } }, overrides: [] } },
    { id: 3, type: 'gauge', title: 'Stock', gridPos: { x: 18, y: 0, w: 6, h: 4 }, targets: [{ refId: 'A', expr: 'avg(shop_stock)', instant: true }], fieldConfig: { defaults: { max: 200 }, overrides: [] } },
    { id: 4, type: 'table', title: 'All requests', gridPos: { x: 12, y: 4, w: 12, h: 4 }, targets: [{ refId: 'A', expr: 'shop_requests_total', instant: true, format: 'table' }], transformations: [{ id: 'organize', options: { excludeByName: { Time: true, __name__: true, env: true, instance: true, job: true }, renameByName: { path: 'Where' }, indexByName: {} } }] },
    { id: 5, type: 'text', title: 'Note', gridPos: { x: 0, y: 8, w: 12, h: 4 }, options: { mode: 'markdown', content: `# Head\n\n**bold** ${hostile} [bad](javascript:window.owned=1) [good](https://example.org/)` } },
    { id: 6, type: 'bargauge', title: hostile, gridPos: { x: 12, y: 8, w: 12, h: 4 }, targets: [{ refId: 'A', expr: 'hostile', instant: true, legendFormat: '{{payload}}' }] },
    { id: 8, type: 'row', title: 'Folded', collapsed: true, gridPos: { x: 0, y: 12, w: 24, h: 1 }, panels: [{ id: 9, type: 'stat', title: 'Inside', gridPos: { x: 0, y: 13, w: 6, h: 4 }, targets: [{ refId: 'A', expr: 'up{job="shop"}', instant: true }] }] },
  ],
};

beforeAll(() => bring(dashboard));

const panel = (page: import('playwright-core').Page, id: number) => page.getByTestId(`panel-${id}`);

visit('a dashboard is drawn as it is stored in either theme, and what it says stays text', {}, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}`));
  await panel(page, 1).locator('canvas').waitFor();
  await panel(page, 1).getByRole('button', { name: '/cart' }).waitFor();
  await panel(page, 2).getByText('MiB').waitFor();
  await panel(page, 3).getByRole('img', { name: /: \d/ }).waitFor();
  await expect.poll(() => panel(page, 4).getByRole('row').count()).toBe(7);
  expect(await panel(page, 4).getByRole('columnheader').allTextContents()).toEqual(['code', 'Where', 'Value']);
  expect(await panel(page, 5).getByRole('link').allTextContents()).toEqual(['good']);
  await panel(page, 6).getByText('<script>window.owned=1</script>', { exact: true }).waitFor();
  expect(await page.evaluate(() => (window as { owned?: unknown }).owned)).toBeUndefined();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
    for (const [width, height] of [[1920, 1080], [400, 800], [1280, 800]] as const) {
      await page.setViewportSize({ width, height });
      await picture(`dashboard-${width}-${scheme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    }
  }
});

visit('a folded row asks for nothing until it is opened', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await panel(page, 2).getByText('MiB').waitFor();
  expect(await panel(page, 9).count()).toBe(0);
  await page.getByRole('button', { name: /Folded/ }).click();
  await panel(page, 9).getByText('1', { exact: true }).waitFor();
});

visit('a variable narrows the panels that use it, and is in the address', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}?var-path=/cart&var-path=/pay`));
  await panel(page, 1).getByRole('button', { name: '/pay' }).waitFor();
  expect(await panel(page, 1).locator('.small-legend button').count()).toBe(2);
  await page.goto(url(`/d/${uid}?var-path=/cart`));
  await panel(page, 1).getByRole('button', { name: '/cart' }).waitFor();
  expect(await panel(page, 1).locator('.small-legend button').count()).toBe(1);
  expect(params(page).get('var-path')).toBe('/cart');
});

visit('dashboards are listed, searched and opened', {}, async ({ page }) => {
  await page.goto(url('/dashboards'));
  await page.getByLabel('Search dashboards').fill('shop');
  await page.getByRole('link', { name: /^Shop/ }).click();
  await panel(page, 2).getByText('MiB').waitFor();
  await panel(page, 1).hover();
  await panel(page, 1).getByRole('link', { name: 'Open in Explore' }).click();
  await legendRows(page).first().waitFor();
});

visit('a dashboard of Grafana is brought in from its file, with a report', {}, async ({ page, expectStatus }) => {
  expectStatus(412);
  await page.goto(url('/dashboards'));
  await page.locator('input[type=file]').setInputFiles({ name: 'board.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ ...dashboard, uid: 'brought-in', title: 'Brought in' })) });
  await page.getByRole('status').getByRole('link', { name: 'Brought in' }).waitFor();
  await page.getByRole('status').getByRole('link', { name: 'Brought in' }).click();
  await panel(page, 2).getByText('MiB').waitFor();

  // A second time it is there already.
  await page.goto(url('/dashboards'));
  await page.locator('input[type=file]').setInputFiles({ name: 'board.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify({ ...dashboard, uid: 'brought-in', title: 'Brought in again' })) });
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Replace the one that is there' }).click();
  await page.getByRole('status').getByRole('link', { name: 'Brought in again' }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

visit('what somebody else saves, or a file on disk changes, is on the screen without a reload; what is being changed here stays', {}, async ({ page }) => {
  const shown = { ...dashboard, uid: 'changing-test', title: 'Before' };
  await bring(shown);
  await page.goto(url('/d/changing-test'));
  await panel(page, 2).getByText('MiB').waitFor();
  await bring({ ...shown, title: 'After', panels: shown.panels.map((one) => (one.id === 2 ? { ...one, title: 'Memory now' } : one)) });
  await page.getByRole('heading', { name: 'After' }).waitFor();
  await panel(page, 2).getByText('Memory now').waitFor();
  await panel(page, 2).hover();
  await page.keyboard.press('p');
  await page.keyboard.press('r');
  await panel(page, 2).waitFor({ state: 'detached' });
  const looked = page.waitForResponse(async (answer) => answer.url().includes('/api/search') && ((await answer.json()) as { title: string }[])[0]?.title === 'Later');
  await bring({ ...shown, title: 'Later' });
  await looked;
  expect(await page.getByRole('heading', { name: 'After' }).count()).toBe(1);
  expect(await panel(page, 2).count()).toBe(0);
});

/** What people and old tools write: nothing of it may take the rest of the dashboard down. */
const odd = {
  uid: 'odd-test', title: 'Odd', schemaVersion: '39', refresh: false, time: { from: 'now-1m', to: 'now' }, links: null, tags: null,
  templating: { list: [
    { name: 'broken', type: 'query', query: 'label_values(up{, job)' }, { name: 'Filters', type: 'adhoc', filters: [{ key: 'env', operator: '=', value: 'prod' }] },
    { name: 'step', type: 'interval', query: '1m,5m', auto: true, auto_count: 30, auto_min: '2s', current: { text: 'auto', value: '$__auto_interval_step' } }, { name: 'word', type: 'custom', query: 'Memory : shop_memory_bytes, up' },
  ] },
  panels: [
    { type: 'timeseries', title: 7, datasource: null, gridPos: { x: 0, y: 0, w: 12, h: 8 }, targets: [{ refId: 'A', expr: 'sum by (path) (rate(shop_requests_total[$step]))', legendFormat: '{{path}}', interval: '1s' }, { refId: 'B', expr: 'sum(' }], fieldConfig: { defaults: { unit: 'reqps', custom: { stacking: { mode: 'percent' }, fillOpacity: 40 } }, overrides: [{ matcher: 'x' }, null] } },
    { type: 'stat', title: 'Thresholds', gridPos: { x: 12, y: 0, w: 6, h: 4 }, targets: { expr: '$word', instant: 'true' }, options: [], fieldConfig: { defaults: { unit: 'bytes', min: '0', max: null, thresholds: { mode: 'absolute', steps: [{ color: 'green' }, { value: '80', color: 'red' }] }, mappings: [{ type: 'value' }] } } },
    { type: 'timeseries', title: 'Logs', datasource: { type: 'loki', uid: 'x' }, gridPos: { x: 18, y: 0, w: 6, h: 4 }, targets: [{ expr: '{job="x"} |= "y"' }] },
    { type: 'constructor', title: 'No kind', gridPos: { x: 12, y: 4, w: 6, h: 4 } },
    { type: 'row', title: 'Outer', collapsed: true, gridPos: { x: 0, y: 8, w: 24, h: 1 }, panels: [{ type: 'row', title: 'Inner', collapsed: true, panels: [{ type: 'singlestat', title: 'Deep', targets: [{ expr: 'up{job="shop"}' }] }] }] },
  ],
};

visit('an odd dashboard comes in without an error, and what cannot be drawn of it leaves the rest alone', {}, async ({ page, expectStatus, picture }) => {
  expectStatus(400);
  await bring(odd);
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().includes('/api/v1/query')) asked.push(new URLSearchParams(request.postData() ?? '').get('query') ?? ''); });
  await page.goto(url('/d/odd-test'));
  const first = page.getByRole('article', { name: '7' });
  await first.getByRole('button', { name: '/cart' }).waitFor();
  await first.getByRole('note', { name: /parse error/ }).waitFor();
  await page.getByRole('article', { name: 'Thresholds' }).getByText('MiB').waitFor();
  await page.getByRole('article', { name: 'Logs' }).getByText('loki').waitFor();
  await page.getByRole('article', { name: 'No kind' }).getByText('constructor').waitFor();
  await page.getByRole('note', { name: /parse error/ }).first().waitFor();
  expect(asked).toContain('sum by (path) (rate(shop_requests_total{env="prod"}[2s]))');
  expect(asked).toContain('shop_memory_bytes{env="prod"}');
  await page.getByRole('button', { name: /Inner/ }).click();
  await page.getByRole('article', { name: 'Deep' }).getByText('1', { exact: true }).waitFor();
  await picture('dashboard-odd-light');

  // A filter that is taken away is gone from the queries, and the address remembers.
  await page.getByRole('button', { name: 'Remove the filter env = prod' }).click();
  await expect.poll(() => asked.includes('shop_memory_bytes')).toBe(true);
  await page.getByRole('button', { name: 'Add filter' }).click();
  await page.getByRole('combobox', { name: 'Label' }).fill('job');
  await page.getByRole('option', { name: 'job', exact: true }).click();
  await page.getByRole('combobox', { name: 'Value' }).fill('nobody');
  await page.getByRole('dialog').getByRole('button', { name: 'Add filter' }).click();
  await expect.poll(() => asked.includes('shop_memory_bytes{job="nobody"}')).toBe(true);
  expect(params(page).get('var-Filters')).toBe('job|=|nobody');
});

const legends = {
  uid: 'legend-test', title: 'Legends', schemaVersion: 41, time: { from: 'now-1m', to: 'now' },
  panels: [{
    id: 1, type: 'timeseries', title: 'Stock', gridPos: { x: 0, y: 0, w: 24, h: 12 }, targets: [{ refId: 'A', expr: 'shop_stock', legendFormat: '{{item}}', interval: '1s' }],
    options: { legend: { displayMode: 'table', placement: 'right', calcs: ['max', 'lastNotNull'] } },
  }],
};

visit('a legend is a table where it is stored as one: sorted by a click, a line picked by another; keys of dashboards do what they say', {}, async ({ page }) => {
  await bring(legends);
  await page.goto(url('/d/legend-test'));
  const legend = panel(page, 1).getByRole('group', { name: 'Legend' });
  const rows = legend.locator('.legend-row');
  await rows.first().waitFor();
  await legend.getByRole('button', { name: 'Sort by Max' }).click();
  await expect.poll(() => rows.first().textContent()).toContain('item-39');
  // Only what can be seen is in the page.
  expect(await rows.count()).toBeLessThan(40);
  const pressed = (): Promise<number> => legend.locator('.legend-row[aria-pressed=true]').count();
  await rows.first().click();
  await expect.poll(pressed).toBe(1);
  await rows.nth(1).click({ modifiers: ['Control'] });
  await expect.poll(pressed).toBe(2);
  await rows.first().click();
  await rows.first().click();
  await expect.poll(async () => (await pressed()) === (await rows.count())).toBe(true);

  await page.getByRole('heading', { name: 'Legends' }).click();
  await page.keyboard.press('d');
  await page.keyboard.press('k');
  await expect.poll(() => page.getByRole('navigation').isVisible()).toBe(false);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByRole('navigation').isVisible()).toBe(true);
  await page.keyboard.press('t');
  await page.keyboard.press('a');
  await expect.poll(() => /^\d+$/.test(params(page).get('from') ?? '')).toBe(true);
  await panel(page, 1).hover();
  await page.keyboard.press('p');
  await page.keyboard.press('d');
  await page.getByTestId('panel-2').waitFor();
  await page.getByTestId('panel-2').hover();
  await page.keyboard.press('p');
  await page.keyboard.press('r');
  await expect.poll(() => page.getByTestId('panel-2').count()).toBe(0);
});
