import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { Button, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useText } from '../../i18n/text';
import { useShortcuts } from '../../keyboard/useShortcuts';
import { absoluteRange } from '../../model/timeRange';
import { Page } from '../../parts/Page';
import { ProgressBar } from '../../parts/ProgressBar';
import { RefreshPicker } from '../../parts/RefreshPicker';
import { TimePicker } from '../../parts/TimePicker';
import { useProgress } from '../../parts/useProgress';
import { useSlow } from '../../parts/useSlow';
import { IconHistory, IconListSearch, IconPlus } from '../../parts/icons';
import { queriesMax, type ExploreQuery, type View } from '../../state/exploreState';
import { remember } from '../../state/history';
import { usePreferences } from '../../state/preferences';
import { Beginning } from './Beginning';
import { QueryRow } from './QueryRow';
import { useExplore } from './useExplore';
import { isOfResults, useResults } from './useResults';

// What the first picture does not need is fetched when it is wanted.
const GraphView = lazy(() => import('./GraphView').then((m) => ({ default: m.GraphView })));
const TableView = lazy(() => import('./TableView').then((m) => ({ default: m.TableView })));
const HeatmapView = lazy(() => import('./HeatmapView').then((m) => ({ default: m.HeatmapView })));
const JsonView = lazy(() => import('./JsonView').then((m) => ({ default: m.JsonView })));
const ExplainView = lazy(() => import('./ExplainView').then((m) => ({ default: m.ExplainView })));
const HistoryDrawer = lazy(() => import('./HistoryDrawer').then((m) => ({ default: m.HistoryDrawer })));
const MetricsBrowser = lazy(() => import('./MetricsBrowser').then((m) => ({ default: m.MetricsBrowser })));

const views: View[] = ['graph', 'table', 'heatmap', 'json', 'explain'];

