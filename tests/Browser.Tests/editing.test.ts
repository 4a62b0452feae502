import { beforeEach, expect, inject } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousOf } from './axe';
import { params, url, visit } from './browser';

const uid = 'editing-test';
const panel = (page: Page, id: number | string) => page.getByTestId(`panel-${id}`);

/** What nobody here knows stands at every level: it has to come out again as it went in. */
const dashboard = {
  uid, title: 'Edit me', schemaVersion: 43, tags: ['edit'], time: { from: 'now-1m', to: 'now' }, somebodyElses: { deep: [1, { x: null }] },
  templating: { list: [] }, annotations: { list: [] },
  panels: [
    { id: 1, type: 'stat', title: 'Memory', gridPos: { x: 0, y: 0, w: 8, h: 5, static: false }, unknownKey: [{ a: 1 }], datasource: null, targets: [{ refId: 'A', expr: 'shop_memory_bytes', instant: true, unknownToo: 7 }], fieldConfig: { defaults: { unit: 'bytes', custom: { fancy: true } }, overrides: [] } },
    { id: 2, type: 'stat', title: 'Open', gridPos: { x: 8, y: 0, w: 8, h: 5 }, targets: [{ refId: 'A', expr: 'sum(shop_open)', instant: true }] },
    { id: 3, type: 'somebody-elses-panel', title: 'Unknown', gridPos: { x: 16, y: 0, w: 8, h: 5 }, options: { keep: ['me'] } },
    { id: 4, type: 'row', title: 'Below', collapsed: false, gridPos: { x: 0, y: 5, w: 24, h: 1 }, panels: [] },
    { id: 5, type: 'stat', title: 'In the row', gridPos: { x: 0, y: 6, w: 8, h: 4 }, targets: [{ refId: 'A', expr: 'count(shop_stock)', instant: true }] },
  ],
};

const ask = async (path: string, body?: unknown, method?: string): Promise<{ status: number; json: unknown }> => {
  const answer = await fetch(url(path), body === undefined ? { method: method ?? 'GET' } : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, json: await answer.json() };
};
type Stored = typeof dashboard & { version: number };
const exported = async (): Promise<Stored> => (await ask(`/api/dashboards/uid/${uid}/export`)).json as Stored;

beforeEach(async () => {
  if (inject('missing')) return;
  await ask(`/api/dashboards/uid/${uid}`, undefined, 'DELETE');
  expect((await ask('/api/dashboards/db', { dashboard, overwrite: true, message: 'first' })).status).toBe(200);
});

