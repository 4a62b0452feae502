import { expect } from 'vitest';
import { editor, explore, legendRows, params, url, visit } from './browser';

visit('a query typed and run is drawn, and is in the address', {}, async ({ page }) => {
  await page.goto(url('/'));
  await editor(page).click();
  await page.keyboard.type('sum by (code) (rate(shop_requests_total[30s]))');
  await page.keyboard.press('Escape');
  await editor(page).click();
  await page.keyboard.press('Enter');
  await legendRows(page).nth(1).waitFor();
  expect(await legendRows(page).count()).toBe(2);
  expect(params(page).get('g0.expr')).toBe('sum by (code) (rate(shop_requests_total[30s]))');
  await expect.poll(() => page.locator('.chart canvas').count()).toBe(1);
});

visit('names are completed from the server', {}, async ({ page }) => {
  await page.goto(url('/query'));
  await editor(page).click();
  await page.keyboard.type('shop_mem');
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'shop_memory_bytes' }).click();
  await expect.poll(() => editor(page).textContent()).toBe('shop_memory_bytes');
});

visit('a wrong query is underlined while one types, and the server says why in words', {}, async ({ page, expectStatus }) => {
  expectStatus(400);
  await page.goto(url('/query'));
  await editor(page).click();
  await page.keyboard.type('rate(shop_memory_bytes)');
  await page.locator('.cm-lintRange-error').first().waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run' }).click();
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain('The query is not right');
  expect(await alert.textContent()).toContain('parse error');
});

visit('choosing a range asks once for that range, and an end before the start asks for nothing', {}, async ({ page }) => {
  await page.goto(explore(['shop_memory_bytes']));
  await legendRows(page).first().waitFor();
  const asked: URLSearchParams[] = [];
  page.on('request', (request) => { if (request.url().endsWith('/query_range')) asked.push(new URLSearchParams(request.postData() ?? '')); });
  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByRole('button', { name: 'Last 6 hours' }).click();
  await expect.poll(() => asked.length).toBe(1);
  expect([params(page).get('from'), params(page).get('to')]).toEqual(['now-6h', 'now']);
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(asked[0]!.get(name)));
  expect(Math.abs(end! - start! - 6 * 3600)).toBeLessThanOrEqual(step!);

  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByLabel('From').fill('2026-11-20 10:30');
  await page.getByLabel('To', { exact: true }).fill('2026-11-20 09:00');
  await page.getByText('The end is before the beginning').waitFor();
  expect(await page.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true);
  await page.getByLabel('To', { exact: true }).fill('2026-11-20 12:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(() => params(page).get('from')).toBe(String(Date.UTC(2026, 10, 20, 10, 30)));
  await page.getByText('No data in this range').waitFor();
  expect(asked).toHaveLength(2);
  // A range that stands still may have got samples meanwhile: who asks again gets an answer.
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect.poll(() => asked.length).toBe(3);
  await page.getByRole('button', { name: 'Go there' }).click();
  await legendRows(page).first().waitFor();
});

visit('dragging over the chart zooms to that part, and Back restores the range', {}, async ({ page }) => {
  await page.goto(explore(['shop_memory_bytes'], { from: 'now-5m', to: 'now' }));
  await legendRows(page).first().waitFor();
  const box = (await page.locator('.chart .u-over').boundingBox())!;
  const before = Date.now();
  await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => params(page).get('from')).toMatch(/^\d+$/);
  const [from, to] = [Number(params(page).get('from')), Number(params(page).get('to'))];
  expect(Math.abs(to - from - 75_000)).toBeLessThan(2000);
  expect(from).toBeLessThan(before - 200_000);
  await page.goBack();
  await expect.poll(() => params(page).get('from')).toBe('now-5m');
});

