import { useMemo, useRef, useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useText } from '../../i18n/text';
import { rowsOf, toCsv, type ResultRow } from '../../model/resultRows';
import type { Span } from '../../model/timeRange';
import { formatTime } from '../../model/zone';
import { download } from '../../parts/download';
import { Empty } from '../../parts/Empty';
import { IconDownload } from '../../parts/icons';
import type { ExploreState } from '../../state/exploreState';
import { usePreferences } from '../../state/preferences';
import { letterOf } from './QueryRow';
import type { Result } from './useResults';
import { ViewTools } from './ViewTools';

const rowHeight = 31;

/** The results at the end of the range: a row a series, a column a label. */
export function TableView({ state, span, results }: { state: ExploreState; span: Span; results: Result[] }) {
  const { t } = useText();
  const { zone } = usePreferences();
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<{ by: string; down: boolean } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const several = state.queries.filter((query) => query.expr && !query.hidden).length > 1;
  const answers = results.map((result, i) => (state.queries[i]!.hidden ? undefined : result.answer));
  const stamp = answers.map((answer) => (answer ? `${answer.tookMs} ${answer.bytes}` : '-')).join('|');
  // The stamp stands for all answers.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const table = useMemo(() => rowsOf(answers.map((answer) => answer?.data)), [stamp]);
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    const found = wanted === '' ? [...table.rows] : table.rows.filter((row) => `${Object.values(row.labels).join(' ')} ${row.text}`.toLowerCase().includes(wanted));
    if (!sort) return found;
    const sign = sort.down ? -1 : 1;
    return found.sort((a, b) => sign * (sort.by === '' ? order(a, b) : (a.labels[sort.by] ?? '').localeCompare(b.labels[sort.by] ?? '', 'en', { numeric: true })));
  }, [table, filter, sort]);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 });
  const sortBy = (by: string): void => setSort((now) => (now?.by !== by ? { by, down: by === '' } : now.down === (by === '') ? { by, down: by !== '' } : null));
  const head = (by: string, text: string) => (
    <button type="button" className="legend-sort" data-active={sort?.by === by} onClick={() => sortBy(by)}>{text}{sort?.by === by ? (sort.down ? ' ↓' : ' ↑') : ''}</button>
  );
  const columns = [...(several ? ['32px'] : []), ...table.columns.map((name) => (name === '__name__' ? 'minmax(180px, 1.6fr)' : 'minmax(110px, 1fr)')), 'minmax(130px, max-content)'].join(' ');
  const widthMin = table.columns.length * 140 + 140;
  const grid = { display: 'grid', gridTemplateColumns: columns, gap: 12, padding: '0 14px', alignItems: 'center', minWidth: widthMin } as const;
  const csv = (): void => download('query.csv', toCsv(table.columns, rows), 'text/csv');

  if (table.rows.length === 0) return results.some((result) => result.answer) ? <Empty title={t('explore.noData')} hint={formatTime(span.toMs, zone)} /> : <div style={{ height: 200 }} />;
  return (
    <>
      <ViewTools>
        <span className="dim tabular" style={{ fontSize: '0.78rem' }}>{t('explore.table.series', { count: rows.length })} · {t('explore.table.at', { time: formatTime(span.toMs, zone) })}</span>
        <TextInput size="xs" w={170} value={filter} onChange={(event) => setFilter(event.currentTarget.value)} placeholder={t('explore.table.filter')} aria-label={t('explore.table.filter')} />
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} onClick={csv}>{t('explore.table.csv')}</Button>
      </ViewTools>
      <div ref={box} style={{ maxHeight: 'max(320px, calc(100vh - 330px))', overflow: 'auto' }} role="table" aria-rowcount={rows.length}>
        <div role="row" style={{ ...grid, height: 32, position: 'sticky', top: 0, background: 'var(--panel)', borderBottom: '1px solid var(--line)', zIndex: 1 }}>
          {several && <span />}
          {table.columns.map((name) => <div key={name} role="columnheader">{head(name, name === '__name__' ? t('common.name') : name)}</div>)}
          <div role="columnheader" className="number pinned">{head('', t('common.value'))}</div>
        </div>
        <div style={{ height: list.getTotalSize(), position: 'relative', minWidth: widthMin }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index]!;
            return (
              <div key={item.key} role="row" className="mono" style={{ ...grid, position: 'absolute', top: 0, left: 0, right: 0, height: rowHeight, transform: `translateY(${item.start}px)`, borderBottom: '1px solid var(--line)', fontSize: '0.78rem' }}>
                {several && <span role="cell" style={{ color: 'var(--accent)', fontWeight: 600 }}>{letterOf(row.query)}</span>}
                {table.columns.map((name) => <span key={name} role="cell" title={row.labels[name]} style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{row.labels[name] ?? ''}</span>)}
                <span role="cell" className="number pinned" title={row.text} style={{ overflow: 'hidden', textOverflow: 'ellipsis', lineHeight: `${rowHeight - 1}px` }}>{row.text}</span>
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

const order = (a: ResultRow, b: ResultRow): number => (Number.isNaN(a.value) ? -Infinity : a.value) - (Number.isNaN(b.value) ? -Infinity : b.value) || 0;
