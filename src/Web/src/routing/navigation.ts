import { useCallback, useSyncExternalStore } from 'react';
import { addressOf, placeOf, type Params, type Place } from './address';

const base = (): string => new URL(document.baseURI).pathname;
const read = (): Place => placeOf(base(), location.pathname, location.search) ?? { path: '/', params: {} };

let current = read();
const listeners = new Set<() => void>();

function moved(): void {
  current = read();
  listeners.forEach((listener) => listener());
}

window.addEventListener('popstate', moved);

/** The address of a place of the interface, as a link has it. */
export const hrefOf = (path: string, params?: Params): string => addressOf(base(), path, params);

/** Goes to a place; `replace` leaves no entry for the Back button. */
export function navigate(path: string, params: Params = {}, { replace = false }: { replace?: boolean } = {}): void {
  const href = hrefOf(path, params);
  if (href === location.pathname + location.search) return;
  const elsewhere = path !== current.path;
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  moved();
  if (elsewhere) window.scrollTo(0, 0);
}

/** Where one is, and again whenever that changes. */
export const usePlace = (): Place => useSyncExternalStore((listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
}, () => current);

/** The parameters of the page, and how to change them. */
export function useAddress(): [Params, (params: Params, options?: { replace?: boolean }) => void] {
  const { path, params } = usePlace();
  const set = useCallback((next: Params, options?: { replace?: boolean }) => navigate(path, next, options), [path]);
  return [params, set];
}
