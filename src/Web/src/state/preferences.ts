import { useSyncExternalStore } from 'react';

/** What one person likes, kept in the browser. */
export interface Preferences {
  language: 'en' | 'ko';
  /** A zone of model/zone.ts. */
  zone: string;
  narrowNavigation: boolean;
}

const key = 'pleiad.preferences';
const listeners = new Set<() => void>();

const defaults = (): Preferences => ({ language: navigator.language.startsWith('ko') ? 'ko' : 'en', zone: 'browser', narrowNavigation: false });

function read(): Preferences {
  try {
    return { ...defaults(), ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>) };
  } catch {
    return defaults();
  }
}

let stored: Preferences | undefined;
let shown: Preferences | undefined;
let suggested: string | null = null;

const kept = (): Preferences => (stored ??= read());

/** What holds now: what is kept, in the zone of what is looked at where nobody has chosen one. */
export const preferences = (): Preferences => (shown ??= suggested && kept().zone === 'browser' ? { ...kept(), zone: suggested } : kept());

function changed(): void {
  shown = undefined;
  listeners.forEach((listener) => listener());
}

export function setPreferences(change: Partial<Preferences>): void {
  stored = { ...kept(), ...change };
  // Who chooses a zone means it, whatever a dashboard says.
  if (change.zone !== undefined) suggested = null;
  localStorage.setItem(key, JSON.stringify(stored));
  changed();
}

/** The zone that something asks to be read in; null: none. */
export function suggestZone(zone: string | null): void {
  if (zone === suggested) return;
  suggested = zone;
  changed();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The preferences, and again whenever they change. */
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences);