visit('the legend sorts, isolates and filters, and the address keeps what is isolated', {}, async ({ page }) => {
  await page.goto(explore(['shop_stock'], { from: 'now-1m', to: 'now' }));
  await legendRows(page).nth(3).waitFor();
  await page.getByRole('button', { name: 'Sort by Max' }).click();
  await expect.poll(() => legendRows(page).first().textContent()).toContain('item-39');
  await page.getByLabel('Filter 40 lines').fill('item-7');
  await expect.poll(() => legendRows(page).count()).toBe(1);
  await legendRows(page).first().click();
  await page.getByText('Only 1 of 40 lines').waitFor();
  await page.reload();
  await page.getByText('Only 1 of 40 lines').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect.poll(() => params(page).get('only')).toBeNull();
});

visit('several queries share one chart, and their address reproduces them', {}, async ({ page }) => {
  await page.goto(explore(['shop_memory_bytes', 'sum(shop_stock)'], { from: 'now-2m', to: 'now', stack: '1' }));
  await legendRows(page).nth(1).waitFor();
  expect(await editor(page, 'B').textContent()).toBe('sum(shop_stock)');
  expect(await page.getByLabel('Stack').isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Remove query A' }).click();
  await expect.poll(() => params(page).get('g0.expr')).toBe('sum(shop_stock)');
  await expect.poll(() => legendRows(page).count()).toBe(1);
});

visit('a table has a column a label and as many rows in its file as on the screen', {}, async ({ page }) => {
  await page.goto(explore(['shop_requests_total'], { view: 'table' }));
  const table = page.getByRole('table');
  await table.waitFor();
  expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Name', 'code', 'env', 'instance', 'job', 'path', 'Value']);
  expect(await table.getByRole('row').count()).toBe(7);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString().trim().split('\r\n')).toHaveLength(7);
});

visit('a query is explained step by step, each with how many series it yields', {}, async ({ page }) => {
  await page.goto(explore(['sum by (path) (rate(shop_requests_total[30s]))'], { view: 'explain' }));
  await page.getByText('3 rows').waitFor();
  await page.getByText('6 rows').waitFor();
  await page.getByText('select range').waitFor();
});

visit('formatting is the server’s', {}, async ({ page }) => {
  await page.goto(explore(['sum(rate(shop_requests_total[30s]))by(path)']));
  await page.getByRole('button', { name: 'Format' }).click();
  await expect.poll(() => editor(page).textContent()).toContain('sum by (path) (');
});

visit('a metric is found by a few letters, narrowed by a label, and inserted', {}, async ({ page }) => {
  await page.goto(url('/query'));
  await page.getByRole('button', { name: 'Metrics' }).click();
  await page.getByLabel('Search metrics').fill('shreq');
  await page.getByRole('button', { name: /shop_requests_total/ }).click();
  await page.getByText('Requests answered.').waitFor();
  await page.getByRole('button', { name: /^path/ }).click();
  await page.getByLabel('/cart').check();
  await page.getByRole('button', { name: 'as rate' }).click();
  await expect.poll(() => params(page).get('g0.expr')).toBe('rate(shop_requests_total{path="/cart"}[5m])');
});

visit('a query that was run is in the history, and a star keeps it on top', {}, async ({ page }) => {
  await page.goto(url('/query'));
  await page.getByRole('button', { name: 'sum by (job) (up)' }).click();
  await legendRows(page).first().waitFor();
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('button', { name: 'Star', exact: true }).first().click();
  await page.getByText('Starred').waitFor();
  await page.keyboard.press('Escape');
});

visit('an unknown metric is met with its nearest names', {}, async ({ page }) => {
  await page.goto(explore(['shop_memory_byte']));
  await page.getByText('Nearest names').waitFor();
  await page.getByRole('button', { name: 'shop_memory_bytes' }).click();
  await legendRows(page).first().waitFor();
});

visit('refreshing asks again by itself and stops when it is switched off', {}, async ({ page }) => {
  let asked = 0;
  page.on('request', (request) => { if (request.url().endsWith('/query_range')) asked++; });
  await page.goto(explore(['shop_memory_bytes'], { refresh: '1s', from: 'now-1m', to: 'now' }));
  await expect.poll(() => asked, { timeout: 20_000 }).toBeGreaterThan(3);
  await page.getByRole('button', { name: /^Refresh every/ }).click();
  await page.getByRole('menuitem', { name: 'Off' }).click();
  await expect.poll(() => params(page).get('refresh')).toBeNull();
});
