import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe { run: (options: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }> }

/**
 * What axe finds on a page that is serious or critical, in words.
 * @param coloursOnly of a page that was looked at in the other theme: nothing but colours differs.
 */
export const seriousOf = (page: Page, coloursOnly = false): Promise<string[]> => page.evaluate(async ([source, only]) => {
  const home = globalThis as { axe?: Axe };
  // The debugger's own scope: the page's policy would not let a script in.
  home.axe ??= (0, eval)(`${source}; window.axe`) as Axe;
  const { violations } = await home.axe.run({ resultTypes: ['violations'], ...(only ? { runOnly: ['color-contrast'] } : {}) });
  return violations.filter((one) => one.impact === 'serious' || one.impact === 'critical').map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`);
}, [axe, coloursOnly] as const).catch((refused: unknown) => [String(refused)]);
