/** A value with what it was before, and what was undone. */
export interface Undoable<T> { now: T; past: readonly T[]; future: readonly T[]; tag: string | null }

/** Steps that can be undone. */
export const stepsMax = 100;

export const begin = <T>(now: T): Undoable<T> => ({ now, past: [], future: [], tag: null });

/** A step; steps with one tag after each other are one, so that typing a word is undone at once. */
export function changed<T>(state: Undoable<T>, now: T, tag: string | null = null): Undoable<T> {
  if (now === state.now) return state;
  const joins = tag !== null && tag === state.tag && state.past.length > 0;
  return { now, past: joins ? state.past : [...state.past, state.now].slice(-stepsMax), future: [], tag };
}

export function undone<T>(state: Undoable<T>): Undoable<T> {
  return state.past.length === 0 ? state : { now: state.past.at(-1)!, past: state.past.slice(0, -1), future: [state.now, ...state.future], tag: null };
}

export function redone<T>(state: Undoable<T>): Undoable<T> {
  return state.future.length === 0 ? state : { now: state.future[0]!, past: [...state.past, state.now], future: state.future.slice(1), tag: null };
}
