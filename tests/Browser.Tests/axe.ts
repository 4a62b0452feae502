import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on a page that is serious or critical, in words. */
export const seriousOf = (page: Page): Promise<string[]> => page.evaluate(async (source) => {
  // The debugger's own scope: the page's policy would not let a script in.
  const run = (0, eval)(`${source}; window.axe`) as { run: (options: object) => Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }> };
  return (await run.run({ resultTypes: ['violations'] })).violations.filter((one) => one.impact === 'serious' || one.impact === 'critical').map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`);
}, axe).catch((refused: unknown) => [String(refused)]);
