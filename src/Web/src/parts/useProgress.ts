import { useQuery } from '@tanstack/react-query';
import { queriesUnderway } from '../api/running';
import { progressOf, type Progress, type Sent } from '../model/progress';

/** Milliseconds between two looks at how far queries are; all who wait share them. */
const everyMs = 500;

/** How far queries are that take long; null while nothing is known. */
export function useProgress(isSlow: boolean, sent: readonly Sent[]): Progress | null {
  const found = useQuery({ queryKey: ['progress'], queryFn: ({ signal }) => queriesUnderway(signal), enabled: isSlow, refetchInterval: everyMs, retry: false, gcTime: 0, staleTime: everyMs / 2 });
  return isSlow && found.data ? progressOf(sent, found.data) : null;
}
