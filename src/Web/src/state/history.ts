import { useSyncExternalStore } from 'react';

/** A query that was run. */
export interface PastQuery { expr: string; atMs: number; starred: boolean }

export const pastMax = 200;
const key = 'pleiad.history';
const listeners = new Set<() => void>();
let current: PastQuery[] | undefined;

function read(): PastQuery[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? (stored as PastQuery[]).filter((q) => typeof q?.expr === 'string') : [];
  } catch {
    return [];
  }
}

export const history = (): PastQuery[] => (current ??= read());

function write(next: PastQuery[]): void {
  current = next;
  localStorage.setItem(key, JSON.stringify(next));
  listeners.forEach((listener) => listener());
}

/** The list with a query in front: known ones move up and keep their star; the oldest without a star go first. */
export function remembered(list: PastQuery[], expr: string, atMs: number): PastQuery[] {
  const known = list.find((query) => query.expr === expr);
  const next = [{ expr, atMs, starred: known?.starred ?? false }, ...list.filter((query) => query.expr !== expr)];
  while (next.length > pastMax) {
    const oldest = next.findLastIndex((query) => !query.starred);
    next.splice(oldest < 0 ? next.length - 1 : oldest, 1);
  }
  return next;
}

export const remember = (expr: string, atMs: number): void => write(remembered(history(), expr, atMs));
export const star = (expr: string): void => write(history().map((query) => (query.expr === expr ? { ...query, starred: !query.starred } : query)));
export const forgetUnstarred = (): void => write(history().filter((query) => query.starred));

export const useHistory = (): PastQuery[] => useSyncExternalStore((listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
}, history);
