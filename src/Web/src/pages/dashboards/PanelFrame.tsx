import { useMemo } from 'react';
import { Tooltip } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { instantQuery, rangeQuery } from '../../api/queries';
import type { Panel } from '../../dashboards/dashboard';
import { interpolate, type Scope } from '../../dashboards/interpolate';
import { isInstant, seriesOfAnswers, type PanelSeries, type TargetAnswer } from '../../dashboards/panelData';
import { useText } from '../../i18n/text';
import { parseDuration } from '../../model/duration';
import { timesOf } from '../../model/series';
import { gridOf, stepFor } from '../../model/step';
import { IconAlertTriangle, IconCompass, IconInfoCircle } from '../../parts/icons';
import { Link } from '../../routing/Link';
import type { Board } from './DashboardPage';
import { BarsPanel } from './panels/BarsPanel';
import { StatPanel } from './panels/StatPanel';
import { TablePanel } from './panels/TablePanel';
import { TextPanel } from './panels/TextPanel';
import { TimePanel } from './panels/TimePanel';

/** How often metrics are scraped where nothing says so: Grafana's own assumption. */
const scrapeMs = 15_000;

/** What a panel draws. */
export interface PanelProps { panel: Panel; board: Board; series: PanelSeries[]; times: number[]; heightPx: number; fill: (text: string) => string }

const drawn: Record<string, (props: PanelProps) => React.ReactNode> = {
  timeseries: TimePanel, barchart: TimePanel, stat: StatPanel, gauge: BarsPanel, bargauge: BarsPanel, piechart: BarsPanel, table: TablePanel,
};

/** One panel: its title, its data once it can be seen, and what is wrong with it without taking the others down. */
export function PanelFrame({ panel, board, heightPx }: { panel: Panel; board: Board; heightPx: number }) {
  const { t } = useText();
  const { ref, inViewport } = useInViewport<HTMLElement>();
  const { span, variables } = board;
  const Draw = drawn[panel.type];
  const targets = useMemo(() => (panel.targets ?? []).filter((target) => !target.hide && target.expr), [panel]);
  // A point every two pixels of an ordinary screen, in proportion to the panel's width.
  const points = panel.maxDataPoints ?? Math.max(100, Math.round(((panel.gridPos?.w ?? 12) / 24) * 800));
  const scopeOf = (interval: string | undefined): Scope => {
    const given = interval && !interval.includes('$') ? parseDuration(interval.replace(/^>/, '')) : null;
    const stepMs = stepFor(span, points, given ?? scrapeMs);
    return { variables, fromMs: span.fromMs, toMs: span.toMs, stepMs, scrapeMs: given ?? scrapeMs };
  };
  const base = scopeOf(panel.interval);
  const fill = (text: string): string => interpolate(text, base);
  const asked = targets.map((target) => {
    const scope = scopeOf(target.interval || panel.interval);
    return { target, expr: interpolate(target.expr!, scope), grid: gridOf(span, scope.stepMs) };
  });
  const data = useQuery({
    queryKey: ['panel', panel.id, asked.map((one) => [one.expr, isInstant(one.target) ? span.toMs : [one.grid.startMs, one.grid.endMs, one.grid.stepMs]])],
    queryFn: async ({ signal }) => {
      const answers = await Promise.all(asked.map(async ({ target, expr, grid }) => (isInstant(target)
        ? { target, grid: null, answer: await instantQuery(expr, span.toMs, signal) } : { target, grid, answer: await rangeQuery(expr, grid, signal) })));
      return {
        answers: answers.map(({ target, grid, answer }): TargetAnswer => ({ target, grid, data: answer.data })),
        notes: [...new Set(answers.flatMap(({ answer }) => answer.warnings))],
      };
    },
    enabled: Draw !== undefined && targets.length > 0 && inViewport,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const series = useMemo(() => (data.data ? seriesOfAnswers(data.data.answers, fill) : []), [data.data]);
  const grid = data.data?.answers.find((answer) => answer.grid)?.grid;
  const times = useMemo(() => (grid ? timesOf(grid) : []), [grid?.startMs, grid?.endMs, grid?.stepMs]);
  const title = fill(panel.title ?? '');
  const bodyPx = heightPx - (title ? 30 : 6);
  const inExplore = Object.fromEntries([...asked.map((one, i) => [`g${i}.expr`, one.expr]), ['from', board.range.from], ['to', board.range.to]]);

  return (
    <article ref={ref} className={panel.transparent ? 'board-panel' : 'board-panel panel'} aria-label={title} data-testid={`panel-${panel.id}`} style={{ opacity: data.error && data.data ? 0.6 : 1 }}>
      {(title || data.error) && (
        <header>
          <span title={title}>{title}</span>
          {panel.description && <Tooltip label={fill(panel.description)} multiline maw={360}><span style={{ color: 'var(--ink-dim)', lineHeight: 0, flex: 'none' }}><IconInfoCircle size={14} /></span></Tooltip>}
          {(data.error || (data.data?.notes.length ?? 0) > 0) && <Tooltip label={data.error ? data.error.message : data.data!.notes.join('\n')} multiline maw={420}><span role="note" aria-label={data.error ? data.error.message : data.data!.notes.join(', ')} style={{ color: data.error ? 'var(--bad)' : 'var(--warn)', lineHeight: 0, flex: 'none' }}><IconAlertTriangle size={14} /></span></Tooltip>}
          {targets.length > 0 && <Link to="/query" params={inExplore} aria-label={t('dashboards.explore')} title={t('dashboards.explore')}><IconCompass size={15} /></Link>}
        </header>
      )}
      <div className="progress" data-busy={data.isFetching && !data.data} />
      <div className="board-body">
        {panel.type === 'text' ? <TextPanel panel={panel} fill={fill} />
          : !Draw ? <Centered>{t('dashboards.placeholder', { type: panel.type })}</Centered>
          : series.length > 0 ? <Draw panel={panel} board={board} series={series} times={times} heightPx={bodyPx} fill={fill} />
          : data.error ? <Centered bad>{data.error.message}</Centered>
          : data.data || targets.length === 0 ? <Centered>{t('dashboards.noData')}</Centered> : null}
      </div>
    </article>
  );
}

function Centered({ children, bad }: { children: string; bad?: boolean }) {
  return <div className={bad ? undefined : 'dim'} style={{ height: '100%', display: 'grid', placeItems: 'center', textAlign: 'center', padding: '0 12px', fontSize: '0.8rem', overflow: 'hidden', overflowWrap: 'anywhere', color: bad ? 'var(--bad)' : undefined }}>{children}</div>;
}
