import { Tooltip } from '@mantine/core';
import type { ClusterNode, ClusterShard } from '../../api/cluster';
import { useClusterText } from '../../i18n/cluster';
import { nodeUrl, shardsOf, spoolState } from '../../model/cluster';
import { IconExternalLink } from '../../parts/icons';

/** A node with the shards it has. */
export function NodeCard({ node, isSelf, shards }: { node: ClusterNode; isSelf: boolean; shards: ClusterShard[] }) {
  const c = useClusterText();
  const { leads, follows } = shardsOf(node.name, shards);
  const spool = node.spool;
  const spoolIs = spool && spoolState(spool);
  const url = isSelf ? null : nodeUrl(node.httpAddress);
  return (
    <section className="panel node-card" data-status={node.status} aria-label={node.name}>
      <h2 className="node-name">
        {node.name}
        <span className={`state ${node.status === 'up' ? 'up' : node.status === 'dead' ? 'down' : 'unknown'}`}>{c(`status.${node.status}`)}</span>
        {isSelf && <span className="dim" style={{ fontSize: '0.76rem', fontWeight: 400 }}>{c('node.self')}</span>}
        {url && node.status !== 'dead' && <a className="quiet" href={url} target="_blank" rel="noreferrer" aria-label={c('node.open', { name: node.name })} style={{ marginLeft: 'auto', display: 'inline-flex' }}><IconExternalLink size={15} /></a>}
      </h2>
      <div className="dim mono" style={{ overflowWrap: 'anywhere' }}>{node.httpAddress}</div>
      <div className="dim" style={{ fontSize: '0.8rem' }}>
        {[c('node.leads', { count: node.leads }), c('node.follows', { count: node.follows }), ...(node.targets === undefined ? [] : [c('node.targets', { count: node.targets })]), ...node.roles, ...(node.zone ? [c('node.zone', { zone: node.zone })] : [])].join(' · ')}
      </div>
      {node.status !== 'dead' && node.accusers > 0 && <div style={{ color: 'var(--bad)', fontSize: '0.8rem' }}>{c('node.suspected', { count: node.accusers })}</div>}
      {spool && spoolIs && spoolIs !== 'empty' && (
        <div style={{ color: spoolIs === 'filling' ? 'var(--warn)' : 'var(--bad)', fontSize: '0.8rem' }}>
          {[c('node.spool', { count: spool.records }), c(spoolIs === 'filling' ? 'spool.used' : `spool.${spoolIs}`, { used: String(spool.usedPercent), age: String(spool.ageSeconds) })].join(' · ')}
        </div>
      )}
      {node.status !== 'dead' && (
        <ul className="shard-cells" aria-label={c('node.shards', { name: node.name })}>
          {[...leads, ...follows].map((shard) => {
            const isLed = shard.leader === node.name;
            const state = [c(isLed ? 'key.leads' : 'key.follows'), ...(shard.movingTo ? [c('movesTo', { name: shard.movingTo })] : [])].join(', ');
            return <Tooltip key={shard.shard} label={c('cell', { shard: String(shard.shard), state })}><li className="shard-cell" data-leads={isLed} data-moves={isLed && shard.movingTo !== undefined}>{shard.shard}</li></Tooltip>;
          })}
        </ul>
      )}
    </section>
  );
}
