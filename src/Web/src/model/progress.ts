import type { QueryRecord } from '../api/running';

/** A query that was sent; times are milliseconds. */
export interface Sent { expr: string; startMs: number; endMs: number; stepMs: number | null }

/** How far queries are: how many shards are done, or that they wait for their turn. */
export type Progress = { done: number; asked: number } | 'waiting';

/** The server keeps so much of the text of a query. */
const textMax = 4096;

const isSame = (ms: number, seconds: number | undefined): boolean => seconds !== undefined && Math.abs(ms - seconds * 1000) < 1;

function isOf(sent: Sent, record: QueryRecord): boolean {
  if (record.query !== sent.expr.slice(0, textMax)) return false;
  return sent.stepMs === null ? isSame(sent.endMs, record.time) : isSame(sent.startMs, record.start) && isSame(sent.endMs, record.end) && isSame(sent.stepMs, record.step);
}

/** How far the one is that has farthest to go; null where nothing is known. */
export function progressOf(sent: readonly Sent[], running: readonly QueryRecord[]): Progress | null {
  const records = running.filter((record) => sent.some((one) => isOf(one, record)));
  const counted = records.flatMap(({ state, shardsDone, shardsAsked }) => (state === 'running' && shardsAsked ? [{ done: shardsDone ?? 0, asked: shardsAsked }] : []));
  if (counted.length > 0) return counted.reduce((least, one) => (one.done / one.asked < least.done / least.asked ? one : least));
  return records.some((record) => record.state === 'waiting') ? 'waiting' : null;
}

const everyMs = 500;
const everyMostMs = 5000;
/** So many looks are made as often as something can be seen to move. */
const quickLooks = 20;

/** Milliseconds from one look at how far queries are to the next: what has gone on for long moves slowly, and in a cluster each look asks all nodes. */
export const nextLookMs = (looks: number): number => Math.min(everyMostMs, everyMs * 2 ** Math.max(0, Math.floor((looks - quickLooks) / 4)));

/** The same for one who begins to wait now: looks that others have had before do not count. Is told how many there were in all. */
export function lookPace(): (looks: number) => number {
  let before: number | null = null;
  return (looks) => nextLookMs(looks - (before ??= looks));
}
