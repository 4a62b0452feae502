import { beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousOf } from './axe';
import { bring, params, url, visit } from './browser';
import { payloads } from './exporter';

const uid = 'panels-test';
const at = (x: number, y: number, w = 8, h = 7) => ({ gridPos: { x, y, w, h } });
const states = { thresholds: { mode: 'absolute', steps: [{ value: null, color: 'red' }, { value: 1, color: 'green' }] }, mappings: [{ type: 'value', options: { 0: { text: 'closed', color: 'red' }, 1: { text: 'open', color: 'green' } } }] };
const stock = 'topk(5, shop_stock)';

/** One panel of each kind that has a picture of its own, links, repeats and transformations. */
const dashboard = {
  uid, title: 'Panels', schemaVersion: 41, tags: ['panels'], time: { from: 'now-1m', to: 'now' },
  templating: { list: [{ name: 'till', type: 'query', query: 'label_values(shop_open, till)', multi: true, includeAll: true, current: { value: ['$__all'], text: ['All'] } }] },
  links: [
    { type: 'link', title: 'Same time', url: '/d/panels-test/panels', keepTime: true, includeVars: true }, { type: 'link', title: 'Harm', url: 'javascript:window.owned=1' }, { type: 'dashboards', title: 'Tagged', tags: ['panels'], asDropdown: true },
  ],
  panels: [
    { id: 1, type: 'heatmap', title: 'Classic heatmap', ...at(0, 0), targets: [{ refId: 'A', expr: 'sum by (le) (increase(shop_latency_seconds_bucket[10s]))', format: 'heatmap', legendFormat: '{{le}}', interval: '1s' }], options: { calculate: false, color: { scheme: 'Oranges', exponent: 0.5 }, yAxis: { unit: 's' } } },
    { id: 2, type: 'heatmap', title: 'Native heatmap', ...at(8, 0), targets: [{ refId: 'A', expr: 'increase(shop_basket_size[10s])', interval: '1s' }], options: { color: { scheme: 'Spectral' } } },
    { id: 3, type: 'piechart', title: 'Pie', ...at(16, 0), targets: [{ refId: 'A', expr: stock, instant: true, legendFormat: '{{item}}' }], options: { pieType: 'donut', legend: { displayMode: 'table', placement: 'right', values: ['value', 'percent'] } } },
    { id: 4, type: 'barchart', title: 'Bars', ...at(0, 7), targets: [{ refId: 'A', expr: stock, instant: true, format: 'table' }], transformations: [{ id: 'organize', options: { excludeByName: { Time: true, __name__: true, env: true, instance: true, job: true } } }], options: { showValue: 'auto' } },
    { id: 5, type: 'histogram', title: 'Histogram', ...at(8, 7), targets: [{ refId: 'A', expr: 'shop_stock', legendFormat: '{{item}}', interval: '1s' }], options: { combine: true, bucketSize: 5 } },
    { id: 6, type: 'state-timeline', title: 'Timeline', ...at(16, 7), targets: [{ refId: 'A', expr: 'shop_open', legendFormat: 'till {{till}}', interval: '1s' }], fieldConfig: { defaults: states, overrides: [] } },
    { id: 7, type: 'status-history', title: 'History', ...at(0, 14), targets: [{ refId: 'A', expr: 'shop_open', legendFormat: 'till {{till}}', interval: '1s' }], fieldConfig: { defaults: states, overrides: [] } },
    { id: 8, type: 'dashlist', title: 'Boards', ...at(8, 14), options: { showSearch: true, showStarred: false, showRecentlyViewed: true, tags: ['panels'], query: '' } },
    { id: 9, type: 'alertlist', title: 'Alerts', ...at(16, 14), options: {} },
    {
      id: 10, type: 'table', title: 'Joined', ...at(0, 21, 12), targets: [{ refId: 'A', expr: 'sum by (path) (shop_requests_total)', instant: true, format: 'table' }, { refId: 'B', expr: 'count by (path) (shop_requests_total)', instant: true, format: 'table' }],
      transformations: [{ id: 'merge', options: {} }, { id: 'calculateField', options: { mode: 'binary', alias: 'Ratio', binary: { left: 'Value #A', operator: '/', right: 'Value #B' } } }, { id: 'organize', options: { excludeByName: { Time: true }, renameByName: { 'Value #A': 'Sum', 'Value #B': 'Count' } } }, { id: 'sortBy', options: { sort: [{ field: 'Sum', desc: true }] } }],
      fieldConfig: { defaults: {}, overrides: [{ matcher: { id: 'byName', options: 'path' }, properties: [{ id: 'links', value: [{ title: 'Open', url: '/d/panels-test?var-till=${__data.fields.path}&${__url_time_range}' }] }] }, { matcher: { id: 'byName', options: 'Count' }, properties: [{ id: 'links', value: [{ title: 'Harm', url: 'javascript:window.owned=1' }] }] }] },
    },
    { id: 11, type: 'piechart', title: 'Hostile slices', ...at(12, 21, 6), targets: [{ refId: 'A', expr: 'hostile', instant: true, legendFormat: '{{payload}}' }], options: { legend: { displayMode: 'list', placement: 'bottom' } }, links: [{ title: '<img src=x onerror=window.owned=1>', url: 'https://example.org/?q=${till:pipe}' }] },
    { id: 12, type: 'state-timeline', title: 'Hostile states', ...at(18, 21, 6), targets: [{ refId: 'A', expr: 'hostile', legendFormat: '{{payload}}', interval: '1s' }], fieldConfig: { defaults: { mappings: [{ type: 'range', options: { from: null, to: null, result: { text: '<script>window.owned=1</script>' } } }] }, overrides: [] } },
    { id: 13, type: 'stat', title: 'Till $till', ...at(0, 28, 6, 4), repeat: 'till', maxPerRow: 4, targets: [{ refId: 'A', expr: 'shop_open{till="$till"}', interval: '1s' }], options: { graphMode: 'area', colorMode: 'value' }, fieldConfig: { defaults: states, overrides: [] } },
    { id: 20, type: 'row', title: 'Row of $till', repeat: 'till', collapsed: false, gridPos: { x: 0, y: 32, w: 24, h: 1 }, panels: [] },
    { id: 21, type: 'timeseries', title: 'In the row of $till', ...at(0, 33, 24, 4), targets: [{ refId: 'A', expr: 'shop_open{till="$till"}', interval: '1s' }] },
    { id: 22, type: 'logs', title: 'Logs', gridPos: { x: 0, y: 37, w: 24, h: 3 }, targets: [{ refId: 'A', expr: '{job="x"}' }] },
  ],
};

