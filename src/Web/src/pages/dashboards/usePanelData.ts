import { useMemo, useRef } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { instantQuery, rangeQuery, type Grid } from '../../api/queries';
import type { Panel, Target } from '../../dashboards/dashboard';
import { isExpression } from '../../dashboards/expressionMath';
import { computed, neededOf } from '../../dashboards/expressions';
import { framesOf, type Frame } from '../../dashboards/frames';
import { filledQuery, interpolate, type Chosen, type Scope } from '../../dashboards/interpolate';
import { gridsOf, isInstant, seriesOfFrames, type PanelSeries, type TargetAnswer } from '../../dashboards/panelData';
import { isPromql } from '../../dashboards/sources';
import { transformed } from '../../dashboards/transformations/transform';
import { parseDuration } from '../../model/duration';
import { gridOf, pointsMax, stepFor } from '../../model/step';
import type { Sent } from '../../model/progress';
import type { Span } from '../../model/timeRange';
import type { Board } from './board';

/** How often metrics are scraped where nothing says so: Grafana's own assumption. */
const scrapeMs = 15_000;

/** What a panel asked for and what came of it. */
export interface PanelData {
  /** The panel's own time, where it differs from the dashboard's. */
  span: Span;
  scope: Scope;
  fill: (text: string) => string;
  asked: { target: Target; expr: string; grid: Grid }[];
  /** The same as the server gets it. */
  sent: Sent[];
  /** What each answer cost, in the order of what was asked; null where there is none. */
  costs: ({ tookMs: number; bytes: number } | null)[];
  answers: TargetAnswer[];
  frames: Frame[];
  series: PanelSeries[];
  times: number[];
  /** Why the last request failed, until one succeeds. */
  error: Error | null;
  notes: string[];
  /** When what is shown was answered, in milliseconds, where later requests failed. */
  staleSinceMs: number | null;
  /** Whether an answer is on its way. */
  fetching: boolean;
  /** Whether somebody gave up before there was an answer. */
  cancelled: boolean;
  answered: boolean;
}

/** The last answer, when it came, and why there was none since. */
interface Kept<T> { good: T; atMs: number; error: Error | null }

/** The targets of a panel that count, and those to ask for; one that shows what another has asked for has that one's. */
function targetsOf(panel: Panel, board: Board): { all: Target[]; targets: Target[] } {
  const other = panel.targets?.find((target) => target.panelId !== undefined)?.panelId;
  const source = other === undefined ? panel : (board.dashboard.panels ?? []).flatMap((one) => [one, ...(one.panels ?? [])]).find((one) => one.id === other) ?? panel;
  const all = [...neededOf(source.targets ?? [])];
  return { all, targets: all.filter((target) => target.expr && !isExpression(target) && isPromql(source, target)) };
}

/** Old queries say how many times as far apart their points are; never so near that there are more than are answered. */
const stepOf = ({ intervalFactor = 1 }: Target, stepMs: number, { fromMs, toMs }: Span): number => Math.max(stepMs * Math.max(1, Math.round(intervalFactor)), Math.ceil((toMs - fromMs) / pointsMax));

/** An expression with the variables in it; other queries as they are. */
function filledExpression(target: Target, fill: (text: string) => string): Target {
  if (!isExpression(target)) return target;
  const { expression, window } = target as { expression?: unknown; window?: unknown };
  return { ...target, ...(typeof expression === 'string' ? { expression: fill(expression) } : {}), ...(typeof window === 'string' ? { window: fill(window) } : {}) };
}

/** The dashboard's time, or the panel's own: the last hour of it, or a week before. */
export function spanOf(panel: Panel, span: Span): Span {
  const length = panel.timeFrom ? parseDuration(panel.timeFrom.replace(/^now-/, '')) : null;
  const shift = panel.timeShift ? parseDuration(panel.timeShift.replace(/^now-/, '')) ?? 0 : 0;
  return { fromMs: (length ? span.toMs - length : span.fromMs) - shift, toMs: span.toMs - shift };
}

