import type { Dashboard } from '../dashboards/dashboard';
import { ApiError, baseUrl } from './client';

/** One entry of a search: a dashboard or a folder. */
export interface Found { uid: string; title: string; url: string; type: 'dash-db' | 'dash-folder'; tags: string[]; isStarred: boolean; folderUid?: string; folderTitle?: string; provisioned?: boolean; version?: number }

export interface Opened { dashboard: Dashboard; meta: { folderTitle?: string; folderUid?: string; isStarred?: boolean; version?: number; canSave?: boolean; canDelete?: boolean; provisioned?: boolean } }

export interface Saved { uid: string; url: string; version: number }
export interface Version { version: number; created: string; message: string; restoredFrom: number }
export interface Folder { uid: string; title: string; managedBy?: string }

/** What an import made of one panel. */
export interface ImportReport { ok: number; approximated: number; placeholders: number; notes: string[]; panels: { id: number; title: string; type: string; outcome: string; notes: string[] }[] }
export interface Imported { uid: string; title: string; importedUrl: string; report: ImportReport }

interface Ask { signal?: AbortSignal; body?: unknown; method?: string }

async function ask<T>(path: string, { signal, body, method }: Ask = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(new URL('api/' + path, baseUrl()), {
      ...(signal ? { signal } : {}), ...(method ? { method } : {}), ...(body === undefined ? {} : { method: method ?? 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
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
/** The newest version of a dashboard; null where it is gone. */
export const newestVersion = async (uid: string, signal: AbortSignal): Promise<number | null> => (await ask<Found[]>(`search?type=dash-db&dashboardUIDs=${encodeURIComponent(uid)}`, { signal }))[0]?.version ?? null;
/** One dashboard as it is stored: the number that old clients ask for is no part of it. */
export async function openDashboard(uid: string, signal?: AbortSignal): Promise<Opened> {
  const { dashboard, meta } = await ask<Opened>(`dashboards/uid/${encodeURIComponent(uid)}`, signal ? { signal } : {});
  const { id: _, ...stored } = dashboard as Dashboard & { id?: number };
  return { dashboard: stored, meta };
}
export const importDashboard = (dashboard: unknown, overwrite: boolean): Promise<Imported> => ask('dashboards/import', { body: { dashboard, overwrite, inputs: [] } });

const pathOf = (uid: string): string => `dashboards/uid/${encodeURIComponent(uid)}`;

/** Saves a dashboard; refused with status 412 where its `version` is not the newest, unless it overwrites. */
export const saveDashboard = (body: { dashboard: object; folderUid?: string | undefined; message: string; overwrite: boolean }): Promise<Saved> => ask('dashboards/db', { body });
export const deleteDashboard = (uid: string): Promise<{ title: string }> => ask(pathOf(uid), { method: 'DELETE' });
export const versionsOf = (uid: string, signal?: AbortSignal): Promise<{ versions: Version[] }> => ask(`${pathOf(uid)}/versions`, signal ? { signal } : {});
export const versionOf = (uid: string, version: number, signal?: AbortSignal): Promise<Version & { data: Dashboard }> => ask(`${pathOf(uid)}/versions/${version}`, signal ? { signal } : {});
export const restoreVersion = (uid: string, version: number): Promise<Saved> => ask(`${pathOf(uid)}/restore`, { body: { version } });
/** The address of a dashboard as a file, exactly as it is stored. */
export const exportUrl = (uid: string): string => new URL(`api/${pathOf(uid)}/export`, baseUrl()).href;
export const setStar = (uid: string, starred: boolean): Promise<unknown> => ask(`user/stars/dashboard/uid/${encodeURIComponent(uid)}`, starred ? { body: {} } : { method: 'DELETE' });
export const allFolders = (signal?: AbortSignal): Promise<Folder[]> => ask('folders', signal ? { signal } : {});
export const createFolder = (title: string): Promise<Folder> => ask('folders', { body: { title } });
export const deleteFolder = (uid: string): Promise<unknown> => ask(`folders/${encodeURIComponent(uid)}`, { method: 'DELETE' });
