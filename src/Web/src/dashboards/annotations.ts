import type { QueryData } from '../api/types';
import type { ChartEvent } from '../charts/eventOverlay';
import { numberOf } from '../model/series';
import { legendText } from '../model/seriesName';
import { parseDuration } from '../model/duration';
import type { AnnotationQuery, Dashboard, Panel } from './dashboard';
import { colorOf } from './fields';

/** Grafana's step where an annotation names none. */
const stepDefaultMs = 60_000;
/** Events of one query drawn at most. */
export const eventsMax = 1000;

/** The queries of a dashboard's annotations, those of other sources left out. */
export const annotationQueries = (dashboard: Dashboard): AnnotationQuery[] => (dashboard.annotations?.list ?? []).filter((one) => !one.builtIn && exprOf(one) !== '');
export const exprOf = (annotation: AnnotationQuery): string => annotation.target?.expr || annotation.expr || '';
export const stepOf = (annotation: AnnotationQuery): number => parseDuration(annotation.step || annotation.target?.interval || '') || stepDefaultMs;

/** Whether a panel shows an annotation: all do, unless it names those that do, or those that do not. */
export function showsOn({ filter }: AnnotationQuery, panel: Panel): boolean {
  return !filter?.ids?.length || filter.ids.includes(panel.id) !== (filter.exclude ?? false);
}

/** The events a query found: one for each time in which a series is not zero, without a gap. */
export function eventsOf(annotation: AnnotationQuery, data: QueryData, stepMs: number): ChartEvent[] {
  if (data.resultType !== 'matrix') return [];
  const color = colorOf(annotation.iconColor, '#f2495c');
  const isTime = annotation.useValueForTime === true || annotation.useValueForTime === 'on';
  const events: ChartEvent[] = [];
  for (const { metric, values = [] } of data.result) {
    const words = { title: legendText(metric, annotation.titleFormat || annotation.name || '{{__name__}}'), text: annotation.textFormat ? legendText(metric, annotation.textFormat) : '', color };
    let last: ChartEvent | null = null;
    for (const [seconds, text] of values) {
      const value = numberOf(text);
      if (Number.isNaN(value) || value === 0) {
        last = null;
        continue;
      }
      const atMs: number = isTime ? value : seconds * 1000;
      if (last && atMs - last.toMs <= stepMs) last.toMs = atMs;
      else if (events.length < eventsMax) events.push(last = { fromMs: atMs, toMs: atMs, ...words });
    }
  }
  return events;
}