beforeAll(() => bring(dashboard));

const panel = (page: Page, id: number | string) => page.getByTestId(`panel-${id}`);

/** How many colours there are right of the axis and above it. */
const coloursOf = (page: Page, id: number): Promise<number> => panel(page, id).locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
  const { data } = canvas.getContext('2d')!.getImageData(canvas.width * 0.25, 0, canvas.width * 0.75, canvas.height * 0.8);
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += 4) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
  return seen.size;
});

visit('every kind of panel is drawn in both themes, legibly and at any width', { height: 1500 }, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}`));
  await expect.poll(() => coloursOf(page, 1)).toBeGreaterThan(5);
  await expect.poll(() => coloursOf(page, 2)).toBeGreaterThan(5);
  await panel(page, 1).getByRole('img', { name: 'Heatmap of 7 buckets' }).waitFor();
  await panel(page, 2).getByRole('img', { name: 'Heatmap of 8 buckets' }).waitFor();
  await panel(page, 3).getByRole('img', { name: 'Pie chart with 5 slices' }).waitFor();
  await panel(page, 3).getByText('item-39', { exact: true }).waitFor();
  await panel(page, 4).getByRole('img', { name: 'Bar chart with 5 categories' }).waitFor();
  expect(await panel(page, 4).locator('svg rect').count()).toBe(5);
  await panel(page, 5).getByRole('img', { name: /Histogram with \d+ buckets/ }).waitFor();
  await panel(page, 6).getByRole('img', { name: 'States of 3 series over time' }).waitFor();
  await panel(page, 6).getByText('open', { exact: true }).first().waitFor();
  expect(await panel(page, 7).locator('svg rect').count()).toBeGreaterThan(15);
  await panel(page, 8).getByRole('link', { name: 'Panels' }).first().waitFor();
  await panel(page, 9).getByText('No alerts').waitFor();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
    for (const [width, height] of [[1920, 1900], [400, 1500], [1280, 1500]] as const) {
      await page.setViewportSize({ width, height });
      await picture(`panels-${width}-${scheme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    }
    await expect.poll(() => coloursOf(page, 1)).toBeGreaterThan(5);
    expect(await seriousOf(page, scheme === 'dark')).toEqual([]);
  }
});

