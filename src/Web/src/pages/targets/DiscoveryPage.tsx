import { useMemo, useState } from 'react';
import { SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { targets } from '../../api/queries';
import type { Labels as LabelSet, TargetsData } from '../../api/types';
import { useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { Empty } from '../../parts/Empty';
import { Labels } from '../../parts/Labels';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { IconSearch } from '../../parts/icons';

interface Found { before: LabelSet; after: LabelSet | null }
interface FoundPool { name: string; found: Found[]; active: number; dropped: number }

/** Rows of a job shown at first. */
const rowsAtFirst = 50;

function poolsOf(data: TargetsData): FoundPool[] {
  const pools = new Map<string, FoundPool>();
  const poolOf = (name: string): FoundPool => {
    let pool = pools.get(name);
    if (!pool) pools.set(name, (pool = { name, found: [], active: 0, dropped: 0 }));
    return pool;
  };
  for (const target of data.activeTargets) {
    const pool = poolOf(target.scrapePool);
    pool.found.push({ before: target.discoveredLabels, after: target.labels });
    pool.active++;
  }
  for (const target of data.droppedTargets) poolOf(target.scrapePool).found.push({ before: target.discoveredLabels, after: null });
  for (const [name, count] of Object.entries(data.droppedTargetCounts)) poolOf(name).dropped = count;
  return [...pools.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** What discovery found, before and after relabelling, and what was dropped. */
export function DiscoveryPage() {
  const { t } = useText();
  const say = useServer();
  const query = useQuery({ queryKey: ['targets'], queryFn: ({ signal }) => targets(signal), refetchInterval: 30_000 });
  const [typed, setTyped] = useState('');
  const [which, setWhich] = useState<'all' | 'active' | 'dropped'>('all');
  const pools = useMemo(() => (query.data ? poolsOf(query.data.data) : []), [query.data]);
  return (
    <Page title={say('discovery.title')} hint={say('discovery.hint')}>
      <Loaded query={query}>
        {() => pools.length === 0 ? <div className="panel"><Empty title={say('targets.empty')} hint={say('targets.empty.hint')} /></div> : (
          <>
            <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', alignItems: 'center' }}>
              <TextInput leftSection={<IconSearch size={15} />} style={{ flex: '1 1 240px', maxWidth: 460 }} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={say('targets.filter')} aria-label={say('targets.filter')} />
              <SegmentedControl value={which} onChange={(value) => setWhich(value as typeof which)} data={[{ value: 'all', label: t('common.all') }, { value: 'active', label: say('discovery.active') }, { value: 'dropped', label: say('discovery.dropped') }]} />
            </div>
            {pools.map((pool) => <PoolPanel key={pool.name} pool={pool} typed={typed.toLowerCase()} which={which} />)}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function PoolPanel({ pool, typed, which }: { pool: FoundPool; typed: string; which: 'all' | 'active' | 'dropped' }) {
  const { t } = useText();
  const say = useServer();
  const [all, setAll] = useState(false);
  const rows = pool.found.filter((one) => (which === 'all' || (one.after !== null) === (which === 'active')) && JSON.stringify([one.before, one.after]).toLowerCase().includes(typed));
  const shown = all ? rows : rows.slice(0, rowsAtFirst);
  const unlisted = pool.dropped - pool.found.filter((one) => one.after === null).length;
  return (
    <section className="panel" aria-label={pool.name}>
      <div className="panel-head"><b style={{ fontSize: '0.92rem' }}>{pool.name}</b><span className="dim" style={{ fontSize: '0.8rem' }}>{say('discovery.count', { active: pool.active, count: pool.active + pool.dropped })}</span></div>
      {rows.length > 0 && (
        <div className="scroll-x"><table className="sheet" style={{ tableLayout: 'fixed', minWidth: 560 }}>
          <thead><tr><th scope="col">{say('discovery.before')}</th><th scope="col">{say('discovery.after')}</th></tr></thead>
          <tbody>
            {shown.map((one, i) => (
              <tr key={i}>
                <td><Labels labels={one.before} /></td>
                <td>{one.after ? <Labels labels={one.after} /> : <span className="state unknown">{say('discovery.droppedBy')}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table></div>
      )}
      {rows.length === 0 && <div className="panel-body dim" style={{ fontSize: '0.82rem' }}>{t('common.nothing')}</div>}
      {rows.length > shown.length && <div className="panel-body"><button type="button" className="label" style={{ cursor: 'pointer', color: 'var(--accent)' }} onClick={() => setAll(true)}>{t('common.showAll', { count: rows.length })}</button></div>}
      {unlisted > 0 && <div className="panel-body dim" style={{ fontSize: '0.82rem' }}>{say('discovery.notListed', { count: unlisted })}</div>}
    </section>
  );
}
