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

let current: Preferences | undefined;

export const preferences = (): Preferences => (current ??= read());

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...preferences(), ...change };
  localStorage.setItem(key, JSON.stringify(current));
  listeners.forEach((listener) => listener());
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The preferences, and again whenever they change. */
export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences);