visit('transformations shape a table, one after the other', { height: 1500 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await expect.poll(() => panel(page, 10).getByRole('row').count()).toBe(4);
  expect(await panel(page, 10).getByRole('columnheader').allTextContents()).toEqual(['path', 'Sum', 'Count', 'Ratio']);
  expect(await panel(page, 10).getByRole('row').nth(1).getByRole('cell').first().textContent()).toBe('/cart');
});

visit('panels and rows are repeated for each value of a variable, and for those that are chosen', { height: 1900 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  for (const [i, key] of ['13', '13-clone-1', '13-clone-2'].entries()) {
    await panel(page, key).getByText(`Till ${i + 1}`, { exact: true }).waitFor();
    await panel(page, key).getByText(/open|closed/).waitFor();
  }
  await panel(page, '13').locator('.stat-spark').waitFor();
  await panel(page, '21-row-2').scrollIntoViewIfNeeded();
  await panel(page, '21-row-2').getByText('In the row of 3').waitFor();
  expect(await page.getByRole('button', { name: /Row of/ }).allTextContents()).toEqual(['Row of 1', 'Row of 2', 'Row of 3']);
  await page.goto(url(`/d/${uid}?var-till=2&var-till=3`));
  await panel(page, '13-clone-1').getByText('Till 3', { exact: true }).waitFor();
  expect(await panel(page, '13-clone-2').count()).toBe(0);
});

