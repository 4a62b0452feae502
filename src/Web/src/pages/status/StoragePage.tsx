import { useQuery } from '@tanstack/react-query';
import { storage } from '../../api/queries';
import type { NamedCount } from '../../api/types';
import { useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { selectorText } from '../../model/seriesName';
import { formatValue } from '../../model/units';
import { formatTime } from '../../model/zone';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { Link } from '../../routing/Link';
import { usePreferences } from '../../state/preferences';
import { CardinalityExplorer } from './CardinalityExplorer';

/** What the head holds, and what costs most of it. */
export function StoragePage() {
  const say = useServer();
  const { zone } = usePreferences();
  const query = useQuery({ queryKey: ['storage'], queryFn: ({ signal }) => storage(signal), refetchInterval: 30_000 });
  return (
    <Page title={say('storage.title')} hint={say('storage.hint')}>
      <Loaded query={query}>
        {(data) => (
          <>
            <div className="tiles">
              <Tile label={say('storage.series')} value={data.headStats.numSeries.toLocaleString('en-US')} />
              <Tile label={say('storage.chunks')} value={data.headStats.chunkCount.toLocaleString('en-US')} />
              <Tile label={say('storage.pairs')} value={data.headStats.numLabelPairs.toLocaleString('en-US')} />
              {data.headStats.maxTime > data.headStats.minTime && <Tile label={say('storage.span')} value={formatTime(data.headStats.minTime, zone)} more={say('storage.spanTo', { time: formatTime(data.headStats.maxTime, zone) })} small />}
            </div>
            <CardinalityExplorer />
            <div className="halves">
              <Shares title={say('storage.byLabel')} counts={data.labelValueCountByLabelName} />
              <Shares title={say('storage.byMemory')} counts={data.memoryInBytesByLabelName} unit="bytes" />
              <Shares title={say('storage.byPair')} counts={data.seriesCountByLabelValuePair} link={(pair) => topOf(pair)} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function topOf(pair: string): string {
  const cut = pair.indexOf('=');
  return `topk(20, count by (__name__) (${selectorText('', [{ label: pair.slice(0, cut), op: '=', value: pair.slice(cut + 1) }])}))`;
}

function Tile({ label, value, more, small }: { label: string; value: string; more?: string; small?: boolean }) {
  return <div className="panel tile"><div className="dim" style={{ fontSize: '0.78rem' }}>{label}</div><div className="tile-value" style={small ? { fontSize: '1.02rem', paddingTop: 6 } : undefined}>{value}</div>{more && <div className="dim tabular" style={{ fontSize: '0.78rem' }}>{more}</div>}</div>;
}

function Shares({ title, counts, unit = 'locale', link }: { title: string; counts: NamedCount[]; unit?: string; link?: (name: string) => string }) {
  const { t } = useText();
  const say = useServer();
  const most = Math.max(1, ...counts.map((count) => count.value));
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2 style={{ margin: 0, fontSize: '0.88rem' }}>{title}</h2></div>
      <div style={{ padding: '6px 0' }}>
        {counts.length === 0 && <div className="panel-body dim">{t('common.nothing')}</div>}
        {counts.map(({ name, value }) => (
          <div key={name} className="share-row">
            <i style={{ width: `${(100 * value) / most}%` }} />
            <span className="mono" style={{ overflowWrap: 'anywhere' }}>{link ? <Link className="quiet" title={say('storage.explore')} to="/query" params={{ 'g0.expr': link(name), view: 'table' }}>{name}</Link> : name}</span>
            <span className="number">{formatValue(value, unit)}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
