import { useEffect, useMemo } from 'react';
import { useQueries } from '@tanstack/react-query';
import { exemplarsOf } from '../../api/running';
import { exemplarOverlay, type ExemplarMark } from '../../charts/exemplarOverlay';
import type { Overlay } from '../../charts/overlay';
import { useExploreText } from '../../i18n/explore';
import { numberOf } from '../../model/series';
import { seriesText } from '../../model/seriesName';
import type { Span } from '../../model/timeRange';
import { formatValue, type Unit } from '../../model/units';
import { formatTime } from '../../model/zone';
import { ErrorNote } from '../../parts/ErrorNote';
import { Labels } from '../../parts/Labels';
import { usePreferences } from '../../state/preferences';

/** Exemplars drawn and listed at most. */
const shownMax = 200;

/** The exemplars behind some queries: a list of them, and their marks on the chart. */
export function Exemplars({ exprs, span, unit, color, onOverlay }: { exprs: string[]; span: Span; unit: Unit; color: string; onOverlay: (overlay: Overlay | null) => void }) {
  const x = useExploreText();
  const { zone } = usePreferences();
  const answers = useQueries({ queries: exprs.map((expr) => ({ queryKey: ['exemplars', expr, span.fromMs, span.toMs], queryFn: ({ signal }: { signal: AbortSignal }) => exemplarsOf(expr, span.fromMs, span.toMs, signal), staleTime: Infinity })) });
  const stamp = answers.map((answer) => answer.dataUpdatedAt).join();
  const all = useMemo(() => answers.flatMap((answer) => answer.data?.data ?? []).flatMap((series) => series.exemplars.map((one): ExemplarMark => ({ atMs: one.timestamp * 1000, value: numberOf(one.value), labels: one.labels, seriesLabels: series.seriesLabels }))).sort((a, b) => b.atMs - a.atMs),
    // The stamp stands for all answers.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [stamp]);
  const marks = useMemo(() => all.slice(0, shownMax), [all]);
  useEffect(() => {
    onOverlay(exemplarOverlay(marks, color, unit));
    return () => onOverlay(null);
  }, [marks, color, unit, onOverlay]);
  const error = answers.find((answer) => answer.error)?.error;
  return (
    <section aria-label={x('exemplars')} style={{ padding: '4px 0 10px' }}>
      {error && <ErrorNote error={error} />}
      <div className="dim" style={{ padding: '0 14px 6px', fontSize: '0.8rem' }}>{all.length === 0 ? answers.every((answer) => answer.data) ? x('exemplars.none') : '' : all.length > shownMax ? x('exemplars.limited', { shown: shownMax, count: all.length }) : x('exemplars.count', { count: all.length })}</div>
      {marks.length > 0 && (
        <div className="scroll-x" tabIndex={0} style={{ maxHeight: 260, overflowY: 'auto' }}>
          <table className="sheet">
            <thead><tr><th scope="col">{x('exemplars.time')}</th><th scope="col" className="number">{x('exemplars.value')}</th><th scope="col">{x('exemplars.labels')}</th><th scope="col">{x('exemplars.series')}</th></tr></thead>
            <tbody>{marks.map((mark, i) => <tr key={i}><td className="tabular">{formatTime(mark.atMs, zone)}</td><td className="number">{formatValue(mark.value, unit)}</td><td><Labels labels={mark.labels} /></td><td className="mono" style={{ overflowWrap: 'anywhere' }}>{seriesText(mark.seriesLabels)}</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
