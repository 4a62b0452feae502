import { expect } from 'vitest';
import { seriousOf } from './axe';
import { explore, legendRows, params, url, visit } from './browser';

/** Every page, and by what one knows that it is there. */
const pages: { name: string; path: () => string; ready: string }[] = [
  { name: 'explore-empty', path: () => url('/query'), ready: 'What would you like to know?' },
  { name: 'explore-graph', path: () => explore(['sum by (path) (rate(shop_requests_total[30s]))', 'shop_memory_bytes / 1e8'], { from: 'now-1m', to: 'now' }), ready: 'Series' },
  { name: 'explore-table', path: () => explore(['shop_requests_total'], { view: 'table' }), ready: '6 rows' },
  { name: 'explore-json', path: () => explore(['up'], { view: 'json' }), ready: '"resultType": "vector"' },
  { name: 'explore-explain', path: () => explore(['sum by (path) (rate(shop_requests_total[30s]))'], { view: 'explain' }), ready: '3 rows' },
  { name: 'targets', path: () => url('/targets'), ready: '0 of 1 up' },
  { name: 'cluster', path: () => url('/cluster'), ready: 'This node stands by itself' },
  { name: 'dashboards', path: () => url('/dashboards'), ready: 'Import' },
  { name: 'dashboard-own', path: () => url('/d/pleiad-own?from=now-1m&to=now'), ready: 'Samples' },
  { name: 'service-discovery', path: () => url('/service-discovery'), ready: 'dropped by relabelling' },
  { name: 'storage', path: () => url('/tsdb-status'), ready: 'Series by metric' },
  { name: 'configuration', path: () => url('/config'), ready: 'scrape_interval' },
  { name: 'flags', path: () => url('/flags'), ready: 'storage.path' },
  { name: 'rules', path: () => url('/alerts'), ready: 'This node does not evaluate rules yet' },
  { name: 'status', path: () => url('/status'), ready: '3.14.0' },
];

for (const { name, path, ready } of pages) {
  visit(`${name} is legible in both themes, and follows that of the system: axe finds nothing serious, nothing is cut off`, {}, async ({ page, picture }) => {
    await page.goto(path());
    await page.getByText(ready).first().waitFor();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
      for (const [width, height] of [[1920, 1080], [400, 800], [1280, 800]] as const) {
        await page.setViewportSize({ width, height });
        await picture(`${name}-${width}-${scheme}`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `at ${width} the page is wider than its window`).toBeLessThanOrEqual(0);
      }
      expect(await seriousOf(page, scheme === 'dark'), scheme).toEqual([]);
    }
  });
}

visit('the first load of explore with a chart is at most 350 KB in gzip', { fresh: true }, async ({ page }) => {
  const assets = new Set<string>();
  page.on('response', (response) => { if (response.url().includes('/assets/') || response.request().isNavigationRequest()) assets.add(response.url()); });
  await page.goto(explore(['shop_memory_bytes']));
  await legendRows(page).first().waitFor();
  let bytes = 0;
  for (const asset of assets) {
    const answer = await fetch(asset, { headers: { 'Accept-Encoding': 'gzip' } });
    bytes += Number(answer.headers.get('content-length') ?? 0);
  }
  console.log(`first load: ${assets.size} files, ${bytes} bytes in gzip`);
  expect(assets.size).toBeGreaterThan(3);
  // None of them told its size: then nothing was measured.
  expect(bytes).toBeGreaterThan(100 * 1024);
  expect(bytes).toBeLessThanOrEqual(350 * 1024);
});

visit('targets are filtered by state and by words, and the address keeps it', {}, async ({ page }) => {
  await page.goto(url('/targets'));
  await page.getByText('0 of 1 up').first().waitFor();
  await page.getByText('connection refused').waitFor();
  await page.getByRole('button', { name: /^Down/ }).click();
  await expect.poll(() => page.locator('.target-row:not(.target-head)').count()).toBe(2);
  expect(params(page).get('health')).toBe('down');
  await page.reload();
  await page.getByText('0 of 1 up').first().waitFor();
  expect(await page.locator('.target-row:not(.target-head)').count()).toBe(2);
  await page.getByLabel('Filter by address, label or error').fill('nowhere');
  await page.getByText('Nothing matches').waitFor();
});

visit('a target’s labels before relabelling are one click away', {}, async ({ page }) => {
  await page.goto(url('/targets?filter=shop'));
  await page.getByRole('button', { name: /^Details of/ }).click();
  await page.getByText('Before relabelling').waitFor();
  await page.locator('.label', { hasText: '__scheme__' }).waitFor();
  await page.getByText('The job has no relabel_configs').waitFor();
  expect(await seriousOf(page)).toEqual([]);
  await page.getByRole('link', { name: 'Durations in Explore' }).click();
  await legendRows(page).first().waitFor();
  expect(params(page).get('g0.expr')).toContain('scrape_duration_seconds{');
});