const save = async (page: Page, message = ''): Promise<void> => {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByLabel('What has changed?').fill(message);
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

visit('a panel is edited with a live preview, saved, and nothing else of the JSON changes', {}, async ({ page }) => {
  const before = await exported();
  await page.goto(url(`/d/${uid}?edit=1&editPanel=1`));
  await page.getByTestId('panel-editor').waitFor();
  await page.getByLabel('Title', { exact: true }).fill('Memory of the shop');
  await panel(page, 1).getByText('Memory of the shop').waitFor();
  await page.getByLabel('Unit').fill('decbytes');
  await panel(page, 1).getByText('MB', { exact: false }).waitFor();
  await page.getByLabel('Decimals').fill('3');
  await panel(page, 1).getByText(/\d\.\d{3} MB/).waitFor();
  await page.getByRole('textbox', { name: 'Query A' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('shop_memory_bytes * 0 + 5e6');
  await page.keyboard.press('Control+Enter');
  await panel(page, 1).getByText('5.000 MB').waitFor();
  await page.getByRole('button', { name: 'Back to the dashboard' }).click();
  await save(page, 'unit and title');
  await expect.poll(async () => (await exported()).panels[0]!.title).toBe('Memory of the shop');
  const after = await exported();
  const expected = structuredClone(before);
  Object.assign(expected.panels[0]!, { title: 'Memory of the shop' });
  Object.assign(expected.panels[0]!.targets![0]!, { expr: 'shop_memory_bytes * 0 + 5e6' });
  Object.assign(expected.panels[0]!.fieldConfig!.defaults, { unit: 'decbytes', decimals: 3 });
  expect(JSON.stringify({ ...after, version: 0 })).toBe(JSON.stringify({ ...expected, version: 0 }));
});

visit('panels are moved and resized by the pointer and by the keyboard; what is below makes room', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}?edit=1`));
  const grip = page.getByRole('button', { name: /^Move Memory/ });
  await grip.waitFor();
  const [from, to] = [(await grip.boundingBox())!, (await panel(page, 3).boundingBox())!];
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 12, from.y + 8, { steps: 8 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await panel(page, 1).boundingBox())!.x)).toBeGreaterThan(to.x - 30);
  const corner = page.getByRole('separator', { name: 'Resize Open' });
  const at = (await corner.boundingBox())!;
  await page.mouse.move(at.x + 8, at.y + 8);
  await page.mouse.down();
  await page.mouse.move(at.x + 8, at.y + 8 + 3 * 38, { steps: 6 });
  await page.mouse.up();
  await page.getByRole('button', { name: /^Move In the row/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await save(page);
  await expect.poll(async () => (await exported()).panels[1]!.gridPos.h).toBe(8);
  const places = Object.fromEntries((await exported()).panels.map(({ id, gridPos }) => [id, gridPos]));
  expect(places[1]!.x).toBe(16);
  expect(places[1]).toMatchObject({ static: false });
  expect(places[4]!.y).toBe(Math.max(...[1, 2, 3].map((id) => places[id]!.y + places[id]!.h)));
  expect(places[5]).toEqual({ x: 1, y: places[4]!.y + 1, w: 9, h: 4 });
});

visit('a panel is dragged into another row, open or folded', { height: 1000 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}?edit=1`));
  const drag = async (name: string, row: string): Promise<void> => {
    const grip = (await page.getByRole('button', { name: `Move ${name}` }).boundingBox())!;
    const to = (await page.getByRole('button', { name: row, exact: false }).first().boundingBox())!;
    await page.mouse.move(grip.x + 5, grip.y + 5);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + to.height / 2, { steps: 6 });
    await page.locator('section[data-drop]').waitFor();
    await page.mouse.up();
  };
  const below = page.getByRole('region', { name: 'Below' });
  await panel(page, 2).waitFor();
  await drag('Open', 'Below');
  await below.getByTestId('panel-2').waitFor();
  await below.getByRole('button', { name: 'Below', exact: true }).click();
  await below.getByTestId('panel-5').waitFor({ state: 'detached' });
  await drag('Memory', 'Below');
  await panel(page, 1).waitFor({ state: 'detached' });
  await below.getByRole('button', { name: /^Below/ }).first().click();
  await below.getByTestId('panel-1').waitFor();
  expect(await page.locator('section[data-drop]').count()).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => below.getByTestId('panel-1').count()).toBe(0);
  await panel(page, 1).waitFor();
});

