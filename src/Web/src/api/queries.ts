import { call, type Answer } from './client';
import { turns } from './turns';
import type { Alert, CardinalityData, Labels, MetricMetadata, QueryData, RelabelStep, StorageData, SyntaxNode, TargetsData } from './types';

/** Times of one range query, in milliseconds; start and end are multiples of the step. */
export interface Grid { startMs: number; endMs: number; stepMs: number }

/** A browser opens six connections to a host: one is left for what else the page wants to know meanwhile. */
const inTurn = turns(5);

const seconds = (ms: number): string => String(ms / 1000);

export const rangeQuery = (query: string, grid: Grid, signal?: AbortSignal): Promise<Answer<QueryData>> =>
  inTurn(() => call('query_range', { query, start: seconds(grid.startMs), end: seconds(grid.endMs), step: seconds(grid.stepMs), stats: 'all' }, { post: true, ...(signal ? { signal } : {}) }), signal);

export const instantQuery = (query: string, timeMs: number, signal?: AbortSignal): Promise<Answer<QueryData>> =>
  inTurn(() => call('query', { query, time: seconds(timeMs), stats: 'all' }, { post: true, ...(signal ? { signal } : {}) }), signal);

export const formatQuery = (query: string): Promise<Answer<string>> => call('format_query', { query }, { post: true });

export const parseQuery = (query: string, signal?: AbortSignal): Promise<Answer<SyntaxNode>> => call('parse_query', { query }, { post: true, ...(signal ? { signal } : {}) });

const matching = (matchers: string[]): [string, string][] => matchers.map((matcher) => ['match[]', matcher]);

/** Only what has samples in a time, in milliseconds. */
export interface Within { fromMs: number; toMs: number }
const within = (time: Within | undefined): [string, string][] => (time ? [['start', seconds(time.fromMs)], ['end', seconds(time.toMs)]] : []);

export const labelNames = (matchers: string[], signal?: AbortSignal, time?: Within): Promise<Answer<string[]>> =>
  call('labels', new URLSearchParams([...matching(matchers), ...within(time)]), { post: true, ...(signal ? { signal } : {}) });

export const labelValues = (label: string, matchers: string[], signal?: AbortSignal, time?: Within): Promise<Answer<string[]>> =>
  call(`label/${encodeURIComponent(label)}/values`, new URLSearchParams([...matching(matchers), ...within(time)]), signal ? { signal } : {});

export const seriesOf = (matchers: string[], limit: number, signal?: AbortSignal, time?: Within): Promise<Answer<Labels[]>> =>
  call('series', new URLSearchParams([...matching(matchers), ['limit', String(limit)], ...within(time)]), { post: true, ...(signal ? { signal } : {}) });

export const metadata = (signal?: AbortSignal): Promise<Answer<Record<string, MetricMetadata[]>>> => call('metadata', {}, signal ? { signal } : {});
export const targets = (signal?: AbortSignal): Promise<Answer<TargetsData>> => call('targets', {}, signal ? { signal } : {});
export const relabelSteps = (scrapePool: string, labels: Labels, signal?: AbortSignal): Promise<Answer<{ steps: RelabelStep[] }>> =>
  call('targets/relabel_steps', { scrapePool, labels: JSON.stringify(labels) }, signal ? { signal } : {});
export const flags = (signal?: AbortSignal): Promise<Answer<Record<string, string>>> => call('status/flags', {}, signal ? { signal } : {});
export const configuration = (signal?: AbortSignal): Promise<Answer<{ yaml: string }>> => call('status/config', {}, signal ? { signal } : {});
export const storage = (signal?: AbortSignal): Promise<Answer<StorageData>> => call('status/tsdb', {}, signal ? { signal } : {});
/** What series cost, by labels, metrics and targets; of those a selector matches, and by the values of one label. */
export const cardinality = ({ limit, match, focus }: { limit: number; match?: string; focus?: string }, signal?: AbortSignal): Promise<Answer<CardinalityData>> =>
  call('status/cardinality', { limit: String(limit), ...(match ? { 'match[]': match } : {}), ...(focus ? { focusLabel: focus } : {}) }, signal ? { signal } : {});
export const runtime = (signal?: AbortSignal): Promise<Answer<Record<string, string | number | boolean>>> => call('status/runtimeinfo', {}, signal ? { signal } : {});
export const build = (signal?: AbortSignal): Promise<Answer<Record<string, string>>> => call('status/buildinfo', {}, signal ? { signal } : {});
export const alerts = (signal?: AbortSignal): Promise<Answer<{ alerts: Alert[] }>> => call('alerts', {}, signal ? { signal } : {});
