import { lazy, Suspense, useMemo, useState } from 'react';
import { Button, NativeSelect, Switch, TextInput, useComputedColorScheme } from '@mantine/core';
import type { Grid } from '../../api/queries';
import { LegendTable } from '../../charts/LegendTable';
import type { Overlay } from '../../charts/overlay';
import type { LineStyle } from '../../charts/plotOptions';
import { TimeSeriesChart } from '../../charts/TimeSeriesChart';
import { useText } from '../../i18n/text';
import { formatDuration, parseDuration } from '../../model/duration';
import { columnOf, timesOf, type Line } from '../../model/series';
import { distinctNames, legendText, seriesText } from '../../model/seriesName';
import { absoluteRange } from '../../model/timeRange';
import { commonUnits, guessUnit } from '../../model/units';
import { usePreferences } from '../../state/preferences';
import { seriesColor } from '../../theme/seriesColors';
import type { Explore } from './useExplore';
import type { Result } from './useResults';
import { ViewTools } from './ViewTools';

const NoData = lazy(() => import('./NoData').then((m) => ({ default: m.NoData })));
const Exemplars = lazy(() => import('./Exemplars').then((m) => ({ default: m.Exemplars })));

/** Lines drawn at most: more is a blur, and a browser at its limit. */
export const linesMax = 500;

