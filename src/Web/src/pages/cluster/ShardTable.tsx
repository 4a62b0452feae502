import { useState } from 'react';
import { Switch, TextInput } from '@mantine/core';
import type { ClusterShard } from '../../api/cluster';
import { type SayCluster, useClusterText } from '../../i18n/cluster';
import { filterShards, followersOf, moveOf } from '../../model/cluster';
import { Empty } from '../../parts/Empty';
import { useText } from '../../i18n/text';

/** Every shard: who has it, how far it is, where it goes. */
export function ShardTable({ shards }: { shards: ClusterShard[] }) {
  const c = useClusterText();
  const { t } = useText();
  const [filter, setFilter] = useState('');
  const [movingOnly, setMovingOnly] = useState(false);
  const shown = filterShards(shards, filter, movingOnly);
  return (
    <section className="panel" aria-label={c('shards')}>
      <div className="panel-head">
        <h2 style={{ margin: 0, fontSize: '0.9rem' }}>{c('shards')}</h2>
        <TextInput size="xs" w={220} aria-label={c('filter')} placeholder={c('filter')} value={filter} onChange={(event) => setFilter(event.currentTarget.value)} />
        <Switch size="xs" label={c('onlyMoving')} checked={movingOnly} onChange={(event) => setMovingOnly(event.currentTarget.checked)} />
        <span className="dim tabular" style={{ marginLeft: 'auto', fontSize: '0.8rem' }}>{shown.length} / {shards.length}</span>
      </div>
      {shown.length === 0 ? <Empty title={filter ? t('common.noMatch', { filter }) : t('common.nothing')} /> : (
        <div className="scroll-x" tabIndex={0} style={{ maxHeight: 560, overflowY: 'auto' }}>
          <table className="sheet">
            <thead><tr>{(['shard', 'leader', 'followers'] as const).map((key) => <th key={key} scope="col">{c(key)}</th>)}{(['epoch', 'journal', 'saved', 'lag'] as const).map((key) => <th key={key} scope="col" className="number">{c(key)}</th>)}</tr></thead>
            <tbody>
              {shown.map((shard) => (
                <tr key={shard.shard}>
                  <td className="tabular">{shard.shard}</td>
                  <td>{shard.leader || <span style={{ color: 'var(--bad)' }}>{c('noLeader')}</span>}{shard.movingTo && <span style={{ color: 'var(--warn)', marginLeft: 8 }}>{c('movesTo', { name: shard.movingTo })}{shard.copies && `: ${moveText(shard, c)}`}</span>}</td>
                  <td>{followersOf(shard).map(({ name, lag }) => (lag ? `${name} (${c('copy.behind', { count: lag })})` : name)).join(', ') || '–'}</td>
                  <td className="number">{shard.epoch.toLocaleString('en-US')}</td>
                  <td className="number">{shard.journalSeq.toLocaleString('en-US')}</td>
                  <td className="number">{shard.snapshotSeq.toLocaleString('en-US')}</td>
                  <td className="number">{shard.lag === undefined ? <span className="dim">{c('lag.notHere')}</span> : shard.lag === 0 ? c('lag.none') : c('lag.records', { count: shard.lag })}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function moveText(shard: ClusterShard, c: SayCluster): string {
  const move = moveOf(shard);
  return move.state === 'behind' ? c('copy.behind', { count: move.lag }) : c(`copy.${move.state}`);
}
