import { useEffect, useRef, useSyncExternalStore } from 'react';
import { isTyping, match, patienceMs, type Shortcut } from './sequences';

const groups = new Map<symbol, readonly Shortcut[]>();
const listeners = new Set<() => void>();
let flat: Shortcut[] = [];

function changed(): void {
  flat = [...groups.values()].flat();
  listeners.forEach((listener) => listener());
}

/** Offers shortcuts as long as the component is there. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const id = useRef(Symbol());
  useEffect(() => {
    const key = id.current;
    groups.set(key, shortcuts);
    changed();
    return () => {
      groups.delete(key);
      changed();
    };
  }, [shortcuts]);
}

/** All that are offered now. */
export const useAllShortcuts = (): Shortcut[] => useSyncExternalStore((listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
}, () => flat);

const names: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→' };

/** Listens to the keyboard; used once, by the frame of the page. */
export function useKeyboard(): void {
  useEffect(() => {
    let pressed: string[] = [];
    let last = 0;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key === 'Shift' || isTyping(event.target)) return;
      if (event.timeStamp - last > patienceMs) pressed = [];
      last = event.timeStamp;
      const key = names[event.key] ?? event.key;
      let found = match([...pressed, key], flat);
      if (found === null && pressed.length > 0) {
        pressed = [];
        found = match([key], flat);
      }
      if (found === 'begun') {
        pressed.push(key);
      } else {
        pressed = [];
        if (found) {
          event.preventDefault();
          found.run();
        }
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
