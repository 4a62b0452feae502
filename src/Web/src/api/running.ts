import { call, type Answer } from './client';
import type { Grid } from './queries';
import type { Labels } from './types';

/** A query that waits, runs, or ended lately; times are seconds. */
export interface QueryRecord {
  /** In a cluster the node is part of it. */
  id: string; node?: string; query: string; state: 'waiting' | 'running' | 'done' | 'canceled' | 'failed'; startedAt: string; elapsedSeconds: number; samplesHeld: number; samplesPeak: number;
  shardsDone?: number; shardsAsked?: number; samplesTotal?: number; seriesRead?: number; error?: string; time?: number; start?: number; end?: number; step?: number;
}

/** A step of a plan; what it cost is there after a run. */
export interface PlanNode {
  operation: string; steps: string; seconds?: number; series?: number; samples?: number; bytes?: number; inputs: PlanNode[];
  shards?: { shard: number; seconds: number; seriesRead: number; samplesRead: number; series: number; bytes: number }[];
}
export interface Explanation { plan: PlanNode; stats?: { samplesTotal: number; samplesPeak: number; seriesRead: number; parseSeconds: number; evalSeconds: number } }

export interface ExemplarSeries { seriesLabels: Labels; exemplars: { labels: Labels; value: string; timestamp: number }[] }

/** The queries of all nodes. */
export const runningQueries = (signal?: AbortSignal): Promise<Answer<{ running: QueryRecord[]; recent: QueryRecord[] }>> => call('queries', {}, signal ? { signal } : {});
/** Those alone that run, for who asks often. */
export const queriesUnderway = async (signal: AbortSignal): Promise<QueryRecord[]> => (await call<{ running: QueryRecord[] }>('queries', { recent: 'false' }, { signal })).data.running;
export const cancelQuery = (id: string): Promise<Answer<{ id: string }>> => call(`queries/${id}/cancel`, {}, { post: true });

/** How a range query is answered, and what it costs: it runs. */
export const explainRange = (query: string, { startMs, endMs, stepMs }: Grid, signal?: AbortSignal): Promise<Answer<Explanation>> =>
  call('explain', { query, start: String(startMs / 1000), end: String(endMs / 1000), step: String(stepMs / 1000) }, { post: true, ...(signal ? { signal } : {}) });

export const exemplarsOf = (query: string, fromMs: number, toMs: number, signal?: AbortSignal): Promise<Answer<ExemplarSeries[]>> =>
  call('query_exemplars', { query, start: String(fromMs / 1000), end: String(toMs / 1000) }, { post: true, ...(signal ? { signal } : {}) });
