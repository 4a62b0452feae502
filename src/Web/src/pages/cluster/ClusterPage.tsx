import { useQuery } from '@tanstack/react-query';
import { cluster, type Spool } from '../../api/cluster';
import { type SayCluster, useClusterText } from '../../i18n/cluster';
import { healthOf, spoolState } from '../../model/cluster';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import './cluster.css';
import { Alone } from './Alone';
import { NodeCard } from './NodeCard';
import { ShardTable } from './ShardTable';

/** Milliseconds between two looks: a takeover is over within seconds. */
const everyMs = 1500;

/** Nodes, shards and what moves, live; on a node by itself, how one gets there. */
export function ClusterPage() {
  const c = useClusterText();
  const found = useQuery({ queryKey: ['cluster'], queryFn: ({ signal }) => cluster(signal), refetchInterval: everyMs });
  const self = found.data?.data.clustered ? found.data.data.self : '';
  return (
    <Page title={c('title')} hint={self ? c('hint', { self }) : c('hint.alone')}>
      <Loaded query={found}>
        {(data) => {
          if (!data.clustered) return <Alone />;
          const health = healthOf(data.nodes, data.shards);
          const isAway = data.storeReached === false;
          const troubles = Number(isAway) + health.dead + health.suspected + health.leaderless + health.moving + health.alone;
          return (
            <>
              {isAway && <div className="panel" role="alert" style={{ color: 'var(--warn)', padding: '10px 14px' }}>{c('store.away', { self: data.self })}</div>}
              {data.unanswered && data.unanswered.length > 0 && <div className="panel" role="status" style={{ color: 'var(--warn)', padding: '10px 14px' }}>{c('unanswered', { names: data.unanswered.join(', ') })}</div>}
              <div className="tiles">
                <Tile label={c('nodes')} value={`${data.nodes.length - health.dead} / ${data.nodes.length}`} bad={health.dead > 0} more={c('view', { version: String(data.version) })} />
                <Tile label={c('shards')} value={String(data.shards.length)} />
                <Tile label={c('moving')} value={String(health.moving)} warn={health.moving > 0} />
                <Tile label={c('leaderless')} value={String(health.leaderless)} bad={health.leaderless > 0} />
                <Tile label={c('alone.copies')} value={String(health.alone)} warn={health.alone > 0} />
                {data.spool && <SpoolTile spool={data.spool} self={data.self} c={c} />}
              </div>
              {troubles === 0 && <div className="dim" role="status">{c('well')}</div>}
              <div className="shard-key" aria-hidden="true">
                <span><i className="shard-cell" data-leads="true">1</i>{c('key.leads')}</span><span><i className="shard-cell">1</i>{c('key.follows')}</span><span><i className="shard-cell" data-moves="true">1</i>{c('key.moves')}</span>
              </div>
              <div className="node-cards">{data.nodes.map((node) => <NodeCard key={node.incarnation} node={node} isSelf={node.name === data.self} shards={data.shards} />)}</div>
              <ShardTable shards={data.shards} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function SpoolTile({ spool, self, c }: { spool: Spool; self: string; c: SayCluster }) {
  const state = spoolState(spool);
  const values = { used: String(spool.usedPercent), age: String(spool.ageSeconds) };
  return <Tile label={c('spool', { self })} value={String(spool.records)} more={c(state === 'filling' ? 'spool.used' : `spool.${state}`, values)} warn={state === 'filling'} bad={state === 'nearlyFull' || state === 'full'} />;
}

function Tile({ label, value, more, bad, warn }: { label: string; value: string; more?: string; bad?: boolean; warn?: boolean }) {
  return <div className="panel tile"><div className="dim" style={{ fontSize: '0.78rem' }}>{label}</div><div className="tile-value" style={bad ? { color: 'var(--bad)' } : warn ? { color: 'var(--warn)' } : undefined}>{value}</div>{more && <div className="dim tabular" style={{ fontSize: '0.78rem' }}>{more}</div>}</div>;
}
