import type { Page, Request, Route } from 'playwright-core';
import { beforeAll, expect } from 'vitest';
import { seriousOf } from './axe';
import { bring, explore, legendRows, params, url, visit } from './browser';

// What the interface promises of dashboards, sentence by sentence.

const uid = 'sentences-test';
const third = (id: number) => ({ x: (id - 1) * 8, y: 0, w: 8, h: 8 });
const many = { multi: true, includeAll: true, current: { value: ['$__all'], text: ['All'] } };
const dashboard = {
  uid, title: 'Sentences', schemaVersion: 41, time: { from: 'now-5m', to: 'now' }, graphTooltip: 1,
  templating: { list: [
    { name: 'path', type: 'query', query: 'label_values(shop_requests_total, path)', ...many },
    { name: 'job', type: 'query', query: 'label_values(up, job)', current: { value: 'shop', text: 'shop' } },
    { name: 'instance', type: 'query', query: 'label_values(up{job="$job"}, instance)', ...many },
  ] },
  panels: [
    { id: 1, type: 'timeseries', title: 'Requests', gridPos: third(1), targets: [{ refId: 'A', expr: 'sum by (path) (rate(shop_requests_total{path=~"$path"}[10s]))', legendFormat: '{{path}}', interval: '1s' }], fieldConfig: { defaults: { unit: 'reqps' }, overrides: [] } },
    // There at any time, and far from each other.
    { id: 2, type: 'timeseries', title: 'Lines', gridPos: third(2), targets: [{ refId: 'A', expr: 'vector(10485760)', legendFormat: 'low', interval: '1s' }, { refId: 'B', expr: 'vector(94371840)', legendFormat: 'high', interval: '1s' }], fieldConfig: { defaults: { unit: 'bytes', min: 0 }, overrides: [] } },
    { id: 3, type: 'timeseries', title: 'Up', gridPos: third(3), targets: [{ refId: 'A', expr: 'up{instance=~"$instance"}', legendFormat: 'up', interval: '1s' }] },
    { id: 4, type: 'row', title: 'Deeper', collapsed: true, gridPos: { x: 0, y: 8, w: 24, h: 1 }, panels: [{ id: 5, type: 'stat', title: 'Inside', gridPos: { x: 0, y: 9, w: 8, h: 4 }, targets: [{ refId: 'A', expr: 'vector(7)', instant: true }] }] },
  ],
};

beforeAll(() => bring(dashboard));

const panel = (page: Page, id: number) => page.getByTestId(`panel-${id}`);
const allDrawn = async (page: Page): Promise<void> => {
  for (const id of [1, 2, 3]) await panel(page, id).locator('.small-legend button').first().waitFor();
};
/** The shop has a past of seconds only: in a long range the lines that are there at any time are drawn. */
const drawnAgain = (page: Page): Promise<void> => panel(page, 2).locator('.small-legend button').first().waitFor();
const press = async (page: Page, ...keys: string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const spanOf = (page: Page): number => Number(params(page).get('to')) - Number(params(page).get('from'));

interface Asked { expr: string; seconds: number; step: number }

/** The range queries of the page from now on. */
function rangesOf(page: Page): Asked[] {
  const asked: Asked[] = [];
  page.on('request', (request) => {
    if (!request.url().endsWith('/query_range')) return;
    const form = new URLSearchParams(request.postData() ?? '');
    asked.push({ expr: form.get('query')!, seconds: Number(form.get('end')) - Number(form.get('start')), step: Number(form.get('step')) });
  });
  return asked;
}

/** Two frames later: what follows from what has happened has followed. */
const drawn = (page: Page): Promise<unknown> => page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));

/** Waits until every query was asked, and tells whether one was asked twice. */
async function askedOnce(page: Page, asked: Asked[], queries: number): Promise<void> {
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(queries);
  await drawn(page);
  expect(new Set(asked.map((one) => one.expr)).size).toBe(queries);
  expect(asked).toHaveLength(queries);
}

/** Where the crosshair of each panel stands, as a share of its width; null where there is none. */
const crosshairs = (page: Page): Promise<(number | null)[]> => page.locator('article[data-panel] .u-over').evaluateAll((overs) => overs.map((over) => {
  const line = over.querySelector<HTMLElement>('.u-cursor-x')!;
  return line.classList.contains('u-off') ? null : (line.getBoundingClientRect().left - over.getBoundingClientRect().left) / over.clientWidth;
}));

