import { expect } from 'vitest';
import { explore, legendRows, url, useBrowser, visit } from './browser';
import { payloads } from './exporter';

useBrowser();

/** Views that show what a target says. */
const views: { name: string; path: () => string; open?: (page: import('playwright-core').Page) => Promise<void> }[] = [
  {
    name: 'the graph, its legend and its tooltip', path: () => explore(['hostile'], { from: 'now-1m', to: 'now' }),
    open: async (page) => {
      await legendRows(page).nth(2).waitFor();
      const box = (await page.locator('.chart .u-over').boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.95, box.y + box.height / 2, { steps: 3 });
      await page.locator('.chart-tip').waitFor();
    },
  },
  { name: 'the table', path: () => explore(['hostile'], { view: 'table' }), open: async (page) => { await page.getByRole('table').waitFor(); } },
  { name: 'the JSON', path: () => explore(['hostile'], { view: 'json' }), open: async (page) => { await page.locator('pre').waitFor(); } },
  ...payloads.slice(0, 6).map((payload, i) => ({ name: `an address with payload ${i}`, path: () => explore([`hostile{payload=${JSON.stringify(payload)}}`], { from: payload, only: JSON.stringify([payload]), unit: payload, 'g0.legend': payload }), open: async (page: import('playwright-core').Page) => { await legendRows(page).first().waitFor(); } })),
  {
    name: 'the metrics browser', path: () => url('/query'),
    open: async (page) => {
      await page.getByRole('button', { name: 'Metrics' }).click();
      await page.getByLabel('Search metrics').fill('hostile');
      await page.getByRole('button', { name: /^hostile/ }).click();
      await page.getByRole('button', { name: /^payload/ }).click();
      await page.getByLabel(payloads[0]!, { exact: true }).first().waitFor();
    },
  },
  { name: 'storage', path: () => url('/tsdb-status'), open: async (page) => { await page.getByText('Series by label pair').waitFor(); } },
];

for (const { name, path, open } of views) {
  visit(`what a target says stays text in ${name}`, {}, async ({ page }) => {
    const foreign: string[] = [];
    page.on('request', (request) => { if (!/^(http:\/\/127\.0\.0\.1|data:|blob:)/.test(request.url())) foreign.push(request.url()); });
    await page.goto(path());
    await open?.(page);
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => (window as { owned?: unknown }).owned)).toBeUndefined();
    expect(await page.locator('#root script, #root iframe, #root object, #root base, #root meta, #root link').count()).toBe(0);
    expect(foreign).toEqual([]);
  });
}
