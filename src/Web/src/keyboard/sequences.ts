/** Keys one after the other, like `g e`. A single key is a sequence of one. */
export interface Shortcut { keys: string; label: string; run: () => void }

/** Milliseconds after which a begun sequence is forgotten. */
export const patienceMs = 1200;

/** What the keys so far amount to: a shortcut, the beginning of one, or nothing. */
export function match(pressed: string[], all: readonly Shortcut[]): Shortcut | 'begun' | null {
  const text = pressed.join(' ');
  const whole = all.find((shortcut) => shortcut.keys === text);
  if (whole) return whole;
  return all.some((shortcut) => shortcut.keys.startsWith(text + ' ')) ? 'begun' : null;
}

/** Whether somebody is typing there, so that letters are text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('.cm-editor, [role=listbox], [role=dialog]') !== null);
}