visit('time, zoom, crosshair and keys of a dashboard: one query a panel for a new range, one line through all panels', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await allDrawn(page);
  const asked = rangesOf(page);

  // The crosshair stands at the same time in all panels, and costs nothing.
  const over = (await panel(page, 2).locator('.u-over').boundingBox())!;
  await page.mouse.move(over.x + over.width * 0.4, over.y + 40);
  await page.mouse.move(over.x + over.width * 0.5, over.y + 40);
  await expect.poll(async () => (await crosshairs(page)).map((share) => share !== null && Math.abs(share - 0.5) < 0.02)).toEqual([true, true, true]);
  const tip = panel(page, 2).locator('.chart-tip > :nth-child(2)');
  const firstAt = async (name: string): Promise<boolean> => {
    for (let y = 4; y < over.height; y += 8) {
      await page.mouse.move(over.x + over.width * 0.5, over.y + y);
      if ((await tip.textContent())?.startsWith(name)) return true;
    }
    return false;
  };
  expect(await firstAt('low')).toBe(true);
  expect(await tip.textContent()).toContain('10 MiB');
  expect(await firstAt('high')).toBe(true);
  expect(asked).toEqual([]);

  // A range that is chosen is asked for once by every panel.
  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByRole('button', { name: 'Last 6 hours' }).click();
  await askedOnce(page, asked, 4);
  for (const one of asked) expect(Math.abs(one.seconds - 6 * 3600)).toBeLessThanOrEqual(one.step);
  expect([params(page).get('from'), params(page).get('to')]).toEqual(['now-6h', 'now']);
  await page.getByRole('button', { name: /Time range/ }).click();
  await page.getByLabel('From').fill('now-1w/w');
  await page.getByLabel('To', { exact: true }).fill('now/d');
  asked.length = 0;
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(() => [params(page).get('from'), params(page).get('to')]).toEqual(['now-1w/w', 'now/d']);
  await askedOnce(page, asked, 4);
  asked.length = 0;
  await page.goBack();
  await expect.poll(() => params(page).get('from')).toBe('now-6h');
  await askedOnce(page, asked, 4);
  await drawnAgain(page);

  // Dragged: a quarter for all panels. Out again by two clicks and by keys, each time twice as long; Back is back.
  asked.length = 0;
  await page.mouse.move(over.x + over.width * 0.25, over.y + 40);
  await page.mouse.down();
  await page.mouse.move(over.x + over.width * 0.5, over.y + 50, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => params(page).get('from')).toMatch(/^\d+$/);
  const pixelMs = (6 * 3_600_000) / over.width;
  expect(Math.abs(spanOf(page) - 1.5 * 3_600_000)).toBeLessThanOrEqual(2 * pixelMs);
  await askedOnce(page, asked, 4);
  await drawnAgain(page);
  const dragged = spanOf(page);
  await page.mouse.dblclick(over.x + over.width * 0.5, over.y + 60);
  await expect.poll(() => Math.abs(spanOf(page) - 2 * dragged) <= 2).toBe(true);
  await press(page, 't', 'z');
  await expect.poll(() => Math.abs(spanOf(page) - 4 * dragged) <= 4).toBe(true);
  await page.goBack();
  await page.goBack();
  await expect.poll(() => spanOf(page)).toBe(dragged);
  const from = Number(params(page).get('from'));
  await press(page, 't', 'ArrowLeft');
  await expect.poll(() => Math.abs(from - Number(params(page).get('from')) - dragged / 2) <= 2).toBe(true);
  await press(page, 't', 'ArrowRight');
  await expect.poll(() => Math.abs(from - Number(params(page).get('from'))) <= 2).toBe(true);

  // Keys of the dashboard and of the panel that the pointer is over.
  await drawnAgain(page);
  asked.length = 0;
  await press(page, 'd', 'r');
  await askedOnce(page, asked, 4);
  await page.evaluate(() => { navigator.clipboard.writeText = (text) => { document.title = text; return Promise.resolve(); }; });
  await panel(page, 2).hover();
  await press(page, 'p', 's');
  await expect.poll(async () => new URL(await page.title(), 'http://none').searchParams.get('viewPanel')).toBe('2');
  await press(page, 'v');
  await expect.poll(() => page.locator('article[data-panel]').count()).toBe(1);
  await press(page, 'Escape');
  await drawnAgain(page);
});

