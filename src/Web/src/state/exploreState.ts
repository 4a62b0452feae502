import { defaultRange, type TimeRange } from '../model/timeRange';
import { parseDuration } from '../model/duration';
import type { Params } from '../routing/address';

export type View = 'graph' | 'table' | 'heatmap' | 'json' | 'explain';

/** One query of the page. */
export interface ExploreQuery { expr: string; hidden: boolean; legend: string }

/** All that the page of explore shows, and all that its address holds. */
export interface ExploreState {
  queries: ExploreQuery[];
  view: View;
  range: TimeRange;
  /** Like `10s`; empty for none. */
  refresh: string;
  /** Like `30s`; empty for as fine as the chart can show. */
  step: string;
  stacked: boolean;
  /** Whether single observations are marked. */
  exemplars: boolean;
  /** Empty to guess. */
  unit: string;
  /** Names of the only lines drawn; empty for all. */
  only: string[];
}

export const queriesMax = 20;
const views: View[] = ['graph', 'table', 'heatmap', 'json', 'explain'];

/** Reads an address. What it does not say has its default; what Prometheus's own addresses say is understood as well. */
export function readExplore(params: Params): ExploreState {
  const indexes = [...new Set(Object.keys(params).map((key) => /^g(\d+)\./.exec(key)?.[1]).filter((i) => i !== undefined))].map(Number).sort((a, b) => a - b);
  const queries = indexes.slice(0, queriesMax).map((i) => ({
    expr: params[`g${i}.expr`] ?? '',
    hidden: params[`g${i}.hide`] === '1',
    legend: params[`g${i}.legend`] ?? '',
  }));
  const tab = params['g0.tab'];
  const view = views.find((v) => v === params.view) ?? (tab === '1' || tab === 'table' ? 'table' : 'graph');
  return {
    queries: queries.length > 0 ? queries : [{ expr: '', hidden: false, legend: '' }],
    view,
    range: params.from || params.to ? { from: params.from ?? defaultRange.from, to: params.to ?? defaultRange.to } : prometheusRange(params),
    refresh: params.refresh ?? '',
    step: params.step ?? '',
    stacked: params.stack === '1',
    exemplars: params.exemplars === '1',
    unit: params.unit ?? '',
    only: readList(params.only),
  };
}

/** Writes it back; what has its default is left out. */
export function writeExplore(state: ExploreState): Record<string, string> {
  const params: Record<string, string> = {};
  state.queries.forEach((query, i) => {
    if (query.expr || state.queries.length > 1) params[`g${i}.expr`] = query.expr;
    if (query.hidden) params[`g${i}.hide`] = '1';
    if (query.legend) params[`g${i}.legend`] = query.legend;
  });
  if (state.view !== 'graph') params.view = state.view;
  if (state.range.from !== defaultRange.from || state.range.to !== defaultRange.to) {
    params.from = state.range.from;
    params.to = state.range.to;
  }
  if (state.refresh) params.refresh = state.refresh;
  if (state.step) params.step = state.step;
  if (state.stacked) params.stack = '1';
  if (state.exemplars) params.exemplars = '1';
  if (state.unit) params.unit = state.unit;
  if (state.only.length > 0) params.only = JSON.stringify(state.only);
  return params;
}

function readList(text: string | undefined): string[] {
  if (!text) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

// /graph?g0.expr=up&g0.range_input=1h&g0.end_input=2026-11-20 09:00:00, always in UTC.
function prometheusRange(params: Params): TimeRange {
  const lengthMs = parseDuration(params['g0.range_input'] ?? '');
  if (lengthMs === null || lengthMs === 0) return defaultRange;
  const end = params['g0.end_input'] ? Date.parse(params['g0.end_input'].replace(' ', 'T') + 'Z') : NaN;
  return Number.isNaN(end) ? { from: `now-${params['g0.range_input']}`, to: 'now' } : { from: String(end - lengthMs), to: String(end) };
}
