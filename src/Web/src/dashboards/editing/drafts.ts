import type { Dashboard } from '../dashboard';

/** What somebody had not saved, kept in the browser against a crash. */
export interface Draft { dashboard: Dashboard; version: number; atMs: number }

/** Drafts of this many dashboards are kept; the oldest goes first. */
export const draftsMax = 20;
const prefix = 'pleiad.draft.';

export function draftOf(uid: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(prefix + uid) ?? 'null') as Draft | null;
    return draft && typeof draft.dashboard === 'object' && draft.dashboard !== null && Array.isArray(draft.dashboard.panels ?? []) ? draft : null;
  } catch {
    return null;
  }
}

export const forgetDraft = (uid: string): void => localStorage.removeItem(prefix + uid);

/** Keeps a draft; false where the browser has no room for it. */
export function keepDraft(uid: string, draft: Draft): boolean {
  try {
    const others = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== prefix + uid).map((key) => ({ key, atMs: draftOf(key.slice(prefix.length))?.atMs ?? 0 })).sort((a, b) => a.atMs - b.atMs);
    for (const { key } of others.slice(0, Math.max(0, others.length - draftsMax + 1))) localStorage.removeItem(key);
    localStorage.setItem(prefix + uid, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}