visit('links go where they say with time and variables, and what would run something is no link', { height: 1500 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}?from=now-2m&to=now&var-till=2`));
  await panel(page, 10).getByRole('cell', { name: '/pay' }).waitFor();
  expect(await page.getByRole('link', { name: 'Harm' }).count()).toBe(0);
  expect(await panel(page, 10).getByRole('row').nth(1).getByRole('link').allTextContents()).toEqual(['/cart']);
  await panel(page, 10).getByRole('link', { name: '/cart' }).click();
  await expect.poll(() => params(page).get('var-till')).toBe('/cart');
  expect([params(page).get('from'), params(page).get('to')]).toEqual(['now-2m', 'now']);
  await page.goBack();
  await page.getByRole('link', { name: 'Same time' }).click();
  await expect.poll(() => page.url()).toContain('/d/panels-test/panels?from=now-2m&to=now&var-till=2');
  await panel(page, 11).getByRole('button', { name: 'Links' }).click();
  const link = page.getByRole('menuitem').getByRole('link');
  expect(await link.textContent()).toBe('<img src=x onerror=window.owned=1>');
  expect(await link.getAttribute('href')).toBe('https://example.org/?q=2');
});

visit('what labels, mappings and links say stays text in the new panels', { height: 1900 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await panel(page, 11).scrollIntoViewIfNeeded();
  for (const payload of payloads.slice(0, 24)) await panel(page, 11).getByText(payload.replace(/\s+/g, ' '), { exact: true }).first().waitFor();
  // The first state is narrower than a point where the second scrape after the node's start came late.
  const states = panel(page, 12).locator('svg rect');
  await states.first().waitFor();
  const widths = await states.evaluateAll((rects) => rects.map((rect) => rect.getBoundingClientRect().width));
  await states.nth(widths.indexOf(Math.max(...widths))).hover();
  await panel(page, 12).locator('.chart-tip').getByText('<script>window.owned=1</script>').first().waitFor();
  expect(await page.evaluate(() => (window as { owned?: unknown }).owned)).toBeUndefined();
  expect(await page.locator('#root script, #root iframe, #root object, #root base, #root meta, #root link, #root img').count()).toBe(0);
});

visit('dragging over a heatmap zooms to that part', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await expect.poll(() => coloursOf(page, 1)).toBeGreaterThan(5);
  const box = (await panel(page, 1).locator('canvas').boundingBox())!;
  await page.mouse.move(box.x + 120, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 220, box.y + 50, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => params(page).get('from')).toMatch(/^\d+$/);
});

visit('a table of nothing says so, and a long title has the whole width until the pointer comes', {}, async ({ page }) => {
  const empty = { uid: 'empty-test', title: 'Empty', schemaVersion: 41, panels: ['A', 'B'].map((refId, i) => ({ id: i + 1, type: 'table', title: 'A title that is as wide as its panel is', gridPos: { x: i * 8, y: i * 20, w: 8, h: 5 }, targets: ['A', 'B'].map((one) => ({ refId: one, expr: `nobody_has_this_${refId}`, format: 'table', instant: true })) })) };
  await bring(empty);
  await page.goto(url('/d/empty-test'));
  for (const id of [1, 2]) await panel(page, id).getByText('No data').waitFor();
  expect(await panel(page, 1).locator('header > span').first().evaluate((title) => title.scrollWidth - title.clientWidth)).toBeLessThanOrEqual(0);
  // A gap that is stored is not drawn.
  expect((await panel(page, 2).boundingBox())!.y).toBe((await panel(page, 1).boundingBox())!.y);
});

visit('a panel that cannot be drawn says so, and keeps its place', { height: 1900 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await panel(page, '22').first().scrollIntoViewIfNeeded();
  await panel(page, '22').getByText('Panels of type “logs” are not drawn yet').waitFor();
});

const looks = {
  uid: 'looks-test', title: 'Looks', schemaVersion: 41, time: { from: 'now-1m', to: 'now' },
  panels: [
    { id: 1, type: 'bargauge', title: 'Standing', gridPos: { x: 0, y: 0, w: 8, h: 8 }, options: { orientation: 'vertical' }, targets: [{ refId: 'A', expr: 'shop_open', instant: true, legendFormat: '{{till}}' }] },
    { id: 2, type: 'table', title: 'Times', gridPos: { x: 8, y: 0, w: 8, h: 8 }, fieldConfig: { defaults: { unit: 'percentunit' }, overrides: [] }, targets: [{ refId: 'A', expr: 'vector(0.5)', instant: true, format: 'table' }] },
    { id: 3, type: 'text', title: 'Text', gridPos: { x: 16, y: 0, w: 8, h: 8 }, options: { mode: 'markdown', content: '| a | b |\n|---|---|\n| 1 | **2** |\n\n```\nsum(x)\n```\n> quoted' } },
    // Where the first and the third lie: it is drawn below both.
    { id: 4, type: 'stat', title: 'Dark', gridPos: { x: 4, y: 4, w: 14, h: 6 }, options: { colorMode: 'background' }, fieldConfig: { defaults: { color: { mode: 'fixed', fixedColor: 'dark-red' } }, overrides: [] }, targets: [{ refId: 'A', expr: 'vector(7)', instant: true }] },
    {
      id: 5, type: 'timeseries', title: 'Axis', gridPos: { x: 0, y: 10, w: 24, h: 8 }, targets: [{ refId: 'A', expr: 'vector(4) or label_replace(vector(3000), "a", "b", "", "")', legendFormat: 'line {{a}}' }],
      options: { legend: { displayMode: 'table', placement: 'right', showLegend: true, calcs: ['min', 'max', 'mean', 'lastNotNull', 'sum', 'range', 'count'] } },
      fieldConfig: { defaults: { custom: { scaleDistribution: { type: 'log', log: 10 }, lineInterpolation: 'smooth', showPoints: 'always', axisLabel: 'Requests', thresholdsStyle: { mode: 'line+area' } }, thresholds: { steps: [{ color: 'green', value: null }, { color: 'red', value: 100 }] } }, overrides: [] },
    },
  ],
};

visit('panels look as their options say, and none lies on another', { height: 1100 }, async ({ page, picture }) => {
  await bring(looks);
  await page.goto(url('/d/looks-test'));
  await expect.poll(() => page.getByTestId('panel-1').locator('.bar-column').count()).toBe(3);
  await page.getByTestId('panel-2').getByRole('cell', { name: /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/ }).waitFor();
  await page.getByTestId('panel-2').getByRole('cell', { name: '50%' }).waitFor();
  expect(await page.getByTestId('panel-3').getByRole('cell').allTextContents()).toEqual(['1', '2']);
  expect([await page.getByTestId('panel-3').locator('pre').textContent(), await page.getByTestId('panel-3').locator('blockquote').textContent()]).toEqual(['sum(x)', 'quoted']);
  expect(await page.getByTestId('panel-4').locator('.stat').evaluate((stat) => getComputedStyle(stat).color)).toBe('rgb(255, 255, 255)');
  const name = page.getByTestId('panel-5').getByRole('group', { name: 'Legend' }).getByText('line b');
  expect((await name.boundingBox())!.width).toBeGreaterThan(30);
  await page.getByTestId('panel-5').locator('canvas').waitFor();
  const boxes = await page.locator('article[data-panel]').evaluateAll((all) => all.map((one) => { const { left, right, top, bottom } = one.getBoundingClientRect(); return { left, right, top, bottom }; }));
  expect(boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom))).toEqual([]);
  await picture('panels-looks-light');
  expect(await seriousOf(page)).toEqual([]);
});

const percentSteps = { mode: 'percentage', steps: [{ value: null, color: 'green' }, { value: 50, color: 'orange' }, { value: 80, color: 'red' }] };
const area = (id: number, title: string, x: number, custom: object, defaults: object = {}) => ({
  id, type: 'timeseries', title, gridPos: { x, y: 0, w: 6, h: 8 }, targets: [{ refId: 'A', expr: 'shop_stock{item="item-1"} - 100', legendFormat: title, interval: '1s' }], fieldConfig: { defaults: { custom: { fillOpacity: 60, lineWidth: 2, ...custom }, ...defaults }, overrides: [] },
});
const bars = (id: number, title: string, x: number, options: object, defaults: object) => ({
  id, type: 'bargauge', title, gridPos: { x, y: 8, w: 6, h: 8 }, options, targets: [{ refId: 'A', expr: 'topk(4, shop_stock{item=~"item-(1|11|21|31)"} - 95)', instant: true, legendFormat: '{{item}}' }], fieldConfig: { defaults: { min: 0, max: 60, ...defaults }, overrides: [] },
});
const shades = {
  uid: 'shades-test', title: 'Shades', schemaVersion: 41, time: { from: 'now-1m', to: 'now' },
  panels: [
    area(1, 'Opacity', 0, { gradientMode: 'opacity' }), area(2, 'Hue', 6, { gradientMode: 'hue' }), area(3, 'Scheme', 12, { gradientMode: 'scheme', thresholdsStyle: { mode: 'dashed' } }, { color: { mode: 'thresholds' }, thresholds: percentSteps }),
    area(4, 'Ramp', 18, { gradientMode: 'scheme' }, { color: { mode: 'continuous-GrYlRd' } }),
    bars(5, 'Gradient', 0, { displayMode: 'gradient', orientation: 'horizontal' }, { thresholds: percentSteps, color: { mode: 'thresholds' } }), bars(6, 'Segments', 6, { displayMode: 'lcd', orientation: 'vertical' }, { thresholds: percentSteps, color: { mode: 'thresholds' } }),
    bars(7, 'Of one colour', 12, { displayMode: 'basic', orientation: 'horizontal' }, { color: { mode: 'fixed', fixedColor: 'blue' } }),
    { id: 8, type: 'stat', title: 'In percent', gridPos: { x: 18, y: 8, w: 6, h: 8 }, options: { colorMode: 'background' }, fieldConfig: { defaults: { thresholds: percentSteps, color: { mode: 'thresholds' } }, overrides: [] }, targets: [{ refId: 'A', expr: 'vector(100) or label_replace(vector(170), "a", "b", "", "") or label_replace(vector(200), "a", "c", "", "")', instant: true, legendFormat: '{{a}}' }] },
    {
      id: 9, type: 'table', title: 'Footer', gridPos: { x: 0, y: 16, w: 6, h: 7 }, options: { footer: { show: true, reducer: ['sum'], fields: '', countRows: false } }, targets: [{ refId: 'A', expr: 'label_replace(vector(1), "a", "x", "", "") or label_replace(vector(2), "a", "y", "", "") or label_replace(vector(4), "a", "z", "", "")', instant: true, format: 'table' }],
      transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }], fieldConfig: { defaults: { unit: 's', max: 4, thresholds: percentSteps }, overrides: [{ matcher: { id: 'byName', options: 'Value' }, properties: [{ id: 'custom.cellOptions', value: { type: 'gauge', mode: 'lcd' } }] }] },
    },
    { id: 10, type: 'timeseries', title: 'Even around zero', gridPos: { x: 6, y: 16, w: 6, h: 7 }, targets: [{ refId: 'A', expr: 'label_replace(vector(-40), "a", "low", "", "") or label_replace(vector(0.5), "a", "near", "", "") or label_replace(vector(5000), "a", "high", "", "")', legendFormat: '{{a}}', interval: '1s' }], fieldConfig: { defaults: { custom: { scaleDistribution: { type: 'symlog', log: 10, linearThreshold: 1 } } }, overrides: [] } },
    { id: 11, type: 'text', title: 'Lists', gridPos: { x: 12, y: 16, w: 5, h: 7 }, options: { mode: 'markdown', content: '1. first\n   - within\n     - **deep**\n   - beside\n2. second' } },
    {
      id: 12, type: 'table', title: 'Trends', gridPos: { x: 17, y: 16, w: 7, h: 7 }, targets: [{ refId: 'A', expr: 'sum by (till) (shop_open)', interval: '1s' }],
      transformations: [{ id: 'timeSeriesTable', options: { A: { stat: 'max' } } }], fieldConfig: { defaults: { custom: { cellOptions: { type: 'sparkline' } } }, overrides: [] },
    },
  ],
};

visit('gradients, segments, thresholds in percent, footers, nested lists and trends are drawn as they are stored', { height: 1000 }, async ({ page, picture }) => {
  await bring(shades);
  await page.goto(url('/d/shades-test'));
  // An even area has a handful of colours, a gradient one for every few pixels.
  for (const id of [1, 2, 4]) await expect.poll(() => coloursOf(page, id)).toBeGreaterThan(40);
  await expect.poll(() => coloursOf(page, 3)).toBeGreaterThan(5);
  const filled = (id: number, property: string) => panel(page, id).locator('.bar-track > i:last-child').evaluateAll((all, name) => all.map((one) => getComputedStyle(one).getPropertyValue(name)), property);
  await expect.poll(async () => (await filled(5, 'background-image')).filter((image) => image.startsWith('linear-gradient')).length).toBe(4);
  await expect.poll(async () => (await filled(6, 'mask-image')).filter((image) => image.startsWith('repeating-linear-gradient')).length).toBe(4);
  await expect.poll(() => filled(7, 'background-image')).toEqual(['none', 'none', 'none', 'none']);
  await expect.poll(() => panel(page, 8).locator('.stat').evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor))).toEqual(['rgb(115, 191, 105)', 'rgb(255, 152, 48)', 'rgb(242, 73, 92)']);
  expect(await panel(page, 9).locator('tfoot td').allTextContents()).toEqual(['Total ', '7 s']);
  await expect.poll(() => coloursOf(page, 10)).toBeGreaterThan(5);
  await expect.poll(() => panel(page, 12).locator('.cell-spark polyline').count()).toBe(3);
  expect(await panel(page, 12).getByRole('columnheader').allTextContents()).toEqual(['till', 'Trend #A']);
  expect(await panel(page, 11).locator('li').evaluateAll((all) => all.map((one) => one.firstChild!.textContent))).toEqual(['first', 'within', 'deep', 'beside', 'second']);
  expect(await panel(page, 11).locator('li li li').textContent()).toBe('deep');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
    await picture(`panels-shades-${scheme}`);
  }
  expect(await seriousOf(page, true)).toEqual([]);
});

const details = {
  uid: 'details-test', title: 'Details', schemaVersion: 41, time: { from: 'now-1m', to: 'now' },
  templating: { list: [{ name: 'word', type: 'textbox', query: 'begin', current: { value: 'typed' } }, { name: 'side', type: 'switch', current: { value: 'false' } }, { name: 'group', type: 'groupby' }] },
  panels: [
    { id: 1, type: 'stat', title: 'A time', ...at(0, 0, 3, 4), targets: [{ refId: 'A', expr: 'time() * 1000', instant: true }], fieldConfig: { defaults: { unit: 'dateTimeAsIso' } } },
    { id: 2, type: 'stat', title: 'Nothing', ...at(3, 0, 5, 4), targets: [{ refId: 'A', expr: 'nobody_has_this', instant: true }], fieldConfig: { defaults: { noValue: 'none of $word' } } },
    {
      id: 3, type: 'timeseries', title: 'Band', ...at(8, 0, 8, 7), targets: [{ refId: 'A', expr: 'vector(9)', legendFormat: 'high', interval: '1s' }, { refId: 'B', expr: 'vector(3)', legendFormat: 'low', interval: '1s' }],
      fieldConfig: { defaults: { min: 0, max: 12, custom: { lineWidth: 0 } }, overrides: [{ matcher: { id: 'byName', options: 'high' }, properties: [{ id: 'custom.fillBelowTo', value: 'low' }, { id: 'color', value: { mode: 'fixed', fixedColor: '#ff0000' } }] }, { matcher: { id: 'byName', options: 'low' }, properties: [{ id: 'custom.hideFrom', value: { legend: true, tooltip: true, viz: false } }] }] },
    },
    { id: 4, type: 'timeseries', title: 'Computed', ...at(16, 0, 8, 7), targets: [{ refId: 'A', expr: 'vector(3)', hide: true, interval: '1s' }, { refId: 'B', datasource: { type: '__expr__', uid: '__expr__' }, type: 'math', expression: '$A * 100' }], options: { legend: { displayMode: 'list', calcs: ['lastNotNull'] } } },
    { id: 5, type: 'gauge', title: 'Limits', ...at(0, 4, 8, 5), targets: [{ refId: 'A', expr: 'vector(30)', instant: true }], fieldConfig: { defaults: { min: 0, max: 50, thresholds: { mode: 'percentage', steps: [{ color: 'green' }, { value: 50, color: 'orange' }, { value: 90, color: 'red' }] } } } },
    { id: 6, type: 'state-timeline', title: 'Levels', ...at(8, 7, 8, 5), targets: [{ refId: 'A', expr: 'label_replace(vector(1), "n", "a", "", "")', legendFormat: 'low', interval: '1s' }, { refId: 'B', expr: 'vector(9)', legendFormat: 'high', interval: '1s' }], fieldConfig: { defaults: { thresholds: { mode: 'percentage', steps: [{ value: null, color: 'green' }, { value: 50, color: 'red' }] } } } },
  ],
};

visit('details of panels: what is long fits, what there is not has its text, bands and expressions are drawn, percent is of the least to the most', {}, async ({ page, picture }) => {
  await bring(details);
  await page.goto(url('/d/details-test'));
  const time = panel(page, 1).locator('.stat-value');
  await time.getByText(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/).waitFor();
  expect(await time.evaluate((value) => [value.scrollWidth <= value.clientWidth, value.scrollHeight <= value.parentElement!.clientHeight])).toEqual([true, true]);
  await panel(page, 2).getByText('none of typed').waitFor();

  await panel(page, 3).getByRole('button', { name: 'high' }).waitFor();
  expect(await panel(page, 3).getByRole('group', { name: 'Legend' }).getByRole('button').count()).toBe(1);
  /** How red the middle of the plot is at a share of its height from above. */
  const red = (share: number): Promise<number> => panel(page, 3).locator('canvas').evaluate((canvas: HTMLCanvasElement, from) => {
    const [plot, own] = [canvas.closest('.uplot')!.querySelector('.u-over')!.getBoundingClientRect(), canvas.getBoundingClientRect()];
    const scale = canvas.width / own.width;
    const [r, , b, opacity] = canvas.getContext('2d')!.getImageData((plot.left - own.left + plot.width * 0.52) * scale, (plot.top - own.top + plot.height * from) * scale, 1, 1).data;
    return opacity! === 0 ? 0 : r! - b!;
  }, share);
  await expect.poll(() => red(0.53)).toBeGreaterThan(20);
  expect(await red(0.87)).toBe(0);

  await panel(page, 4).getByRole('button', { name: /300/ }).waitFor();
  await expect.poll(() => panel(page, 5).locator('svg[role=img] path').count()).toBe(5);
  await expect.poll(() => panel(page, 6).locator('.small-legend').textContent()).toBe('< 55+');
  expect(await panel(page, 6).locator('svg rect').evaluateAll((stretches) => [...new Set(stretches.map((one) => one.getAttribute('fill')))].sort())).toEqual(['#73bf69', '#f2495c']);

  expect(await page.getByRole('textbox', { name: 'word' }).inputValue()).toBe('typed');
  expect(await page.getByRole('combobox', { name: 'side' }).inputValue()).toBe('false');
  expect([await page.getByText('not found').count(), await page.getByRole('combobox', { name: 'group' }).count()]).toEqual([0, 0]);
  await picture('details-1280-light');
});