/** Ask anything: queries above, their results below, and everything in the address. */
export function ExplorePage() {
  const { t } = useText();
  const { zone } = usePreferences();
  const client = useQueryClient();
  const explore = useExplore();
  const { state, change, span } = explore;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const { results, grid } = useResults(state, span, width);
  // What is being typed; it becomes the address when it is run.
  const [drafts, setDrafts] = useState(() => state.queries.map((query) => query.expr));
  const [focused, setFocused] = useState(0);
  const [open, setOpen] = useState<'history' | 'browser' | null>(null);
  const expressions = state.queries.map((query) => query.expr).join('\u0000');
  useEffect(() => setDrafts(expressions.split('\u0000')), [expressions]);

  const busy = results.some((result) => result.busy);
  const progress = useProgress(useSlow(busy), results.flatMap((result) => (result.busy ? [result.sent] : [])));
  const { run } = explore;
  // Within one step the grid stays the same: what is asked for by hand is asked for nevertheless.
  const again = useCallback((): void => {
    run();
    void client.invalidateQueries({ predicate: isOfResults });
  }, [client, run]);
  const runAll = (texts: string[] = drafts): void => {
    const queries = state.queries.map((query, i) => ({ ...query, expr: (texts[i] ?? query.expr).trim() }));
    queries.filter((query) => query.expr !== '').forEach((query) => remember(query.expr, Date.now()));
    if (queries.some((query, i) => query.expr !== state.queries[i]!.expr)) change({ queries, only: [] });
    again();
  };
  const cancel = useCallback((): void => void client.cancelQueries({ predicate: isOfResults }), [client]);
  const setQueries = (queries: ExploreQuery[]): void => change({ queries: queries.map((query, i) => ({ ...query, expr: query.expr || (drafts[i] ?? '') })), only: [] });
  const draft = (i: number, text: string): void => setDrafts((all) => state.queries.map((query, at) => (at === i ? text : all[at] ?? query.expr)));
  const insert = (text: string): void => {
    const at = Math.min(focused, state.queries.length - 1);
    const texts = state.queries.map((query, i) => (i === at ? text : drafts[i] ?? query.expr));
    setDrafts(texts);
    setOpen(null);
    runAll(texts);
  };

  const { shift, zoomOut } = explore;
  useShortcuts(useMemo(() => [
    ...(busy ? [{ keys: 'Escape', label: t('explore.stop'), run: cancel }] : []),
    { keys: 'd r', label: t('keys.refresh'), run: again },
    { keys: 't z', label: t('keys.zoomOut'), run: zoomOut },
    { keys: 't ←', label: t('keys.earlier'), run: () => shift(-1) },
    { keys: 't →', label: t('keys.later'), run: () => shift(1) },
    { keys: 't a', label: t('keys.absolute'), run: () => change({ range: absoluteRange(span) }) },
  ], [t, busy, cancel, again, shift, zoomOut, change, span]));

  const asked = state.queries.some((query) => query.expr.trim() !== '');
  return (
    <Page
      title={t('explore.title')}
      actions={
        <>
          <TimePicker range={state.range} zone={zone} onChange={(range) => change({ range })} onShift={shift} onZoomOut={zoomOut} />
          <RefreshPicker refresh={state.refresh} busy={busy} onRefresh={again} onChange={(refresh) => change({ refresh })} />
        </>
      }
    >
      <div ref={ref} className="panel" style={{ padding: 12, display: 'flex', flexDirection: 'column', gap: 10 }}>
        {state.queries.map((query, i) => (
          <QueryRow
            key={i} index={i} query={query} draft={drafts[i] ?? query.expr} result={results[i]!} isOnly={state.queries.length === 1}
            onDraft={(text) => draft(i, text)} onRun={() => runAll()} onFocus={() => setFocused(i)}
            onChange={(next) => setQueries(state.queries.map((old, at) => (at === i ? next : old)))}
            onRemove={() => { setDrafts((all) => all.filter((_, at) => at !== i)); change({ queries: state.queries.filter((_, at) => at !== i), only: [] }); }}
            onDuplicate={() => setQueries([...state.queries.slice(0, i + 1), { ...query, expr: drafts[i] ?? query.expr }, ...state.queries.slice(i + 1)])}
          />
        ))}
        <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
          {busy
            ? <Button size="xs" h={32} color="red" variant="light" onClick={cancel}>{t('explore.stop')}</Button>
            : <Button size="xs" h={32} onClick={() => runAll()}>{t('explore.run')}</Button>}
          <Button size="xs" h={32} variant="default" leftSection={<IconPlus size={14} />} disabled={state.queries.length >= queriesMax} onClick={() => setQueries([...state.queries.map((query, i) => ({ ...query, expr: drafts[i] ?? query.expr })), { expr: '', hidden: false, legend: '' }])}>{t('explore.add')}</Button>
          <Button size="xs" h={32} variant="default" leftSection={<IconListSearch size={14} />} onClick={() => setOpen('browser')}>{t('explore.browser')}</Button>
          <Button size="xs" h={32} variant="default" leftSection={<IconHistory size={14} />} onClick={() => setOpen('history')}>{t('explore.history')}</Button>
        </div>
      </div>

      <section className="panel" aria-label={t('explore.results')}>
        <div className="panel-head">
          <SegmentedControl size="sm" fz="xs" value={state.view} onChange={(view) => change({ view: view as View })} data={views.map((view) => ({ value: view, label: t(`explore.${view}`) }))} aria-label={t('explore.views')} />
          <div id="view-tools" style={{ marginLeft: 'auto', display: 'flex', gap: '8px 14px', alignItems: 'center', flexWrap: 'wrap' }} />
        </div>
        <ProgressBar busy={busy} progress={progress} />
        <Suspense fallback={<div style={{ height: 360 }} />}>
          {!asked ? <Beginning onChoose={insert} />
          : state.view === 'graph' ? <GraphView explore={explore} results={results} grid={grid} onInsert={insert} />
          : state.view === 'table' ? <TableView state={state} span={span} results={results} />
          : state.view === 'heatmap' ? <HeatmapView explore={explore} results={results} />
          : state.view === 'json' ? <JsonView state={state} results={results} />
          : <ExplainView queries={state.queries} span={span} grid={grid} />}
        </Suspense>
      </section>
      <Suspense>
        {open === 'history' && <HistoryDrawer onClose={() => setOpen(null)} onChoose={insert} />}
        {open === 'browser' && <MetricsBrowser onClose={() => setOpen(null)} onChoose={insert} />}
      </Suspense>
    </Page>
  );
}
