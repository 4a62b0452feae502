import { describe, expect, test } from 'vitest';
import type { ClusterNode, ClusterShard } from '../api/cluster';
import { filterShards, followersOf, healthOf, moveOf, nodeUrl, shardsOf, spoolState } from './cluster';

const node = (name: string, status: ClusterNode['status'] = 'up', accusers = 0): ClusterNode => ({ name, incarnation: 'i', address: 'a:1', httpAddress: 'a:2', roles: [], zone: '', status, leads: 0, follows: 0, accusers });
const shard = (number: number, leader: string, followers: string[], movingTo?: string): ClusterShard => ({ shard: number, leader, followers, epoch: 1, journalSeq: 5, snapshotSeq: 2, ...(movingTo ? { movingTo } : {}) });

describe('a cluster', () => {
  const shards = [shard(0, 'n1', ['n2']), shard(1, '', ['n2']), shard(2, 'n2', ['n3'], 'n1'), shard(10, 'n2', [])];

  test('says what needs a look', () => {
    expect(healthOf([node('n1'), node('n2', 'up', 1), node('n3', 'dead', 2)], shards)).toEqual({ dead: 1, suspected: 1, leaderless: 1, moving: 1, alone: 2 });
    expect(healthOf([node('n1'), node('n2')], [shard(0, 'n1', ['n2'])])).toEqual({ dead: 0, suspected: 0, leaderless: 0, moving: 0, alone: 0 });
  });

  test('says how full a spool is', () => {
    const spool = { records: 3, bytes: 10, ageSeconds: 4, usedPercent: 79 };
    expect(spoolState({ ...spool, records: 0, usedPercent: 100 })).toBe('empty');
    expect(spoolState(spool)).toBe('filling');
    expect(spoolState({ ...spool, usedPercent: 80 })).toBe('nearlyFull');
    expect(spoolState({ ...spool, usedPercent: 100 })).toBe('full');
  });

  test('tells who has no copy that is ready from who did not say', () => {
    const moving = shard(0, 'n1', ['n2', 'n3'], 'n2');
    expect(moveOf({ ...moving, copies: [{ node: 'n1', lag: 0 }] })).toEqual({ state: 'unknown' });
    expect(moveOf({ ...moving, copies: [{ node: 'n1', lag: 0 }, { node: 'n2' }] })).toEqual({ state: 'notReady' });
    expect(moveOf({ ...moving, movingLag: 0, copies: [{ node: 'n2', appliedSeq: 5, lag: 0 }] })).toEqual({ state: 'whole' });
    expect(moveOf({ ...moving, movingLag: 3, copies: [{ node: 'n2', appliedSeq: 2, lag: 3 }] })).toEqual({ state: 'behind', lag: 3 });
  });

  test('gives each node its shards', () => {
    expect(shardsOf('n2', shards).leads.map((one) => one.shard)).toEqual([2, 10]);
    expect(shardsOf('n2', shards).follows.map((one) => one.shard)).toEqual([0, 1]);
  });

  test('says how far followers are that said so', () => {
    expect(followersOf({ ...shard(0, 'n1', ['n2', 'n3', 'n4']), copies: [{ node: 'n1', lag: 0 }, { node: 'n2', appliedSeq: 2, lag: 3 }, { node: 'n3' }] }))
      .toEqual([{ name: 'n2', lag: 3 }, { name: 'n3' }, { name: 'n4' }]);
    expect(followersOf(shard(0, 'n1', ['n2']))).toEqual([{ name: 'n2' }]);
  });

  test('is filtered by number, by node, and by what moves', () => {
    expect(filterShards(shards, '1', false).map((one) => one.shard)).toEqual([1]);
    expect(filterShards(shards, 'N1', false).map((one) => one.shard)).toEqual([0, 2]);
    expect(filterShards(shards, '', true).map((one) => one.shard)).toEqual([1, 2]);
  });

  test('links to no address that is not host and port', () => {
    expect(nodeUrl('127.0.0.1:9090')).toBe('http://127.0.0.1:9090/cluster');
    expect(nodeUrl('[::1]:9090')).toBe('http://[::1]:9090/cluster');
    expect(nodeUrl('javascript:alert(1)')).toBeNull();
    expect(nodeUrl('evil.example/x:80')).toBeNull();
  });
});