/** Asks a panel's queries once it can be seen, and transforms what they answer. */
export function usePanelData(panel: Panel, board: Board, scoped: Readonly<Record<string, Chosen>>, wanted: boolean): PanelData {
  const span = useMemo(() => spanOf(panel, board.span), [panel, board.span]);
  const variables = useMemo(() => ({ ...board.variables, ...scoped }), [board.variables, scoped]);
  const { all, targets } = useMemo(() => targetsOf(panel, board), [panel, board]);
  // A point every two pixels of an ordinary screen, in proportion to the panel's width.
  const points = panel.maxDataPoints ?? Math.max(100, Math.round(((panel.gridPos?.w ?? 12) / 24) * 800));
  const ofStep = (leastMs: number, everyMs: number): Scope => ({ variables, fromMs: span.fromMs, toMs: span.toMs, stepMs: stepFor(span, points, leastMs), scrapeMs: everyMs, dashboard: board.dashboard });
  const scopeOf = (interval: string | undefined): Scope => {
    // A step may be a variable, or follow from what the step would be without it.
    const follows = interval?.includes('$__') ?? false;
    const given = interval ? parseDuration(interpolate(interval, ofStep(scrapeMs, scrapeMs)).replace(/^>/, '')) : null;
    return ofStep(given ?? scrapeMs, follows ? scrapeMs : given ?? scrapeMs);
  };
  const scope = scopeOf(panel.interval);
  const fill = (text: string): string => interpolate(text, scope);
  const asked = targets.map((target) => {
    const own = scopeOf(target.interval || panel.interval);
    return { target, expr: board.filtered(filledQuery(target.expr!, own)), grid: gridOf(span, stepOf(target, own.stepMs, span)) };
  });
  const data = useQuery({
    queryKey: ['panel', board.dashboard.uid, panel.id, board.ranAt, asked.map((one) => [one.expr, one.target.refId, isInstant(one.target) ? span.toMs : [one.grid.startMs, one.grid.endMs, one.grid.stepMs]])],
    queryFn: async ({ signal }) => {
      // One query that fails leaves the others their data.
      const ended = await Promise.allSettled(asked.map(async ({ target, expr, grid }) => (isInstant(target)
        ? { target, grid: null, answer: await instantQuery(expr, span.toMs, signal) } : { target, grid, answer: await rangeQuery(expr, grid, signal) })));
      const failures = ended.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
      if (failures.length > 0 && (signal.aborted || failures.length === ended.length)) throw failures[0];
      const answers = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      return {
        span,
        answers: answers.map(({ target, grid, answer }): TargetAnswer => ({ target, grid, data: answer.data })),
        costs: ended.map((one) => (one.status === 'fulfilled' ? { tookMs: one.value.answer.tookMs, bytes: one.value.answer.bytes } : null)),
        notes: [...new Set([...failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))), ...answers.flatMap(({ answer }) => answer.warnings)])],
      };
    },
    enabled: wanted && targets.length > 0,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    // Every refresh has an answer of its own.
    gcTime: 10_000,
  });
  // A request that fails leaves the last good picture, also while the next one is on its way.
  const kept = useRef<Kept<typeof data.data>>({ good: undefined, atMs: 0, error: null });
  if (data.data && !data.isPlaceholderData) kept.current = { good: data.data, atMs: data.dataUpdatedAt, error: null };
  else if (data.error) kept.current = { ...kept.current, error: data.error };
  const { good, atMs, error } = kept.current;
  const shown = data.data ?? (error ? good : undefined);
  // What the targets say beside their query (a legend, a format) may change without asking again.
  const asAsked = useMemo(() => (shown?.answers ?? []).map((answer) => ({ ...answer, target: targets.find((one) => (one.refId ?? 'A') === (answer.target.refId ?? 'A')) ?? answer.target })), [shown, targets]);
  const { answers, problems } = useMemo(() => {
    // An answer that stays until the next one comes is of the span that it was asked for.
    const made = computed(all.map((target) => filledExpression(target, fill)), asAsked, shown?.span ?? span);
    return { answers: [...asAsked.filter(({ target }) => !target.hide), ...made.answers], problems: shown ? made.problems : [] };
    // `fill` follows from the span and the variables.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [all, asAsked, span, variables, shown]);
  const shaped = useMemo(() => {
    const frames = transformed(panel, framesOf(answers, fill), fill);
    return { frames, ...seriesOfFrames(frames, gridsOf(answers), (panel.transformations?.length ?? 0) === 0) };
    // `fill` follows from the answers' own span and variables.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [answers, panel.transformations]);
  return {
    span, scope, fill, asked, answers,
    sent: asked.map(({ target, expr, grid }) => (isInstant(target) ? { expr, startMs: span.toMs, endMs: span.toMs, stepMs: null } : { expr, ...grid })),
    ...shaped, error, costs: shown?.costs ?? [], notes: [...(shown?.notes ?? []), ...problems],
    staleSinceMs: error && good ? atMs : null, fetching: data.isFetching, cancelled: wanted && targets.length > 0 && data.isPending && data.fetchStatus === 'idle', answered: shown !== undefined || targets.length === 0,
  };
}
