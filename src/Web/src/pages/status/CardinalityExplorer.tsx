import { useState } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Answer } from '../../api/client';
import { cardinality } from '../../api/queries';
import type { CardinalityData, LabelCost } from '../../api/types';
import { useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { into, readWhere, selectorOf, whereText, type CardinalityPlace } from '../../model/cardinality';
import { formatValue } from '../../model/units';
import { Loaded } from '../../parts/Loaded';
import { listSeparator } from '../../routing/address';
import { Link } from '../../routing/Link';
import { useAddress } from '../../routing/navigation';

const limits = [10, 20, 50, 100, 500];

interface Row { name: string; count: number; series: number; ended: number; bytes: number }
interface Shown { rows: Row[]; total: CardinalityData }

const rowOf = ({ name, series, endedSeries, bytes }: LabelCost): Row => ({ name, count: series, series, ended: endedSeries, bytes });

async function look(place: CardinalityPlace, limit: number, signal: AbortSignal): Promise<Answer<Shown>> {
  const answer = await cardinality({ limit, ...(place.where.length > 0 ? { match: selectorOf(place) } : {}), ...(place.by ? { focus: place.by } : {}) }, signal);
  const { data } = answer;
  const rows = place.by ? (data.focus?.values ?? []).map(rowOf)
    : place.where.length === 0 ? data.metrics.map(rowOf)
    : data.labels.filter(({ name }) => !place.where.some(({ label }) => label === name)).map((label) => ({ ...rowOf(label), count: label.values ?? 0 })).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  return { ...answer, data: { rows, total: data } };
}

/** Where the series come from: from metric to label to value, each with its share; the address says where one stands. */
export function CardinalityExplorer() {
  const say = useServer();
  const [params, setParams] = useAddress();
  const limit = limits.find((one) => String(one) === params.limit) ?? 20;
  const place: CardinalityPlace = { where: readWhere((params.where ?? '').split(listSeparator)), by: params.by ?? '' };
  const [typed, setTyped] = useState(place.by);
  const found = useQuery({ queryKey: ['cardinality', place, limit], queryFn: ({ signal }) => look(place, limit, signal), placeholderData: (before) => before });
  const go = ({ where, by }: CardinalityPlace, more: Record<string, string> = {}): void => {
    setTyped(by);
    setParams(Object.fromEntries(Object.entries({ limit: params.limit ?? '', ...more, where: whereText(where).join(listSeparator), by }).filter(([, value]) => value !== '')));
  };
  const byMetric = place.where.length === 0 && place.by === '';
  const heading = byMetric ? say('cardinality.metrics') : place.by === '' ? say('cardinality.labels') : say('cardinality.values', { label: place.by });
  return (
    <section className="panel" aria-label={say('cardinality.title')}>
      <div className="panel-head">
        <h2 style={{ margin: 0, fontSize: '0.92rem' }}>{say('cardinality.title')}</h2>
        <span className="dim" style={{ fontSize: '0.8rem', flex: '1 1 200px' }}>{say('cardinality.hint')}</span>
        <form style={{ display: 'flex', gap: 6, alignItems: 'center' }} onSubmit={(event) => { event.preventDefault(); go({ ...place, by: typed.trim() }); }}>
          <TextInput size="xs" w={150} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={say('cardinality.focus')} aria-label={say('cardinality.focus')} />
          <Button size="xs" variant="default" type="submit">{say('cardinality.look')}</Button>
          <NativeSelect size="xs" w={76} aria-label={say('cardinality.limit')} value={String(limit)} onChange={(event) => go(place, { limit: event.currentTarget.value })} data={limits.map(String)} />
        </form>
      </div>
      <nav className="panel-body labels" aria-label={say('cardinality.path')} style={{ alignItems: 'center', fontSize: '0.8rem' }}>
        {byMetric ? <b>{say('cardinality.all')}</b> : <button type="button" className="crumb" onClick={() => go({ where: [], by: '' })}>{say('cardinality.all')}</button>}
        {place.where.map(({ label, value }, i) => (
          <span key={i} className="labels" style={{ alignItems: 'center' }}>
            <span className="dim" aria-hidden="true">›</span>
            <button type="button" className="crumb mono" onClick={() => go({ where: place.where.slice(0, i + 1), by: '' })}>{label === '__name__' ? value : `${label}=${JSON.stringify(value)}`}</button>
            <button type="button" className="crumb" aria-label={say('cardinality.drop', { label })} onClick={() => go({ where: place.where.filter((_, at) => at !== i), by: place.where.length === 1 && place.by === '' ? '' : place.by })}>×</button>
          </span>
        ))}
        {byMetric && ['job', 'instance'].map((label) => <button key={label} type="button" className="crumb" onClick={() => go({ where: [], by: label })}>{say('cardinality.by', { label })}</button>)}
        {place.by !== '' && <><span className="dim" aria-hidden="true">›</span><b className="mono">{place.by}</b></>}
        {!byMetric && <Link className="quiet" style={{ marginLeft: 'auto' }} to="/query" params={{ 'g0.expr': selectorOf(place), view: 'table' }}>{say('storage.explore')}</Link>}
      </nav>
      <Loaded query={found}>
        {({ rows, total }) => <Costs rows={rows} total={total} limit={limit} heading={heading} isOld={found.isPlaceholderData} isOfLabels={place.where.length > 0 && place.by === ''} onOpen={(name) => go(into(place, name))} />}
      </Loaded>
    </section>
  );
}

function Costs({ rows, total, limit, heading, isOld, isOfLabels, onOpen }: { rows: Row[]; total: CardinalityData; limit: number; heading: string; isOld: boolean; isOfLabels: boolean; onOpen: (name: string) => void }) {
  const { t } = useText();
  const say = useServer();
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <div style={{ opacity: isOld ? 0.6 : 1, paddingBottom: 8 }}>
      <div className="dim tabular" style={{ padding: '0 14px 8px', fontSize: '0.78rem' }}>
        {heading} · {say('cardinality.total', { count: total.series, ended: total.endedSeries, bytes: formatValue(total.bytes, 'bytes') })}{rows.length >= limit && ` · ${say('cardinality.most', { shown: rows.length })}`}
      </div>
      {rows.length === 0 ? <div className="panel-body dim">{t('common.nothing')}</div> : (
        <div className="cost-head cost-row" aria-hidden="true"><span>{isOfLabels ? say('cardinality.label') : say('cardinality.name')}</span><span className="number">{isOfLabels ? say('cardinality.distinct') : say('storage.series')}</span><span className="number cost-more">{say('cardinality.share')}</span><span className="number cost-more">{say('cardinality.ended')}</span><span className="number">{say('cardinality.memory')}</span></div>
      )}
      <ul className="cost-list" aria-label={heading}>
        {rows.map(({ name, count, series, ended, bytes }) => (
          <li key={name} className="share-row cost-row">
            <i style={{ width: `${(100 * count) / most}%` }} />
            <button type="button" className="crumb mono" title={say('cardinality.open')} onClick={() => onOpen(name)}>{name === '' ? <em>{say('cardinality.without')}</em> : name}</button>
            <span className="number">{formatValue(count, 'locale')}</span>
            <span className="number dim cost-more">{total.series > 0 ? `${((100 * series) / total.series).toFixed(1)}%` : ''}</span>
            <span className="number dim cost-more">{formatValue(ended, 'locale')}</span>
            <span className="number dim">{formatValue(bytes, 'bytes')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
