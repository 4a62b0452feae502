import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium as playwright, type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { artefacts, chromium } from './surroundings';

// One browser and one page for all files: most of a test is otherwise a new profile that loads and compiles the interface anew.
let browser: Browser | undefined;
let shared: Profile | undefined;

/** A profile with one page. */
interface Profile { context: BrowserContext; page: Page; session: CDPSession }

async function openProfile(locale: string): Promise<Profile> {
  browser ??= await playwright.launch({
    executablePath: chromium,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const context = await browser.newContext({ locale, timezoneId: 'UTC', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  return { context, page, session: await context.newCDPSession(page) };
}

/** Empties the profile that was used before: nothing of an earlier test is on the page, in its storage or listening. */
async function emptied({ page, session }: Profile): Promise<void> {
  for (const event of ['request', 'requestfinished', 'response', 'console', 'pageerror', 'download'] as const) page.removeAllListeners(event);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.goto('about:blank');
  await session.send('Storage.clearDataForOrigin', { origin: inject('url'), storageTypes: 'local_storage,cookies' });
}

export interface View {
  width?: number;
  height?: number;
  dark?: boolean;
  locale?: string;
  /** Whether the test needs a profile that has never seen the interface, or leaves one that nobody can use again. */
  fresh?: boolean;
}

/** A page of the interface that must not complain. */
export interface Visit {
  page: Page;
  /** What the console said is an error, but a test expects: a status that the server answers on purpose, or 0 for connections that break. */
  expectStatus: (status: number) => void;
  /** Keeps a picture of the window. */
  picture: (name: string) => Promise<void>;
}

export const url = (path: string): string => inject('url') + path;

/** A test with an empty profile; it fails on any error in the console, and on any breach of the policy. */
export function visit(name: string, view: View, run: (visit: Visit) => Promise<void>): void {
  test.skipIf(inject('missing') !== '')(name, async () => {
    const isOwn = view.fresh === true || view.locale !== undefined;
    if (!isOwn && shared) await emptied(shared);
    const used = isOwn ? await openProfile(view.locale ?? 'en-US') : (shared ??= await openProfile('en-US'));
    const { page } = used;
    // After a failure nobody knows in which state it is.
    let isSound = false;
    onTestFinished(async () => {
      if (!isOwn && isSound) return;
      if (used === shared) shared = undefined;
      await used.context.close();
    });
    await page.setViewportSize({ width: view.width ?? 1280, height: view.height ?? 800 });
    await page.emulateMedia({ colorScheme: view.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
    await page.mouse.move(0, 0);
    const complaints: string[] = [];
    const expected = new Set<number>();
    page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      const status = /status of (\d+)/.exec(message.text());
      if (message.type() === 'error' && !(status ? expected.has(Number(status[1])) : expected.has(0) && message.text().includes('net::ERR_'))) complaints.push(`console: ${message.text()}`);
    });
    try {
      await run({
        page,
        expectStatus: (status) => expected.add(status),
        picture: async (file) => {
          mkdirSync(artefacts, { recursive: true });
          // Two frames: what follows the size of the window has followed it. Then as the browser is fastest, for there are many.
          await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
          const { data } = await used.session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
          writeFileSync(`${artefacts}/${file}.png`, data, 'base64');
        },
      });
      expect(complaints).toEqual([]);
      isSound = true;
    } catch (failure) {
      throw complaints.length > 0 ? new Error(`${String(failure)}\nThe page complained:\n${complaints.join('\n')}`) : failure;
    }
  });
}

/** Brings a dashboard into the node. */
export async function bring(dashboard: object): Promise<void> {
  if (inject('missing')) return;
  const answer = await fetch(url('/api/dashboards/import'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ dashboard, overwrite: true, inputs: [] }) });
  expect(answer.status, await answer.text()).toBe(200);
}

/** The address of explore with queries and parameters. */
export function explore(queries: string[], params: Record<string, string> = {}): string {
  return url('/query?' + new URLSearchParams([...queries.map((expr, i): [string, string] => [`g${i}.expr`, expr]), ...Object.entries(params)]).toString());
}

export const editor = (page: Page, letter = 'A') => page.getByRole('textbox', { name: `Query ${letter}` });
export const legendRows = (page: Page) => page.getByRole('group', { name: 'Legend' }).locator('.legend-row');
export const params = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
