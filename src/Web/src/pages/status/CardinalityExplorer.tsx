import { useState } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { instantQuery, labelNames, storage } from '../../api/queries';
import type { QueryData } from '../../api/types';
import { useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { distinctQuery, labelsQuery, readWhere, selectorOf, totalQuery, valuesQuery, whereText, type CardinalityPlace } from '../../model/cardinality';
import { formatValue } from '../../model/units';
import { ErrorNote } from '../../parts/ErrorNote';
import { listSeparator } from '../../routing/address';
import { Link } from '../../routing/Link';
import { useAddress } from '../../routing/navigation';

const limits = [10, 20, 50, 100, 500];
/** Labels whose values are counted at once. */
const labelsMax = 60;

interface Row { name: string; count: number }
interface Shown { rows: Row[]; total: number; distinct: number; unit: 'series' | 'values' }

const countOf = (data: QueryData): number => (data.resultType === 'vector' ? Number(data.result[0]?.value?.[1] ?? 0) : 0);
const byCount = (rows: Row[]): Row[] => rows.sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));

async function look(place: CardinalityPlace, limit: number, signal: AbortSignal): Promise<Shown> {
  if (place.where.length === 0 && place.by === '') {
    const { data } = await storage(signal, limit);
    return { rows: data.seriesCountByMetricName.map(({ name, value }) => ({ name, count: value })), total: data.headStats.numSeries, distinct: 0, unit: 'series' };
  }
  const ask = async (query: string): Promise<QueryData> => (await instantQuery(query, Date.now(), signal)).data;
  if (place.by === '') {
    const names = (await labelNames([selectorOf(place)], signal)).data.filter((name) => !place.where.some(({ label }) => label === name)).slice(0, labelsMax);
    const [total, counted] = await Promise.all([ask(totalQuery(place)), names.length > 0 ? ask(labelsQuery(place, names)) : null]);
    const rows = counted?.resultType === 'vector' ? counted.result.map(({ metric, value }) => ({ name: metric.label ?? '', count: Number(value?.[1] ?? 0) })) : [];
    return { rows: byCount(rows), total: countOf(total), distinct: rows.length, unit: 'values' };
  }
  const [total, distinct, found] = await Promise.all([totalQuery(place), distinctQuery(place), valuesQuery(place, limit)].map(ask));
  const rows = found!.resultType === 'vector' ? found!.result.map(({ metric, value }) => ({ name: metric[place.by] ?? '', count: Number(value?.[1] ?? 0) })) : [];
  return { rows: byCount(rows), total: countOf(total!), distinct: countOf(distinct!), unit: 'series' };
}

/** Where the series come from: from metric to label to value, each with its share; the address says where one stands. */
export function CardinalityExplorer() {
  const { t } = useText();
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
  const open = (name: string): CardinalityPlace => (byMetric ? { where: [{ label: '__name__', value: name }], by: '' }
    : place.by === '' ? { ...place, by: name } : { where: [...place.where, { label: place.by, value: name }], by: '' });
  const { data } = found;
  const most = Math.max(1, ...(data?.rows ?? []).map(({ count }) => count));
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
        {place.by !== '' && <><span className="dim" aria-hidden="true">›</span><b className="mono">{place.by}</b></>}
        {!byMetric && <Link className="quiet" style={{ marginLeft: 'auto' }} to="/query" params={{ 'g0.expr': selectorOf(place), view: 'table' }}>{say('storage.explore')}</Link>}
      </nav>
      {found.error && <div className="panel-body"><ErrorNote error={found.error} onRetry={() => void found.refetch()} /></div>}
      {data && (
        <div style={{ opacity: found.isPlaceholderData ? 0.6 : 1, paddingBottom: 8 }}>
          <div className="dim tabular" style={{ padding: '0 14px 6px', fontSize: '0.78rem' }}>
            {heading} · {say('cardinality.total', { count: data.total.toLocaleString('en-US') })}{data.distinct > data.rows.length && ` · ${say('cardinality.most', { shown: data.rows.length, count: data.distinct.toLocaleString('en-US') })}`}
          </div>
          {data.rows.length === 0 && <div className="panel-body dim">{t('common.nothing')}</div>}
          <ul className="cost-list" aria-label={heading}>
            {data.rows.map(({ name, count }) => (
              <li key={name} className="share-row cost-row">
                <i style={{ width: `${(100 * count) / most}%` }} />
                <button type="button" className="crumb mono" title={say('cardinality.open')} onClick={() => go(open(name))}>{name === '' ? <em>{say('cardinality.without')}</em> : name}</button>
                <span className="number">{formatValue(count, 'locale')}{data.unit === 'values' && <span className="dim"> {say('cardinality.valuesOf', { count })}</span>}</span>
                <span className="number dim">{data.unit === 'series' && data.total > 0 ? `${((100 * count) / data.total).toFixed(1)}%` : ''}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
