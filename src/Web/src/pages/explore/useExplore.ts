import { useCallback, useEffect, useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { parseDuration } from '../../model/duration';
import { absoluteRange, resolveOrDefault, shifted, zoomedOut, type Span, type TimeRange } from '../../model/timeRange';
import { useAddress } from '../../routing/navigation';
import { readExplore, writeExplore, type ExploreState } from '../../state/exploreState';
import { usePreferences } from '../../state/preferences';
import { isOfResults } from './useResults';

export interface Explore {
  state: ExploreState;
  /** Changes the address; `replace` leaves no entry for the Back button. */
  change: (part: Partial<ExploreState>, options?: { replace?: boolean }) => void;
  /** The range as it was when the queries last ran, in milliseconds. */
  span: Span;
  /** Runs again, with "now" as it is now. */
  run: () => void;
  shift: (direction: -1 | 1) => void;
  zoomOut: () => void;
}

/** The state of the page, which is its address, and the moment its queries ran. */
export function useExplore(): Explore {
  const [params, setParams] = useAddress();
  const { zone } = usePreferences();
  const client = useQueryClient();
  const [ranAt, setRanAt] = useState(() => Date.now());
  const state = useMemo(() => readExplore(params), [params]);
  const { from, to } = state.range;
  const span = useMemo(() => resolveOrDefault({ from, to }, ranAt, zone), [from, to, ranAt, zone]);
  const change = useCallback((part: Partial<ExploreState>, options?: { replace?: boolean }) => {
    if (part.range) setRanAt(Date.now());
    setParams(writeExplore({ ...readExplore(params), ...part }), options);
  }, [params, setParams]);
  const run = useCallback(() => setRanAt(Date.now()), []);
  const setRange = useCallback((range: TimeRange) => change({ range }), [change]);

  const everyMs = parseDuration(state.refresh);
  useEffect(() => {
    if (everyMs === null || everyMs < 1000) return;
    // What is asked has to be answered before it is asked again.
    const tick = (): void => { if (!document.hidden && client.isFetching({ predicate: isOfResults }) === 0) setRanAt(Date.now()); };
    const timer = setInterval(tick, everyMs);
    // Once at once on coming back: what is shown is old.
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs, client]);

  return {
    state, change, span, run,
    shift: useCallback((direction) => setRange(absoluteRange(shifted(span, direction))), [setRange, span]),
    zoomOut: useCallback(() => setRange(absoluteRange(zoomedOut(span, Date.now()))), [setRange, span]),
  };
}
