import { useCallback, useEffect, useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { Dashboard } from '../../dashboards/dashboard';
import { useText } from '../../i18n/text';
import { useShortcuts } from '../../keyboard/useShortcuts';
import { parseDuration } from '../../model/duration';
import { absoluteRange, resolveOrDefault, shifted, zoomedOut, type Span, type TimeRange } from '../../model/timeRange';
import { useAddress } from '../../routing/navigation';
import { usePreferences } from '../../state/preferences';

/** The time of a dashboard: what the address says, else what is stored. */
export interface BoardTime {
  range: TimeRange;
  /** Milliseconds, as of the last refresh. */
  span: Span;
  /** When that was, in milliseconds. */
  ranAt: number;
  refresh: string;
  setRange: (range: TimeRange) => void;
  shift: (direction: -1 | 1) => void;
  zoomOut: () => void;
  run: () => void;
}

/** Keeps the time in the address, refreshes by itself while it can be seen, and offers the keys for it. */
export function useBoardTime(dashboard: Dashboard): BoardTime {
  const { t } = useText();
  const { zone } = usePreferences();
  const [params, setParams] = useAddress();
  const client = useQueryClient();
  const [ranAt, setRanAt] = useState(() => Date.now());
  const from = params.from ?? dashboard.time?.from ?? 'now-6h';
  const to = params.to ?? dashboard.time?.to ?? 'now';
  const refresh = params.refresh ?? (typeof dashboard.refresh === 'string' ? dashboard.refresh : '');
  const range = useMemo<TimeRange>(() => ({ from, to }), [from, to]);
  const span = useMemo(() => resolveOrDefault(range, ranAt, zone), [range, ranAt, zone]);
  const run = useCallback(() => setRanAt(Date.now()), []);
  const setRange = useCallback((next: TimeRange) => { setRanAt(Date.now()); setParams({ ...params, from: next.from, to: next.to }); }, [params, setParams]);
  const zoomOut = useCallback(() => setRange(absoluteRange(zoomedOut(span, Date.now()))), [setRange, span]);
  const shift = useCallback((direction: -1 | 1) => setRange(absoluteRange(shifted(span, direction))), [setRange, span]);

  const everyMs = parseDuration(refresh);
  useEffect(() => {
    if (everyMs === null || everyMs < 1000) return;
    // What is asked has to be answered before it is asked again.
    const tick = (): void => { if (!document.hidden && client.isFetching({ queryKey: ['panel'] }) === 0) setRanAt(Date.now()); };
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs, client]);
  useShortcuts(useMemo(() => [
    { keys: 'd r', label: t('keys.refresh'), run },
    { keys: 't z', label: t('keys.zoomOut'), run: zoomOut },
    { keys: 't a', label: t('keys.absolute'), run: () => setRange(absoluteRange(span)) },
    { keys: 't ←', label: t('keys.earlier'), run: () => shift(-1) },
    { keys: 't →', label: t('keys.later'), run: () => shift(1) },
  ], [t, run, zoomOut, shift, setRange, span]));
  return { range, span, ranAt, refresh, setRange, shift, zoomOut, run };
}
