import type { ActiveTarget } from '../api/types';

export type Health = ActiveTarget['health'];
export interface Pool { name: string; targets: ActiveTarget[]; up: number }

/** Targets by job: those with something wrong first within each. */
export function poolsOf(targets: readonly ActiveTarget[]): Pool[] {
  const pools = new Map<string, ActiveTarget[]>();
  for (const target of targets) {
    const pool = pools.get(target.scrapePool);
    if (pool) pool.push(target);
    else pools.set(target.scrapePool, [target]);
  }
  const rank: Record<Health, number> = { down: 0, unknown: 1, up: 2 };
  return [...pools].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([name, list]) => ({
    name,
    targets: list.sort((a, b) => rank[a.health] - rank[b.health] || a.scrapeUrl.localeCompare(b.scrapeUrl, 'en', { numeric: true })),
    up: list.filter((target) => target.health === 'up').length,
  }));
}

/** Whether a target is looked for: every word somewhere in its address, labels, job or error. */
export function isWanted(target: ActiveTarget, typed: string, health: Health | ''): boolean {
  if (health && target.health !== health) return false;
  const text = `${target.scrapePool} ${target.scrapeUrl} ${target.lastError} ${Object.entries(target.labels).map(([name, value]) => `${name}=${value}`).join(' ')}`.toLowerCase();
  return typed.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The address of a link, or nothing where following it could run something. */
export function safeUrl(text: string): string | undefined {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
