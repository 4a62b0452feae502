import { useMemo } from 'react';
import { Heatmap } from '../../charts/Heatmap';
import { fromBuckets, fromNative, fromValues, type HeatData } from '../../charts/heatmapData';
import type { Grid } from '../../api/queries';
import { useBoard } from '../../i18n/useBoard';
import { useText } from '../../i18n/text';
import { columnOf, timesOf } from '../../model/series';
import { absoluteRange } from '../../model/timeRange';
import { guessUnit } from '../../model/units';
import { formatTime } from '../../model/zone';
import { Empty } from '../../parts/Empty';
import { usePreferences } from '../../state/preferences';
import { letterOf } from './QueryRow';
import type { Explore } from './useExplore';
import type { Result } from './useResults';

/** Each query's histograms over time: native ones, classic ones by their `le`, and counts of plain values. */
export function HeatmapView({ explore, results }: { explore: Explore; results: Result[] }) {
  const { t } = useText();
  const { zone } = usePreferences();
  const { state, span } = explore;
  const shown = results.map((result, i) => ({ result, i })).filter(({ result, i }) => result.answer && result.grid && !state.queries[i]!.hidden);
  if (shown.length === 0) return <div style={{ height: 360 }} />;
  if (shown.every(({ result }) => result.answer!.data.resultType === 'matrix' && result.answer!.data.result.length === 0)) return <Empty title={t('explore.noData')} hint={t('explore.noData.hint', { from: formatTime(span.fromMs, zone), to: formatTime(span.toMs, zone) })} />;
  return <>{shown.map(({ result, i }) => <OneHeatmap key={i} letter={shown.length > 1 ? letterOf(i) : ''} expr={state.queries[i]!.expr} result={result} grid={result.grid!} explore={explore} />)}</>;
}

function OneHeatmap({ letter, expr, result, grid, explore }: { letter: string; expr: string; result: Result; grid: Grid; explore: Explore }) {
  const b = useBoard();
  const { zone } = usePreferences();
  const { span, state, change } = explore;
  const data = useMemo<HeatData>(() => {
    const { data } = result.answer!;
    const series = data.resultType === 'matrix' ? data.result : [];
    if (series.some((one) => one.histograms)) return fromNative(series, grid);
    const columns = series.map((one) => ({ labels: one.metric, values: columnOf(one, grid) }));
    return columns.some((one) => one.labels.le !== undefined) ? fromBuckets(columns.filter((one) => one.labels.le !== undefined), timesOf(grid), true) : fromValues(columns, timesOf(grid));
  }, [result.answer, grid]);
  return (
    <div style={{ padding: '8px 8px 12px' }}>
      {letter && <b style={{ color: 'var(--accent)', paddingLeft: 8 }}>{letter}</b>}
      <Heatmap data={data} span={[span.fromMs / 1000, span.toMs / 1000]} height={360} unit={state.unit || (/_seconds/.test(expr) ? 's' : guessUnit(expr))} zone={zone} scheme="Oranges" label={b('heatmap.label', { count: data.rows.length })} onSelect={(fromMs, toMs) => change({ range: absoluteRange({ fromMs, toMs }) })} />
    </div>
  );
}