visit('variables by keyboard alone, and an address that shows another browser the same', {}, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}?var-path=/cart&var-path=/gone&from=now-1m&to=now`));
  await allDrawn(page);
  // What is no longer there is told, and stays.
  await page.getByText('not found', { exact: true }).waitFor();
  const look = (value: string): Promise<string> => page.locator('.mantine-Pill-root', { hasText: value }).evaluate((pill) => getComputedStyle(pill).textDecorationLine);
  expect([await look('/gone'), await look('/cart')]).toEqual(['line-through', 'none']);
  await picture('dashboard-not-found-light');
  expect(await seriousOf(page)).toEqual([]);
  expect(params(page).getAll('var-path')).toEqual(['/cart', '/gone']);

  const asked = rangesOf(page);
  const labels: string[] = [];
  page.on('request', (request) => { if (request.url().includes('/api/v1/label/')) labels.push(request.url()); });
  const choose = async (box: string, typed: string): Promise<void> => {
    await page.getByRole('combobox', { name: box }).focus();
    await press(page, 'Control+a');
    await page.keyboard.type(typed);
    await page.getByRole('option').first().waitFor();
    await press(page, 'ArrowDown', 'Enter', 'Escape');
  };
  await choose('path', '/pa');
  await expect.poll(() => params(page).getAll('var-path')).toEqual(['/cart', '/gone', '/pay']);
  await panel(page, 1).getByRole('button', { name: '/pay' }).waitFor();
  // Only the panel with that variable asked again, and nothing else was looked up.
  expect(asked.map((one) => one.expr)).toEqual(['sum by (path) (rate(shop_requests_total{path=~"(/cart|/gone|/pay)"}[10s]))']);
  expect(labels).toEqual([]);
  await choose('path', 'All');
  await expect.poll(() => params(page).getAll('var-path')).toEqual(['$__all']);
  await expect.poll(() => panel(page, 1).locator('.small-legend button').count()).toBe(3);

  // The choices that depend on another variable follow it with one request.
  asked.length = 0;
  await choose('job', 'plei');
  await expect.poll(() => params(page).get('var-job')).toBe('pleiad');
  await expect.poll(() => asked.map((one) => one.expr)).toEqual([`up{instance=~"${new URL(page.url()).host.replaceAll('.', '\\\\.')}"}`]);
  expect(labels).toHaveLength(1);
  expect(decodeURIComponent(labels[0]!)).toContain('up{job="pleiad"}');

  // All of it is in the address: another browser shows the same.
  await choose('path', '/cart');
  await choose('path', '/pay');
  await expect.poll(() => panel(page, 1).locator('.small-legend button').count()).toBe(2);
  await panel(page, 1).getByRole('button', { name: '/pay' }).click();
  await page.getByRole('button', { name: /^Deeper/ }).click();
  await panel(page, 5).getByText('7', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^Refresh every/ }).click();
  await page.getByRole('menuitem', { name: '1h' }).click();
  await expect.poll(() => params(page).get('refresh')).toBe('1h');
  const state = async (seen: Page): Promise<unknown> => {
    await allDrawn(seen);
    await panel(seen, 5).getByText('7', { exact: true }).waitFor();
    return {
      time: await seen.getByRole('button', { name: /Time range/ }).textContent(),
      refresh: await seen.getByRole('button', { name: /^Refresh every/ }).textContent(),
      lines: await panel(seen, 1).locator('.small-legend button').evaluateAll((all) => all.map((one) => `${one.textContent} ${one.getAttribute('aria-pressed')}`)),
      job: await seen.getByRole('combobox', { name: 'job' }).inputValue(),
      chosen: await seen.locator('.mantine-Pill-label').allTextContents(),
    };
  };
  const here = await state(page);
  expect(here).toEqual({ time: 'now-1m → now', refresh: '1h', lines: ['/cart false', '/pay true'], job: 'pleiad', chosen: ['/cart', '/pay', 'All'] });
  const other = await page.context().browser()!.newContext({ locale: 'en-US', timezoneId: 'UTC' });
  try {
    const there = await other.newPage();
    await there.goto(page.url());
    expect(await state(there)).toEqual(here);
  } finally {
    await other.close();
  }
});

visit('one panel is the whole page, also at 400 pixels in the dark and in a profile that has never seen it: its line that is picked stays picked', { fresh: true, width: 400, height: 800, dark: true }, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}?var-path=/cart&var-path=/pay&from=now-1m&to=now&viewPanel=1`));
  const lines = panel(page, 1).locator('.small-legend button');
  const alone = async (): Promise<void> => {
    await expect.poll(() => lines.evaluateAll((all) => all.map((one) => `${one.textContent} ${one.getAttribute('aria-pressed')}`))).toEqual(['/cart false', '/pay true']);
    await panel(page, 1).locator('canvas').waitFor();
    expect(await page.locator('article[data-panel]').count()).toBe(1);
    const { width, height } = (await panel(page, 1).boundingBox())!;
    expect([width > 360, height > 400, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([true, true, 400]);
  };
  await expect.poll(() => lines.count()).toBe(2);
  await lines.filter({ hasText: '/pay' }).click();
  await alone();
  await page.reload();
  await alone();
  await picture('panel-alone-400-dark');
  expect(await seriousOf(page)).toEqual([]);

  await page.setViewportSize({ width: 1920, height: 1080 });
  await expect.poll(async () => (await panel(page, 1).boundingBox())!.width).toBeGreaterThan(1600);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html[data-mantine-color-scheme=light]').waitFor();
  await picture('panel-alone-1920-light');
  expect(await seriousOf(page)).toEqual([]);
  await press(page, 'Escape');
  await allDrawn(page);
  expect(params(page).has('viewPanel')).toBe(false);
});