/** The results as lines over time, with a legend that can be sorted, filtered and picked from. */
export function GraphView({ explore, results, grid, onInsert }: { explore: Explore; results: Result[]; grid: Grid; onInsert: (expr: string) => void }) {
  const { t } = useText();
  const { zone } = usePreferences();
  const isDark = useComputedColorScheme('light') === 'dark';
  const { state, change, span } = explore;
  const [hovered, setHovered] = useState(-1);
  const [all, setAll] = useState(false);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const asked = useMemo(() => state.queries.filter((query) => query.expr && !query.hidden).map((query) => query.expr), [state.queries]);

  // While the next answer is on its way the last one stays, on the grid it was asked for.
  const drawn = results.find((result) => result.answer && result.grid)?.grid ?? grid;
  const stamp = results.map((result) => (result.answer ? `${result.answer.tookMs} ${result.answer.bytes} ${result.grid?.startMs}` : '-')).join('|') + state.queries.map((query) => `${query.legend} ${query.hidden}`).join('|');
  const lines = useMemo(() => {
    const found: Line[] = [];
    const several = state.queries.filter((query) => query.expr && !query.hidden).length > 1;
    results.forEach((result, query) => {
      if (state.queries[query]!.hidden || !result.answer || result.answer.data.resultType !== 'matrix' || result.grid?.startMs !== drawn.startMs || result.grid.stepMs !== drawn.stepMs) return;
      const { legend, expr } = state.queries[query]!;
      const all = result.answer.data.result;
      const names = legend ? all.map((series) => legendText(series.metric, legend)) : distinctNames(all.map((series) => series.metric));
      all.forEach((series, i) => {
        const name = names[i] === '{}' ? expr : names[i]!;
        found.push({ id: `${query} ${seriesText(series.metric)}`, name, labels: series.metric, query, values: columnOf(series, drawn) });
      });
    });
    if (several) found.forEach((line) => { line.name = `${String.fromCharCode(65 + line.query)} · ${line.name}`; });
    return found;
    // The stamp stands for all answers.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [stamp, drawn.startMs, drawn.stepMs, drawn.endMs]);
  const times = useMemo(() => timesOf(drawn), [drawn]);

  const guessed = guessUnit(state.queries.filter((query) => !query.hidden).map((query) => query.expr).join(' or '));
  const unit = state.unit || guessed;
  const only = useMemo(() => new Set(state.only), [state.only]);
  const anyOnly = only.size > 0 && lines.some((line) => only.has(line.name));
  const shownLines = all ? lines : lines.slice(0, linesMax);
  const styles = useMemo<LineStyle[]>(() => shownLines.map((line, i) => ({
    name: line.name, color: seriesColor(i, isDark), width: 1.6, fill: state.stacked ? 0.35 : shownLines.length === 1 ? 0.1 : 0, draw: 'line', step: false, spanGaps: false,
    show: !anyOnly || only.has(line.name), rightAxis: false, stack: state.stacked ? { group: 'A', percent: false } : null,
  })), [shownLines, isDark, state.stacked, anyOnly, only]);
  const indexOf = useMemo(() => new Map(shownLines.map((line, i) => [line.id, i])), [shownLines]);

  const pick = (line: Line, toggle: boolean): void => {
    if (!toggle) {
      change({ only: only.size === 1 && only.has(line.name) ? [] : [line.name] }, { replace: true });
      return;
    }
    const next = new Set(anyOnly ? only : lines.map((one) => one.name));
    if (!next.delete(line.name)) next.add(line.name);
    change({ only: next.size === lines.length || next.size === 0 ? [] : [...next] }, { replace: true });
  };

  const answered = results.some((result) => result.answer);
  const busy = results.some((result) => result.busy);
  const stale = results.some((result) => result.stale || (result.error && result.answer));
  return (
    <>
      <ViewTools>
        <Switch size="xs" label={t('explore.stack')} checked={state.stacked} onChange={(event) => change({ stacked: event.currentTarget.checked }, { replace: true })} />
        <Switch size="xs" label={t('explore.exemplars')} checked={state.exemplars} onChange={(event) => change({ exemplars: event.currentTarget.checked }, { replace: true })} />
        <StepInput value={state.step} onChange={(step) => change({ step })} placeholder={`${t('explore.step.auto')} (${formatDuration(grid.stepMs)})`} />
        <NativeSelect size="xs" w={150} value={state.unit} onChange={(event) => change({ unit: event.currentTarget.value }, { replace: true })} aria-label={t('explore.unit')} data={[{ value: '', label: t('explore.unit.auto', { unit: guessed || 'short' }) }, ...commonUnits]} />
      </ViewTools>
      {lines.length === 0 ? (answered && !busy ? <Suspense fallback={<div style={{ height: 360 }} />}><NoData expr={state.queries[0]!.expr} span={span} onInsert={onInsert} onGo={(range) => change({ range })} /></Suspense> : <div style={{ height: 360 }} />) : (
        <>
          <div style={{ padding: '6px 8px 4px 6px', opacity: stale && !busy ? 0.55 : 1 }}>
            <TimeSeriesChart
              times={times} lines={shownLines} styles={styles} span={[span.fromMs / 1000, span.toMs / 1000]} height={360} unit={unit} zone={zone} focus={hovered} overlay={overlay}
              onSelect={(fromMs, toMs) => change({ range: absoluteRange({ fromMs, toMs }) })} onZoomOut={explore.zoomOut}
            />
          </div>
          {(lines.length > shownLines.length || anyOnly) && (
            <div className="dim" style={{ padding: '0 14px 8px', fontSize: '0.8rem', display: 'flex', gap: 8, alignItems: 'center' }}>
              {anyOnly ? t('explore.only', { shown: styles.filter((style) => style.show).length, count: lines.length }) : t('explore.drawn', { shown: shownLines.length, count: lines.length })}
              <Button size="compact-xs" variant="light" onClick={() => (anyOnly ? change({ only: [] }, { replace: true }) : setAll(true))}>{t('explore.showAll')}</Button>
            </div>
          )}
          <LegendTable
            lines={shownLines} unit={unit} colorOf={(line) => styles[indexOf.get(line.id) ?? 0]!.color} isShown={(line) => styles[indexOf.get(line.id) ?? 0]!.show}
            onHover={(line) => setHovered(line ? indexOf.get(line.id) ?? -1 : -1)} onPick={pick}
          />
          <Suspense>{state.exemplars && <Exemplars exprs={asked} span={span} unit={unit} color={isDark ? '#f2c14e' : '#8a5a00'} onOverlay={setOverlay} />}</Suspense>
          <div style={{ height: 8 }} />
        </>
      )}
    </>
  );
}

function StepInput({ value, placeholder, onChange }: { value: string; placeholder: string; onChange: (step: string) => void }) {
  const { t } = useText();
  const [text, setText] = useState(value);
  const wrong = text.trim() !== '' && !parseDuration(text);
  const commit = (): void => { if (!wrong && text.trim() !== value) onChange(text.trim()); };
  return <TextInput size="xs" w={128} value={text} placeholder={placeholder} aria-label={t('explore.step')} title={wrong ? t('explore.step.bad') : undefined} error={wrong} onChange={(event) => setText(event.currentTarget.value)} onBlur={commit} onKeyDown={(event) => { if (event.key === 'Enter') commit(); }} />;
}
