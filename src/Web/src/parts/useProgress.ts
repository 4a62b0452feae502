import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { queriesUnderway } from '../api/running';
import { lookPace, progressOf, type Progress, type Sent } from '../model/progress';

/** Milliseconds for which a look is new to whoever else begins to wait; all who wait share them. */
const newMs = 250;

/** How far queries are that take long; null while nothing is known. */
export function useProgress(isSlow: boolean, sent: readonly Sent[]): Progress | null {
  const nextMs = useMemo(() => (isSlow ? lookPace() : null), [isSlow]);
  const found = useQuery({ queryKey: ['progress'], queryFn: ({ signal }) => queriesUnderway(signal), enabled: isSlow, refetchInterval: ({ state }) => nextMs?.(state.dataUpdateCount + state.errorUpdateCount) ?? false, retry: false, gcTime: 0, staleTime: newMs });
  return isSlow && found.data ? progressOf(sent, found.data) : null;
}
