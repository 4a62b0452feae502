import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Dashboard } from '../../../dashboards/dashboard';
import { draftOf, forgetDraft, keepDraft } from '../../../dashboards/editing/drafts';
import { begin, changed, redone, undone, type Undoable } from '../../../dashboards/editing/undo';

/** Milliseconds after the last change until it is kept against a crash. */
const draftAfterMs = 300;

/** A dashboard with the changes that are not saved yet. */
export interface Edits {
  dashboard: Dashboard;
  /** The version that the changes began from. */
  version: number;
  isDirty: boolean;
  canUndo: boolean;
  canRedo: boolean;
  /** When the draft that was brought back was made, and whether a newer version was saved since. */
  broughtBack: { atMs: number; isOld: boolean } | null;
  /** Whether the browser refused to keep the draft. */
  isFull: boolean;
  change: (to: Dashboard | ((now: Dashboard) => Dashboard), tag?: string) => void;
  undo: () => void;
  redo: () => void;
  /** Back to what is stored, or on to what was just saved. */
  discard: (to?: Dashboard) => void;
}

interface State { base: Dashboard; version: number; steps: Undoable<Dashboard>; broughtBack: Edits['broughtBack'] }

function opened(stored: Dashboard): State {
  const version = stored.version ?? 0;
  const draft = draftOf(stored.uid);
  if (!draft) return { base: stored, version, steps: begin(stored), broughtBack: null };
  return { base: stored, version: draft.version, steps: changed(begin(stored), draft.dashboard), broughtBack: { atMs: draft.atMs, isOld: draft.version !== version } };
}

/** Keeps what is changed and what it was before; across a crash as well. */
export function useEdits(stored: Dashboard): Edits {
  const [state, setState] = useState<State>(() => opened(stored));
  const [isFull, setIsFull] = useState(false);
  const { base, steps, version, broughtBack } = state;
  const isDirty = steps.now !== base;
  const { uid } = base;

  // What was saved, here or by another, takes the place of what is shown, unless there are changes.
  const last = useRef(stored);
  useEffect(() => {
    if (last.current === stored) return;
    last.current = stored;
    setState((now) => (now.steps.now === now.base ? { base: stored, version: stored.version ?? 0, steps: begin(stored), broughtBack: null } : now));
  }, [stored]);

  const pending = useRef<(() => void) | null>(null);
  useEffect(() => {
    if (!isDirty) {
      pending.current = null;
      forgetDraft(uid);
      return;
    }
    const keep = (): void => {
      pending.current = null;
      setIsFull(!keepDraft(uid, { dashboard: steps.now, version, atMs: Date.now() }));
    };
    pending.current = keep;
    const timer = setTimeout(keep, draftAfterMs);
    return () => clearTimeout(timer);
  }, [isDirty, steps.now, version, uid]);
  useEffect(() => {
    const now = (): void => pending.current?.();
    window.addEventListener('pagehide', now);
    return () => {
      window.removeEventListener('pagehide', now);
      now();
    };
  }, []);

  const change = useCallback((to: Dashboard | ((now: Dashboard) => Dashboard), tag?: string) => setState((now) => ({ ...now, steps: changed(now.steps, typeof to === 'function' ? to(now.steps.now) : to, tag ?? null) })), []);
  const undo = useCallback(() => setState((now) => ({ ...now, steps: undone(now.steps) })), []);
  const redo = useCallback(() => setState((now) => ({ ...now, steps: redone(now.steps) })), []);
  const discard = useCallback((to?: Dashboard) => {
    pending.current = null;
    if (to) last.current = to;
    forgetDraft(last.current.uid);
    setState({ base: last.current, version: last.current.version ?? 0, steps: begin(last.current), broughtBack: null });
  }, []);
  return useMemo(() => ({
    dashboard: steps.now, version, isDirty, canUndo: steps.past.length > 0, canRedo: steps.future.length > 0, broughtBack: isDirty ? broughtBack : null, isFull, change, undo, redo, discard,
  }), [steps, version, isDirty, broughtBack, isFull, change, undo, redo, discard]);
}
