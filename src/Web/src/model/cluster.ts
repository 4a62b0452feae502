import type { ClusterNode, ClusterShard, Spool } from '../api/cluster';

/** What of a cluster needs a look. */
export interface ClusterHealth { dead: number; suspected: number; leaderless: number; moving: number; alone: number }

export function healthOf(nodes: ClusterNode[], shards: ClusterShard[]): ClusterHealth {
  const alive = new Set(nodes.filter((node) => node.status !== 'dead').map((node) => node.name));
  return {
    dead: nodes.length - alive.size,
    suspected: nodes.filter((node) => node.status !== 'dead' && node.accusers > 0).length,
    leaderless: shards.filter((shard) => shard.leader === '').length,
    moving: shards.filter((shard) => shard.movingTo !== undefined).length,
    alone: shards.filter((shard) => !shard.followers.some((follower) => alive.has(follower))).length,
  };
}

/** How it stands with a spool: nothing in it; some; so much that clients' writes are refused; so much that everything is. */
export const spoolState = (spool: Spool): 'empty' | 'filling' | 'nearlyFull' | 'full' =>
  spool.records === 0 ? 'empty' : spool.usedPercent >= 100 ? 'full' : spool.usedPercent >= 80 ? 'nearlyFull' : 'filling';

/** The shards of a node by what it is to them. */
export const shardsOf = (name: string, shards: ClusterShard[]): { leads: ClusterShard[]; follows: ClusterShard[] } => ({
  leads: shards.filter((shard) => shard.leader === name), follows: shards.filter((shard) => shard.leader !== name && shard.followers.includes(name)),
});

/** Who else has a shard, and how many records each is behind as far as it said. */
export const followersOf = (shard: ClusterShard): { name: string; lag?: number }[] => shard.followers.map((name) => {
  const lag = shard.copies?.find((copy) => copy.node === name)?.lag;
  return lag === undefined ? { name } : { name, lag };
});

/** How far whoever shall lead a shard is: he did not say; has no copy that is ready; has all; lacks some records. */
export function moveOf(shard: ClusterShard): { state: 'unknown' | 'notReady' | 'whole' } | { state: 'behind'; lag: number } {
  const lag = shard.movingLag;
  if (lag === undefined) return { state: shard.copies?.some((copy) => copy.node === shard.movingTo) ? 'notReady' : 'unknown' };
  return lag === 0 ? { state: 'whole' } : { state: 'behind', lag };
}

/** The shards that have to do with words: a number, a name of a node, or one of the states that a filter names. */
export function filterShards(shards: ClusterShard[], text: string, movingOnly: boolean): ClusterShard[] {
  const word = text.trim().toLowerCase();
  return shards.filter((shard) => (!movingOnly || shard.movingTo !== undefined || shard.leader === '')
    && (/^\d+$/.test(word) ? String(shard.shard) === word : [shard.leader, shard.movingTo ?? '', ...shard.followers].some((name) => name.toLowerCase().includes(word))));
}

/** The address of a node's own interface; null where what it says is no host and port. */
export function nodeUrl(httpAddress: string): string | null {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+):\d{1,5}$/i.test(httpAddress) ? `http://${httpAddress}/cluster` : null;
}
