import { useMemo } from 'react';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { instantQuery, rangeQuery, type Grid } from '../../api/queries';
import type { Answer } from '../../api/client';
import type { QueryData } from '../../api/types';
import { parseDuration } from '../../model/duration';
import { gridOf, stepFor } from '../../model/step';
import type { Sent } from '../../model/progress';
import type { Span } from '../../model/timeRange';
import type { ExploreState } from '../../state/exploreState';

/** What became of one query. */
export interface Result {
  answer: Answer<QueryData> | undefined;
  error: Error | null;
  busy: boolean;
  /** Whether the answer is one of an earlier request. */
  stale: boolean;
  /** The grid the answer stands on; null for an instant query. */
  grid: Grid | null;
  /** What was asked of the server. */
  sent: Sent;
}

/** Steps below this say nothing that a scrape has not said. */
const stepMinMs = 1000;

/** Whether a request is one for the results of the page. */
export const isOfResults = ({ queryKey }: { queryKey: readonly unknown[] }): boolean => queryKey[0] === 'range' || queryKey[0] === 'instant';

/** Runs the queries of the page, each cancelled when it is no longer wanted. */
export function useResults(state: ExploreState, span: Span, widthPx: number): { results: Result[]; grid: Grid } {
  const wantedMs = parseDuration(state.step);
  const { fromMs, toMs } = span;
  // A point every two pixels: more cannot be told apart.
  const points = Math.max(100, Math.round(widthPx / 2 / 50) * 50);
  const grid = useMemo(() => {
    const step = wantedMs && (toMs - fromMs) / wantedMs <= 11_000 ? wantedMs : stepFor({ fromMs, toMs }, points, stepMinMs);
    return gridOf({ fromMs, toMs }, step);
  }, [fromMs, toMs, wantedMs, points]);
  const isRange = state.view === 'graph' || state.view === 'heatmap';
  const answers = useQueries({
    queries: state.queries.map((query) => ({
      queryKey: isRange ? ['range', query.expr, grid.startMs, grid.endMs, grid.stepMs] : ['instant', query.expr, toMs],
      queryFn: async ({ signal }: { signal: AbortSignal }) => (isRange ? { grid, answer: await rangeQuery(query.expr, grid, signal) } : { grid: null, answer: await instantQuery(query.expr, toMs, signal) }),
      enabled: query.expr.trim() !== '' && !query.hidden && widthPx > 0 && state.view !== 'explain',
      placeholderData: keepPreviousData,
      staleTime: Infinity,
      gcTime: 60_000,
    })),
  });
  const results = answers.map((one, i): Result => {
    const empty = state.queries[i]!.expr.trim() === '';
    // An answer of the other kind of query is no picture of this one.
    const fits = one.data && (one.data.grid !== null) === isRange && !empty;
    return { answer: fits ? one.data!.answer : undefined, grid: fits ? one.data!.grid : null, error: empty ? null : one.error, busy: one.isFetching, stale: one.isPlaceholderData, sent: { expr: state.queries[i]!.expr, ...(isRange ? grid : { startMs: toMs, endMs: toMs, stepMs: null }) } };
  });
  return { results, grid };
}
