import { lazy, Suspense, useRef, useState } from 'react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { ActiveTarget } from '../../api/types';
import { type ServerKey, useServer } from '../../i18n/server';
import { parseDuration } from '../../model/duration';
import { seriesText } from '../../model/seriesName';
import { safeUrl, type Pool } from '../../model/targetGroups';
import { formatValue } from '../../model/units';
import { Ago } from '../../parts/Ago';
import { Labels } from '../../parts/Labels';
import { Link } from '../../routing/Link';
import { RelabelSteps } from './RelabelSteps';
import { IconChevronDown, IconChevronRight } from '../../parts/icons';

const TargetHistory = lazy(() => import('./TargetHistory').then((m) => ({ default: m.TargetHistory })));

/** One job with its targets. Only the rows near the window are in the page. */
export function TargetPool({ pool, dropped }: { pool: Pool; dropped: number }) {
  const say = useServer();
  const [folded, setFolded] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const healthy = pool.up;
  const count = pool.targets.length;
  const list = useWindowVirtualizer({ count: folded ? 0 : count, estimateSize: () => 52, overscan: 10, scrollMargin: body.current?.offsetTop ?? 0 });
  return (
    <section className="panel" aria-label={pool.name}>
      <div className="panel-head" style={folded ? { borderBottom: 0 } : undefined}>
        <button type="button" className="pool-fold" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
          {folded ? <IconChevronRight size={16} /> : <IconChevronDown size={16} />}
          <b style={{ fontSize: '0.92rem' }}>{pool.name}</b>
          <span className={`state ${healthy === count ? 'up' : 'down'}`}>{say('targets.upOf', { up: pool.targets.filter((target) => target.health === 'up').length, count })}</span>
        </button>
        {dropped > 0 && <Link className="quiet" style={{ fontSize: '0.8rem' }} to="/service-discovery" params={{ which: 'dropped', filter: pool.name }}>{say('targets.dropped', { count: dropped })}</Link>}
      </div>
      {!folded && (
        <>
          <div className="target-row target-head" aria-hidden="true"><span>{say('targets.state')}</span><span>{say('targets.endpoint')}</span><span>{say('targets.labels')}</span><span className="number">{say('targets.lastScrape')}</span><span className="number">{say('targets.duration')}</span></div>
          <div ref={body} style={{ height: list.getTotalSize(), position: 'relative' }}>
            {list.getVirtualItems().map((item) => (
              <div key={item.key} ref={list.measureElement} data-index={item.index} style={{ position: 'absolute', top: 0, left: 0, right: 0, transform: `translateY(${item.start - list.options.scrollMargin}px)` }}>
                <TargetRow target={pool.targets[item.index]!} />
              </div>
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function TargetRow({ target }: { target: ActiveTarget }) {
  const say = useServer();
  const [open, setOpen] = useState(false);
  const timeoutMs = parseDuration(target.scrapeTimeout) ?? 10_000;
  const share = Math.min(1, (target.lastScrapeDuration * 1000) / timeoutMs);
  const url = safeUrl(target.globalUrl);
  const history = seriesText({ __name__: 'scrape_duration_seconds', job: target.labels.job ?? '', instance: target.labels.instance ?? '' });
  return (
    <div style={{ borderBottom: '1px solid var(--line)' }}>
      <div className="target-row">
        <span><span className={`state ${target.health}`}>{say(`targets.${target.health}` as ServerKey)}</span></span>
        <span style={{ minWidth: 0 }}>
          {url ? <a className="quiet mono" href={url} target="_blank" rel="noreferrer noopener">{target.scrapeUrl}</a> : <span className="mono">{target.scrapeUrl}</span>}
          {target.lastError && <div role="note" style={{ color: 'var(--bad)', fontSize: '0.78rem', overflowWrap: 'anywhere' }}>{target.lastError}</div>}
        </span>
        <span style={{ minWidth: 0, display: 'flex', gap: 6, alignItems: 'flex-start' }}>
          <button type="button" onClick={() => setOpen(!open)} aria-expanded={open} aria-label={say('targets.details', { url: target.scrapeUrl })} style={{ background: 'none', border: 0, padding: 0, color: 'var(--ink-dim)', cursor: 'pointer', lineHeight: 0, paddingTop: 2 }}>{open ? <IconChevronDown size={15} /> : <IconChevronRight size={15} />}</button>
          <Labels labels={target.labels} hide={['job']} />
        </span>
        <span className="number"><Ago time={target.lastScrape} /></span>
        <span className="number" title={say('targets.interval', { interval: target.scrapeInterval, timeout: target.scrapeTimeout })}>
          {formatValue(target.lastScrapeDuration, 's')}
          <span className="meter"><i style={{ width: `${Math.max(2, share * 100)}%`, background: share > 0.8 ? 'var(--bad)' : share > 0.5 ? 'var(--warn)' : 'var(--accent)' }} /></span>
        </span>
      </div>
      {open && (
        <div style={{ padding: '0 14px 12px 14px', fontSize: '0.8rem', display: 'flex', flexDirection: 'column', gap: 6 }}>
          <div className="dim">{say('targets.discovered')}</div>
          <Labels labels={target.discoveredLabels} />
          <div className="dim">{say('relabel.steps')}</div>
          <RelabelSteps pool={target.scrapePool} discovered={target.discoveredLabels} />
          <div className="dim">{say('targets.lastHour')}</div>
          <Suspense fallback={<div style={{ height: 120 }} aria-busy="true" />}><TargetHistory labels={target.labels} intervalMs={parseDuration(target.scrapeInterval) ?? 15_000} /></Suspense>
          <div className="dim">{say('targets.interval', { interval: target.scrapeInterval, timeout: target.scrapeTimeout })} · <Link className="quiet" to="/query" params={{ 'g0.expr': history, unit: 's' }}>{say('targets.history')}</Link></div>
        </div>
      )}
    </div>
  );
}
