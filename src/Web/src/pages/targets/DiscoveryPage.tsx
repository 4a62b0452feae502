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
import { IconChevronDown, IconChevronRight, IconSearch } from '../../parts/icons';
import { useAddress } from '../../routing/navigation';
import { RelabelSteps } from './RelabelSteps';

interface Found { before: LabelSet; after: LabelSet | null }
interface FoundPool { name: string; found: Found[]; active: number; dropped: number }

type Which = 'all' | 'active' | 'dropped';
const whiches: Which[] = ['all', 'active', 'dropped'];

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
  const [params, setParams] = useAddress();
  const [typed, setTyped] = useState(params.filter ?? '');
  const which = whiches.find((one) => one === params.which) ?? 'all';
  const set = (key: string, value: string): void => {
    const { [key]: _, ...rest } = params;
    setParams(value ? { ...rest, [key]: value } : rest, { replace: true });
  };
  const pools = useMemo(() => (query.data ? poolsOf(query.data.data) : []), [query.data]);
  return (
    <Page title={say('discovery.title')} hint={say('discovery.hint')}>
      <Loaded query={query}>
        {() => pools.length === 0 ? <div className="panel"><Empty title={say('targets.empty')} hint={say('targets.empty.hint')} /></div> : (
          <>
            <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', alignItems: 'center' }}>
              <TextInput leftSection={<IconSearch size={15} />} style={{ flex: '1 1 240px', maxWidth: 460 }} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); set('filter', event.currentTarget.value); }} placeholder={say('targets.filter')} aria-label={say('targets.filter')} />
              <SegmentedControl value={which} onChange={(value) => set('which', value === 'all' ? '' : value)} data={[{ value: 'all', label: t('common.all') }, { value: 'active', label: say('discovery.active') }, { value: 'dropped', label: say('discovery.dropped') }]} />
            </div>
            {pools.map((pool) => <PoolPanel key={pool.name} pool={pool} typed={typed.toLowerCase()} which={which} />)}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function PoolPanel({ pool, typed, which }: { pool: FoundPool; typed: string; which: Which }) {
  const { t } = useText();
  const say = useServer();
  const [all, setAll] = useState(false);
  const rows = pool.found.filter((one) => (which === 'all' || (one.after !== null) === (which === 'active')) && JSON.stringify([pool.name, one.before, one.after]).toLowerCase().includes(typed));
  const shown = all ? rows : rows.slice(0, rowsAtFirst);
  const unlisted = pool.dropped - pool.found.filter((one) => one.after === null).length;
  // Who looks for something is not told where it is not.
  if (rows.length === 0 && (typed !== '' || which === 'active' || (which === 'dropped' && unlisted === 0))) return null;
  return (
    <section className="panel" aria-label={pool.name}>
      <div className="panel-head"><b style={{ fontSize: '0.92rem' }}>{pool.name}</b><span className="dim" style={{ fontSize: '0.8rem' }}>{say('discovery.count', { active: pool.active, count: pool.active + pool.dropped })}</span></div>
      {rows.length > 0 && (
        <div className="scroll-x"><table className="sheet found-table">
          <thead><tr><th scope="col">{say('discovery.before')}</th><th scope="col">{say('discovery.after')}</th></tr></thead>
          <tbody>
            {shown.map((one, i) => (
              <FoundRows key={i} pool={pool.name} found={one} />
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

function FoundRows({ pool, found }: { pool: string; found: Found }) {
  const say = useServer();
  const [open, setOpen] = useState(false);
  return (
    <>
      <tr>
        <td><Labels labels={found.before} /></td>
        <td>
          {found.after ? <Labels labels={found.after} /> : <span className="state unknown">{say('discovery.droppedBy')}</span>}
          <div><button type="button" className="link-button" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? <IconChevronDown size={13} /> : <IconChevronRight size={13} />}{say(found.after ? 'discovery.how' : 'discovery.why')}</button></div>
        </td>
      </tr>
      {open && <tr><td colSpan={2}><div className="found-details"><RelabelSteps pool={pool} discovered={found.before} /></div></td></tr>}
    </>
  );
}