/** What becomes of the range queries of a page. */
type Fate = 'answered' | 'failed' | 'partial' | 'held';

visit('a panel that fails keeps its picture and the others their data; who waits sees it and can give up; refreshing waits, rests and catches up', { fresh: true }, async ({ page, expectStatus, picture }) => {
  expectStatus(503);
  let fate: Fate = 'answered';
  let held: (() => void)[] = [];
  await page.route('**/api/v1/query_range', async (route: Route) => {
    const now = fate;
    const isFirst = (route.request().postData() ?? '').includes('shop_requests');
    if (now === 'held') await new Promise<void>((resolve) => held.push(resolve));
    if (now === 'failed' && isFirst) return route.fulfill({ status: 503, json: { status: 'error', errorType: 'unavailable', error: 'the shop is closed' } });
    if (now !== 'partial' || !isFirst) return route.continue().catch(() => undefined);
    const answer = await route.fetch();
    return route.fulfill({ response: answer, json: { ...(await answer.json()) as object, warnings: ['partial: no node answered for 1 of 3 shards, so series may be missing'] } });
  });
  const asked = rangesOf(page);
  let answered = 0;
  page.on('requestfinished', (request) => { if (request.url().endsWith('/query_range')) answered++; });
  await page.clock.install();
  await page.addInitScript(() => {
    const seen = window as unknown as { shifted: number };
    seen.shifted = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) seen.shifted += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(url(`/d/${uid}?refresh=1h`));
  await allDrawn(page);

  // One fails: it is dimmed and says since when, the others are as they were.
  fate = 'failed';
  await press(page, 'd', 'r');
  await panel(page, 1).getByText(/^stale since \d\d:\d\d:\d\d$/).waitFor();
  await panel(page, 1).getByRole('note', { name: 'the shop is closed' }).waitFor();
  expect(Number(await panel(page, 1).locator('canvas').evaluate((canvas) => getComputedStyle(canvas).opacity))).toBeLessThan(0.7);
  await allDrawn(page);
  for (const id of [2, 3]) expect(await panel(page, id).getByText('stale since').count()).toBe(0);
  await picture('dashboard-stale-light');
  expect(await seriousOf(page)).toEqual([]);
  fate = 'partial';
  await press(page, 'd', 'r');
  await panel(page, 1).getByText('partial: no node answered for 1 of 3 shards').waitFor();
  expect(await page.getByText('stale since').count()).toBe(0);
  expect(await page.getByText('partial:').count()).toBe(1);
  await picture('dashboard-partial-light');

  // What takes its time shows that, and is given up by Escape.
  fate = 'held';
  const aborted: Request[] = [];
  page.on('requestfailed', (request) => aborted.push(request));
  await press(page, 'd', 'r');
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(3);
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  await press(page, 'Escape');
  await expect.poll(() => aborted.length).toBe(4);
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(0);
  await allDrawn(page);
  held.forEach((go) => go());

  // The hour is over while an answer is on its way: nothing is asked. Then it is asked again; not while nobody looks, and once when somebody does.
  held = [];
  asked.length = 0;
  await press(page, 'd', 'r');
  await expect.poll(() => held.length).toBe(4);
  answered = 0;
  const ended = async (count: number): Promise<void> => {
    await expect.poll(() => answered).toBe(count);
    await drawn(page);
    expect(asked).toHaveLength(count);
  };
  await page.clock.fastForward('01:00:00');
  await page.clock.fastForward('01:00:00');
  expect(asked).toHaveLength(4);
  fate = 'answered';
  held.forEach((go) => go());
  await ended(4);
  await page.clock.fastForward('01:00:00');
  await ended(8);
  const look = (hidden: boolean): Promise<void> => page.evaluate((isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await look(true);
  await page.clock.fastForward('01:00:00');
  await page.clock.fastForward('01:00:00');
  expect(asked).toHaveLength(8);
  await look(false);
  await ended(12);
  expect(await page.evaluate(() => (window as unknown as { shifted: number }).shifted)).toBeLessThanOrEqual(0.05);

  // Explore waits for its answer too, instead of asking anew and throwing away what was on its way.
  await page.goto(explore(['vector(7)'], { refresh: '1h' }));
  await legendRows(page).first().waitFor();
  fate = 'held';
  held = [];
  answered = asked.length = 0;
  await page.clock.fastForward('01:00:00');
  await expect.poll(() => held.length).toBe(1);
  await page.clock.fastForward('01:00:00');
  await drawn(page);
  fate = 'answered';
  held.forEach((go) => go());
  await ended(1);
  await page.clock.fastForward('01:00:00');
  await ended(2);
});

visit('where there is nothing, there is a way on: the time when there was something, an import, a query', {}, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}?from=${Date.UTC(2026, 0, 1)}&to=${Date.UTC(2026, 0, 2)}`));
  await panel(page, 1).getByText('No data in this range').waitFor();
  await panel(page, 1).getByText(/Last seen about \d{4}-/).waitFor();
  await panel(page, 1).getByRole('button', { name: 'Go there' }).waitFor();
  await picture('dashboard-no-data-light');
  expect(await seriousOf(page)).toEqual([]);
  await panel(page, 1).getByRole('button', { name: 'Go there' }).click();
  await allDrawn(page);
  expect(spanOf(page)).toBe(2 * 3_600_000);

  await page.route(/\/api\/(search|folders)/, (route) => route.fulfill({ json: [] }));
  await page.goto(url('/dashboards'));
  const way = page.getByText('No dashboards yet').locator('..');
  await expect.poll(() => way.getByRole('button').allTextContents()).toEqual(['Import', 'New dashboard', 'Explore']);
  await picture('dashboards-none-light');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), way.getByRole('button', { name: 'Import' }).click()]);
  expect(chooser.isMultiple()).toBe(false);
  await way.getByRole('button', { name: 'Explore' }).click();
  await page.getByText('What would you like to know?').waitFor();
});

/** A query that takes a minute: so many values are sorted for each point, on those shards that have series of it. */
const slow = 'sum(quantile_over_time(0.5, (scrape_duration_seconds @ end() + time() % 977)[10d:1s]))';
const waits = {
  uid: 'slow-test', title: 'Slow', schemaVersion: 41, time: { from: 'now-1h', to: 'now' },
  panels: [slow, 'vector(7)'].map((expr, i) => ({ id: i + 1, type: 'timeseries', title: `Panel ${i + 1}`, gridPos: { x: i * 12, y: 0, w: 12, h: 8 }, targets: [{ refId: 'A', expr, legendFormat: 'line' }] })),
};

interface Queries { data: Record<'running' | 'recent', { query: string; state: string }[]> }
const queries = async (kind: 'running' | 'recent'): Promise<string[]> => ((await (await fetch(url('/api/v1/queries'))).json()) as Queries).data[kind].filter((one) => one.query === slow).map((one) => one.state);

visit('what is given up in the browser ends in the server', {}, async ({ page, picture }) => {
  await bring(waits);
  await page.goto(url('/d/slow-test'));
  await panel(page, 1).getByText(/^\d+ of 16 shards$/).waitFor();
  const bar = panel(page, 1).getByRole('progressbar');
  expect([await bar.getAttribute('aria-valuetext'), await bar.getAttribute('aria-valuemax')]).toEqual([expect.stringMatching(/^\d+ of 16 shards$/), '16']);
  await panel(page, 2).getByRole('button', { name: 'line' }).waitFor();
  expect(await seriousOf(page)).toEqual([]);
  await picture('dashboard-slow-light');
  await expect.poll(() => queries('running')).toEqual(['running']);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await panel(page, 1).getByText('Cancelled').waitFor();
  await expect.poll(() => queries('running')).toEqual([]);
  expect(new Set(await queries('recent'))).toEqual(new Set(['canceled']));
  expect(await panel(page, 2).getByRole('button', { name: 'line' }).count()).toBe(1);

  await page.goto(explore([slow]));
  await expect.poll(() => queries('running')).toEqual(['running']);
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  await page.getByText(/^\d+ of 16 shards$/).waitFor();
  await picture('explore-slow-light');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
  await expect.poll(() => queries('running')).toEqual([]);
  expect(new Set(await queries('recent'))).toEqual(new Set(['canceled']));
});
