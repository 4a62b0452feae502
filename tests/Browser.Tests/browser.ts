import { mkdirSync } from 'node:fs';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { artefacts, chromium } from './surroundings';

let browser: Browser | undefined;

/** Opens a browser for the tests of a file. */
export function useBrowser(): void {
  beforeAll(async () => {
    if (inject('missing')) return;
    browser = await playwright.launch({
      executablePath: chromium,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
  });
  afterAll(async () => { await browser?.close(); });
}

export interface View { width?: number; height?: number; dark?: boolean; locale?: string }

/** A page of the interface that must not complain. */
export interface Visit {
  page: Page;
  /** What the console said is an error, but a test expects: a status that the server answers on purpose, or 0 for connections that break. */
  expectStatus: (status: number) => void;
  /** Keeps a picture of the window. */
  picture: (name: string) => Promise<void>;
}

export const url = (path: string): string => inject('url') + path;

/** A test with a fresh profile; it fails on any error in the console, and on any breach of the policy. */
export function visit(name: string, view: View, run: (visit: Visit) => Promise<void>): void {
  test.skipIf(inject('missing') !== '')(name, async () => {
    const context: BrowserContext = await browser!.newContext({
      viewport: { width: view.width ?? 1280, height: view.height ?? 800 }, colorScheme: view.dark ? 'dark' : 'light', locale: view.locale ?? 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce',
    });
    const complaints: string[] = [];
    try {
      const expected = new Set<number>();
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
      page.on('console', (message) => {
        const status = /status of (\d+)/.exec(message.text());
        if (message.type() === 'error' && !(status ? expected.has(Number(status[1])) : expected.has(0) && message.text().includes('net::ERR_'))) complaints.push(`console: ${message.text()}`);
      });
      await run({
        page,
        expectStatus: (status) => expected.add(status),
        picture: async (file) => {
          mkdirSync(artefacts, { recursive: true });
          await page.screenshot({ path: `${artefacts}/${file}.png` });
        },
      });
      expect(complaints).toEqual([]);
    } catch (failure) {
      throw complaints.length > 0 ? new Error(`${String(failure)}\nThe page complained:\n${complaints.join('\n')}`) : failure;
    } finally {
      await context.close();
    }
  });
}

/** The address of explore with queries and parameters. */
export function explore(queries: string[], params: Record<string, string> = {}): string {
  return url('/query?' + new URLSearchParams([...queries.map((expr, i): [string, string] => [`g${i}.expr`, expr]), ...Object.entries(params)]).toString());
}

export const editor = (page: Page, letter = 'A') => page.getByRole('textbox', { name: `Query ${letter}` });
export const legendRows = (page: Page) => page.getByRole('group', { name: 'Legend' }).locator('.legend-row');
export const params = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
