import { beforeAll, expect } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousOf } from './axe';
import { bring, explore, legendRows, params, url, visit } from './browser';

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
    json.data.running.unshift({ id: '999999999', query: 'sum({__name__=~".+"})', state: 'running', startedAt: new Date().toISOString(), elapsedSeconds: 12.5, samplesHeld: 1000, samplesPeak: 2000, start: 0, end: 1, step: 1 });
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

beforeAll(() => bring(annotated));

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
  const downloaded = async (name: string): Promise<Buffer> => {
    const [file] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name }).click()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  expect((await downloaded(`Download CSV (${points} rows)`)).toString().trim().split('\r\n')).toHaveLength(points + 1);
  const drawn = await downloaded('Download picture (PNG)');
  expect(drawn.subarray(1, 4).toString()).toBe('PNG');
  // The size of the picture, as a PNG begins: more than the chart alone.
  const chart = (await page.getByTestId('panel-1').locator('canvas').boundingBox())!;
  expect(drawn.readUInt32BE(16)).toBeGreaterThan(chart.width);
  expect(drawn.readUInt32BE(20)).toBeGreaterThan(chart.height);
});