visit('panels are added, duplicated and removed; undo goes back and redo forth', { height: 1100 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}?edit=1`));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: 'timeseries' }).click();
  await page.getByTestId('panel-editor').waitFor();
  await page.getByRole('textbox', { name: 'Query A' }).click();
  await page.keyboard.type('sum(shop_stock)');
  await page.keyboard.press('Control+Enter');
  await panel(page, 6).locator('canvas').waitFor();
  await page.getByRole('button', { name: 'Back to the dashboard' }).click();
  await panel(page, 1).getByRole('button', { name: 'Menu of Memory' }).click();
  // The menu that closes is still there for a moment beside the one that opens.
  await page.getByRole('menu', { name: 'Menu of Memory' }).getByRole('menuitem', { name: 'Duplicate' }).click();
  await panel(page, 7).waitFor();
  await panel(page, 2).getByRole('button', { name: 'Menu of Open' }).click();
  await page.getByRole('menu', { name: 'Menu of Open' }).getByRole('menuitem', { name: 'Remove' }).click();
  await panel(page, 2).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel(page, 2).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel(page, 7).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Redo' }).click();
  await panel(page, 7).waitFor();
  await save(page, 'two more');
  await expect.poll(async () => (await exported()).panels.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

visit('two who save at once lose nothing: reload, copy and overwrite are offered in words', {}, async ({ page, expectStatus, picture }) => {
  expectStatus(412);
  const change = async (title: string): Promise<void> => {
    await page.goto(url(`/d/${uid}?edit=1&editPanel=2`));
    await page.getByLabel('Title', { exact: true }).fill(title);
    const stored = (await ask(`/api/dashboards/uid/${uid}`)).json as { dashboard: Stored };
    expect((await ask('/api/dashboards/db', { dashboard: { ...stored.dashboard, description: `theirs before ${title}` }, message: 'theirs' })).status).toBe(200);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').getByText('Someone else has saved this dashboard meanwhile').waitFor();
  };
  await change('mine, copied');
  await picture('conflict-1280-light');
  await page.getByRole('button', { name: 'Save mine as a copy' }).click();
  await page.getByRole('heading', { name: 'Edit me (copy)' }).waitFor();
  await panel(page, 2).getByText('mine, copied').waitFor();
  expect((await exported()).panels[1]!.title).toBe('Open');

  await change('mine, dropped');
  await page.getByRole('button', { name: 'Load theirs, drop mine' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.getByLabel('Title', { exact: true }).inputValue()).toBe('Open');

  await change('mine, kept');
  await page.getByRole('button', { name: 'Overwrite theirs' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(async () => (await exported()).panels[1]!.title).toBe('mine, kept');
});

visit('what was not saved survives a crash, and can be dropped', { fresh: true }, async ({ page }) => {
  await page.goto(url(`/d/${uid}?edit=1&editPanel=2`));
  await page.getByLabel('Title', { exact: true }).fill('Not saved yet');
  await page.waitForFunction((key) => localStorage.getItem(key)?.includes('Not saved yet'), `pleiad.draft.${uid}`);
  // Nothing is run on the way out: as if the browser had been killed.
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  const again = await page.context().newPage();
  await again.goto(url(`/d/${uid}`));
  await panel(again, 2).getByText('Not saved yet').waitFor();
  await again.getByText(/Unsaved changes of .* were brought back/).waitFor();
  expect((await exported()).panels[1]!.title).toBe('Open');
  await again.getByRole('button', { name: 'Discard changes' }).click();
  await panel(again, 2).getByText('Open', { exact: true }).waitFor();
  await again.reload();
  await panel(again, 2).getByText('Open', { exact: true }).waitFor();
});

visit('versions are compared and restored', {}, async ({ page, picture }) => {
  await page.goto(url(`/d/${uid}?edit=1&editPanel=2`));
  await page.getByLabel('Title', { exact: true }).fill('Second title');
  await save(page, 'a second title');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Versions' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('a second title').waitFor();
  await dialog.getByRole('button', { name: 'Compare with now' }).first().click();
  await dialog.locator('[data-kind=removed]', { hasText: '"title": "Open"' }).waitFor();
  await dialog.locator('[data-kind=added]', { hasText: '"title": "Second title"' }).waitFor();
  await picture('versions-1280-light');
  expect(await seriousOf(page)).toEqual([]);
  await dialog.getByRole('button', { name: /^Restore version/ }).first().click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.getByLabel('Title', { exact: true }).inputValue()).toBe('Open');
  expect((await exported()).panels[1]!.title).toBe('Open');
});

visit('the JSON can be changed by hand; what is no dashboard is refused in words', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}?edit=1`));
  await page.getByRole('button', { name: 'JSON' }).click();
  const box = page.getByLabel('JSON of the dashboard');
  const text = await box.inputValue();
  await box.fill(text.slice(0, -4));
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('alert').getByText('This is not a dashboard').waitFor();
  await box.fill('{"title": "x", "panels": {}}');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('alert').getByText('panels must be a list').waitFor();
  await box.fill(text.replace('"title": "Memory"', '"title": "By hand"'));
  await page.getByRole('button', { name: 'Apply' }).click();
  await panel(page, 1).getByText('By hand').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

visit('a new dashboard is made in a folder, with tags and a variable, starred, found and deleted', { height: 1000 }, async ({ page, expectStatus }) => {
  expectStatus(404);
  await page.goto(url('/dashboards'));
  await page.getByRole('button', { name: 'New folder' }).click();
  await page.getByLabel('Name of the folder').fill('Shop floor');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('region', { name: 'Shop floor' }).waitFor();
  await page.getByRole('button', { name: 'New dashboard' }).click();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Title', { exact: true }).fill('Made here');
  await page.getByLabel('Tags, with commas between').fill('fresh, shop');
  await page.getByLabel('Tags, with commas between').press('Enter');
  await page.getByText('Variables', { exact: true }).click();
  await page.getByRole('button', { name: 'Add variable' }).click();
  await page.getByLabel('Name', { exact: true }).fill('till');
  await page.getByLabel('Query or values').fill('label_values(shop_open, till)');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'till' }).waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByLabel('Folder').selectOption({ label: 'Shop floor' });
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/d\/[^/]+\/made-here$/);
  await page.getByRole('button', { name: 'Star', exact: true }).click();
  await page.getByRole('button', { name: 'Take the star away' }).waitFor();
  await page.goto(url('/dashboards'));
  await page.getByLabel('Starred only').check();
  await page.getByRole('region', { name: 'Shop floor' }).getByRole('link', { name: 'Made here' }).waitFor();
  await page.getByRole('button', { name: 'Tag fresh' }).click();
  expect(params(page).get('tag')).toBe('fresh');
  expect(await page.getByRole('link', { name: 'Edit me' }).count()).toBe(0);
  await page.getByRole('link', { name: 'Made here' }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByText('Delete “Made here”?').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => new URL(page.url()).pathname).toBe('/dashboards');
  await page.getByRole('button', { name: 'Delete the folder Shop floor' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('region', { name: 'Shop floor' }).waitFor({ state: 'detached' });
});

