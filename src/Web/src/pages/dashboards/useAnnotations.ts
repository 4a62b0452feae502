import { useMemo } from 'react';
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { rangeQuery } from '../../api/queries';
import type { ChartEvent } from '../../charts/eventOverlay';
import { annotationQueries, eventsOf, exprOf, stepOf } from '../../dashboards/annotations';
import type { AnnotationQuery, Dashboard } from '../../dashboards/dashboard';
import { filledQuery, type Chosen } from '../../dashboards/interpolate';
import { gridOf, pointsMax } from '../../model/step';
import type { Span } from '../../model/timeRange';

/** An annotation with the events it found. */
export interface FoundEvents { annotation: AnnotationQuery; events: ChartEvent[]; error: Error | null }

/** Asks for the events of a dashboard, those that are switched off left out. */
export function useAnnotations(dashboard: Dashboard, span: Span, variables: Readonly<Record<string, Chosen>> | null, isOn: (annotation: AnnotationQuery) => boolean): FoundEvents[] {
  const wanted = useMemo(() => annotationQueries(dashboard), [dashboard]);
  const asked = wanted.filter(isOn);
  const answers = useQueries({
    queries: asked.map((annotation) => {
      const stepMs = Math.max(stepOf(annotation), Math.ceil((span.toMs - span.fromMs) / pointsMax));
      const grid = gridOf(span, stepMs);
      const expr = filledQuery(exprOf(annotation), { variables: variables ?? {}, fromMs: span.fromMs, toMs: span.toMs, stepMs, scrapeMs: 15_000 });
      return {
        queryKey: ['annotation', expr, grid.startMs, grid.endMs, grid.stepMs], enabled: variables !== null, placeholderData: keepPreviousData, staleTime: Infinity, gcTime: 60_000,
        queryFn: async ({ signal }: { signal: AbortSignal }) => ({ data: (await rangeQuery(expr, grid, signal)).data, stepMs }),
      };
    }),
  });
  const stamp = answers.map((answer) => `${answer.dataUpdatedAt} ${answer.error ? 1 : 0}`).join() + JSON.stringify(asked);
  return useMemo(() => asked.map((annotation, i) => ({ annotation, events: answers[i]?.data ? eventsOf(annotation, answers[i].data.data, answers[i].data.stepMs) : [], error: answers[i]?.error ?? null })),
    // The stamp stands for all answers.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [stamp]);
}
