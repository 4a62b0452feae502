import type { Dashboard } from '../dashboards/dashboard';
import { ApiError, baseUrl } from './client';

/** One entry of a search: a dashboard or a folder. */
export interface Found { uid: string; title: string; url: string; type: 'dash-db' | 'dash-folder'; tags: string[]; isStarred: boolean; folderUid?: string; folderTitle?: string; provisioned?: boolean }

export interface Opened { dashboard: Dashboard; meta: { folderTitle?: string; folderUid?: string; isStarred?: boolean; version?: number } }

/** What an import made of one panel. */
export interface ImportReport { ok: number; approximated: number; placeholders: number; notes: string[]; panels: { id: number; title: string; type: string; outcome: string; notes: string[] }[] }
export interface Imported { uid: string; title: string; importedUrl: string; report: ImportReport }

async function ask<T>(path: string, { signal, body }: { signal?: AbortSignal; body?: unknown } = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(new URL('api/' + path, baseUrl()), {
      ...(signal ? { signal } : {}), ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure;
    throw new ApiError('network', failure instanceof Error ? failure.message : String(failure), 0);
  }
  const text = await response.text();
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ApiError(response.ok ? 'unreadable' : 'unknown', text.slice(0, 1024) || `HTTP ${response.status}`, response.status);
  }
  if (!response.ok) throw new ApiError(response.status === 404 ? 'not_found' : 'unknown', (answer as { message?: string }).message ?? `HTTP ${response.status}`, response.status);
  return answer as T;
}

/** All that is kept. */
export const searchDashboards = (signal?: AbortSignal): Promise<Found[]> => ask('search?limit=5000', signal ? { signal } : {});
export const openDashboard = (uid: string, signal?: AbortSignal): Promise<Opened> => ask(`dashboards/uid/${encodeURIComponent(uid)}`, signal ? { signal } : {});
export const importDashboard = (dashboard: unknown, overwrite: boolean): Promise<Imported> => ask('dashboards/import', { body: { dashboard, overwrite, inputs: [] } });
