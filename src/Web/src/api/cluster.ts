import { call, type Answer } from './client';

export interface ClusterNode { name: string; incarnation: string; address: string; httpAddress: string; roles: string[]; zone: string; status: 'joining' | 'up' | 'leaving' | 'dead'; leads: number; follows: number; accusers: number; targets?: number; spool?: Spool }

/** A copy of a shard, of a node that told of it; without a lag it is not ready yet. */
export interface ClusterCopy { node: string; appliedSeq?: number; lag?: number }

/** A shard; how far it is applied is known of the copies of the nodes that answered; `lag` is that of the copy here. */
export interface ClusterShard { shard: number; leader: string; followers: string[]; epoch: number; journalSeq: number; snapshotSeq: number; appliedSeq?: number; lag?: number; movingTo?: string; movingLag?: number; copies?: ClusterCopy[] }

/** What a node has acknowledged, or keeps for whoever has, and the database does not have yet. */
export interface Spool { records: number; bytes: number; ageSeconds: number; usedPercent: number }

/** A cluster as one of its nodes sees it, or that there is none. */
export type Cluster = { clustered: false } | { clustered: true; self: string; version: number; storeReached?: boolean; spool?: Spool; unanswered?: string[]; nodes: ClusterNode[]; shards: ClusterShard[] };

export const cluster = (signal?: AbortSignal): Promise<Answer<Cluster>> => call('cluster', {}, signal ? { signal } : {});