visit('why a target was dropped is told rule by rule', {}, async ({ page, picture }) => {
  await page.goto(url('/service-discovery?which=dropped&filter=10.0.0.1'));
  await page.getByRole('button', { name: 'Why?' }).click();
  expect(await page.getByRole('region', { name: 'shop' }).count()).toBe(0);
  await page.getByText('Dropped by rule 2: drop').waitFor();
  const steps = page.getByRole('list', { name: 'Relabelling rules' }).getByRole('listitem');
  expect(await steps.count()).toBe(2);
  expect(await steps.nth(0).textContent()).toContain('host="10.0.0.1"');
  expect(await steps.nth(1).textContent()).toContain('drops the target');
  await picture('why-dropped-1280-light');
  expect(await seriousOf(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  await picture('why-dropped-1280-dark');
  expect(await seriousOf(page, true)).toEqual([]);
});

visit('where series come from is told from metric to label to value, and the address keeps the place', {}, async ({ page }) => {
  await page.goto(url('/tsdb-status'));
  const explorer = page.getByRole('region', { name: 'Cardinality' });
  const rows = explorer.getByRole('listitem');
  await explorer.getByRole('button', { name: 'hostile', exact: true }).waitFor();
  await page.goto(url('/tsdb-status?where=__name__%3Dshop_requests_total'));
  await explorer.getByText('6 series in all').waitFor();
  expect(await rows.filter({ hasText: /^path/ }).textContent()).toMatch(/^path3100\.0%0/);
  await explorer.getByRole('button', { name: 'path', exact: true }).click();
  await expect.poll(() => rows.count()).toBe(3);
  expect((await rows.allTextContents()).map((text) => text.replace(/0[\d.]+ \w+$/, ''))).toEqual(['/233.3%', '/cart233.3%', '/pay233.3%']);
  await explorer.getByRole('button', { name: '/cart', exact: true }).click();
  await explorer.getByText('2 series in all').waitFor();
  expect(params(page).get('where')).toBe('__name__=shop_requests_total');
  await page.reload();
  await explorer.getByText('2 series in all').waitFor();
  await explorer.getByRole('button', { name: 'Leave out __name__' }).click();
  await explorer.getByRole('button', { name: 'path="/cart"' }).waitFor();
  await page.goBack();
  await page.goto(url('/tsdb-status'));
  await explorer.getByLabel('Focus label').fill('till');
  await explorer.getByRole('button', { name: 'Look' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(3);
  await explorer.getByLabel('Rows').selectOption('10');
  expect([params(page).get('by'), params(page).get('limit')]).toEqual(['till', '10']);
});

visit('keys go where they say, and none fires while one types', {}, async ({ page }) => {
  await page.goto(url('/query'));
  await page.getByText('What would you like to know?').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByRole('heading', { name: 'Targets' }).waitFor();
  await page.getByLabel('Filter by address, label or error').fill('');
  await page.getByLabel('Filter by address, label or error').pressSequentially('g e?');
  expect(new URL(page.url()).pathname).toBe('/targets');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByRole('heading', { name: 'Targets' }).click();
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Zoom out').or(page.getByRole('dialog').getByText('Show the shortcuts')).first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('pleiad');
  await page.getByRole('option', { name: 'Pleiad', exact: true }).waitFor();
  expect(await seriousOf(page)).toEqual([]);
  await page.getByRole('option', { name: 'Pleiad', exact: true }).click();
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/d\/pleiad-own/);
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('shop_mem');
  await page.getByRole('option', { name: 'shop_memory_bytes' }).waitFor();
  await page.keyboard.press('Enter');
  await legendRows(page).first().waitFor();
});

visit('theme, language and zone are chosen without a reload, and kept', {}, async ({ page }) => {
  await page.goto(url('/status'));
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('menuitem', { name: 'Dark' }).click();
  await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  await page.getByRole('button', { name: 'Time zone' }).click();
  await page.getByRole('menuitem', { name: 'Asia/Seoul' }).click();
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitem', { name: '한국어' }).click();
  await page.getByRole('heading', { name: '런타임과 빌드' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: '런타임과 빌드' }).waitFor();
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
});

visit('a page that is not there says so, and the server still says 404', { }, async ({ page, expectStatus }) => {
  expectStatus(404);
  const answer = await page.goto(url('/nothere'));
  expect(answer!.status()).toBe(404);
});