visit('thresholds, overrides, mappings, transformations and links are edited and seen at once', { height: 1400 }, async ({ page }) => {
  await page.goto(url(`/d/${uid}?edit=1&editPanel=2`));
  await page.getByText('Value mappings').click();
  await page.getByRole('button', { name: 'Add range' }).click();
  await page.getByLabel('Text of mapping 1').fill('within');
  await panel(page, 2).getByText('within').waitFor();
  await page.getByRole('button', { name: 'Remove 0–100' }).click();
  await page.getByText('Overrides', { exact: true }).click();
  await page.getByRole('button', { name: 'Add override' }).click();
  await page.getByLabel('Which').fill('sum(shop_open)');
  await page.getByLabel('Add property').selectOption('unit');
  await page.getByLabel('Value of unit').fill('tills');
  await panel(page, 2).getByText(/\d tills/).waitFor();
  await page.getByText('Thresholds', { exact: true }).click();
  await page.getByRole('button', { name: 'Add threshold' }).click();
  await page.getByLabel('From 2').fill('-1');
  await page.getByText('Data links').click();
  await page.getByRole('button', { name: 'Add link' }).click();
  await page.getByLabel('Address of link 1').fill('/d/editing-test?v=${__value.raw}');
  await panel(page, 2).getByRole('link', { name: /tills/ }).waitFor();
  await page.getByText('Transformations', { exact: true }).click();
  await page.getByLabel('Add transformation').selectOption('reduce');
  await page.getByLabel('Options of reduce').fill('{"reducers": ["count"]}');
  await panel(page, 2).getByText('1', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove reduce' }).click();
  await panel(page, 2).getByRole('link', { name: /tills/ }).waitFor();
});

visit('a panel is viewed alone by its key and left by Escape', {}, async ({ page }) => {
  await page.goto(url(`/d/${uid}`));
  await panel(page, 1).hover();
  await page.keyboard.press('v');
  await expect.poll(() => params(page).get('viewPanel')).toBe('1');
  expect((await panel(page, 1).boundingBox())!.height).toBeGreaterThan(400);
  await page.keyboard.press('Escape');
  await panel(page, 5).waitFor();
  await panel(page, 2).hover();
  await page.keyboard.press('e');
  await page.getByTestId('panel-editor').waitFor();
});

visit('editing is legible in both themes and at any width: axe finds nothing serious', {}, async ({ page, picture }) => {
  const inBoth = async (run: (scheme: 'light' | 'dark') => Promise<void>): Promise<void> => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor();
      await run(scheme);
    }
  };
  for (const [name, path, ready] of [['edit', `/d/${uid}?edit=1`, 'Settings'], ['panel-editor', `/d/${uid}?edit=1&editPanel=1`, 'Add query']] as const) {
    await page.goto(url(path));
    await page.getByRole('button', { name: ready }).waitFor();
    await panel(page, 1).getByText('MiB', { exact: false }).waitFor();
    await inBoth(async (scheme) => {
      for (const [width, height] of [[1920, 1080], [400, 900], [1280, 900]] as const) {
        await page.setViewportSize({ width, height });
        await picture(`${name}-${width}-${scheme}`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${name} at ${width}`).toBeLessThanOrEqual(0);
      }
      expect(await seriousOf(page, scheme === 'dark'), name).toEqual([]);
    });
  }
  await page.goto(url(`/d/${uid}?edit=1`));
  await page.getByRole('button', { name: 'Settings' }).click();
  for (const tab of ['General', 'Variables', 'Annotations', 'Links', 'JSON']) {
    await page.getByRole('dialog').getByText(tab, { exact: true }).click();
    await inBoth(async (scheme) => {
      await picture(`settings-${tab.toLowerCase()}-1280-${scheme}`);
      expect(await seriousOf(page, scheme === 'dark'), tab).toEqual([]);
    });
  }
});
