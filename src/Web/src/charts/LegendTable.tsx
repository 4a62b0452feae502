import { useMemo, useState } from 'react';
import { TextInput } from '@mantine/core';
import { useText, type MessageKey } from '../i18n/text';
import { summaryOf, type Line, type Summary } from '../model/series';
import { seriesText } from '../model/seriesName';
import { formatValue, type Unit } from '../model/units';
import { useRows } from '../parts/useRows';

type Column = 'name' | keyof Summary;
const figures: (keyof Summary)[] = ['min', 'max', 'mean', 'last'];
/** From so many lines on, a box to filter by name is offered. */
const filterFrom = 12;
const rowHeight = 26;
const heightMax = 260;

interface LegendTableProps {
  lines: Line[];
  colorOf: (line: Line) => string;
  isShown: (line: Line) => boolean;
  unit: Unit;
  onHover: (line: Line | null) => void;
  /** A click shows only this line; with Ctrl or ⌘ it is added or taken away. */
  onPick: (line: Line, toggle: boolean) => void;
}

/** The lines of a chart with their figures: to sort, to filter, to show one alone. Only what can be seen is in the page. */
export function LegendTable({ lines, colorOf, isShown, unit, onHover, onPick }: LegendTableProps) {
  const { t } = useText();
  const [sort, setSort] = useState<{ by: Column; down: boolean } | null>(null);
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => {
    const wanted = filter.toLowerCase();
    const all = lines.map((line) => ({ line, summary: summaryOf(line.values) })).filter((row) => row.line.name.toLowerCase().includes(wanted));
    if (!sort) return all;
    const sign = sort.down ? -1 : 1;
    const { by } = sort;
    return all.sort((a, b) => (by === 'name' ? sign * a.line.name.localeCompare(b.line.name, 'en', { numeric: true }) : sign * ((a.summary[by] ?? -Infinity) - (b.summary[by] ?? -Infinity))));
  }, [lines, filter, sort]);
  const visible = useRows(rows.length, rowHeight, heightMax);
  const sortBy = (by: Column): void => setSort((now) => (now?.by !== by ? { by, down: by !== 'name' } : now.down === (by !== 'name') ? { by, down: by === 'name' } : null));
  const head = (by: Column) => (
    <button type="button" className="legend-sort" data-active={sort?.by === by} onClick={() => sortBy(by)} aria-label={t('legend.sortBy', { column: t(`legend.${by}` as MessageKey) })}>
      {t(`legend.${by}` as MessageKey)}{sort?.by === by ? (sort.down ? ' ↓' : ' ↑') : ''}
    </button>
  );

  return (
    <div className="legend" role="group" aria-label={t('legend.label')}>
      {lines.length >= filterFrom && (
        <div style={{ padding: '0 14px 8px' }}>
          <TextInput size="xs" maw={320} value={filter} onChange={(event) => setFilter(event.currentTarget.value)} placeholder={t('legend.filter', { count: lines.length })} aria-label={t('legend.filter', { count: lines.length })} />
        </div>
      )}
      <div className="legend-head">
        <div>{head('name')}</div>
        {figures.map((by) => <div key={by} className={by === 'last' ? 'number' : 'number legend-optional'}>{head(by)}</div>)}
      </div>
      <div style={{ maxHeight: heightMax, overflowY: 'auto' }} onScroll={visible.onScroll} onMouseLeave={() => onHover(null)}>
        <div style={{ height: visible.height, position: 'relative' }}>
          {rows.slice(visible.from, visible.to).map(({ line, summary }, i) => (
              <button
                type="button" key={line.id} className="legend-row" data-off={!isShown(line)} aria-pressed={isShown(line)} title={seriesText(line.labels)}
                style={{ position: 'absolute', top: 0, left: 0, transform: `translateY(${(visible.from + i) * rowHeight}px)` }}
                onMouseEnter={() => onHover(line)} onClick={(event) => onPick(line, event.ctrlKey || event.metaKey)}
              >
                <span className="legend-name"><i style={{ background: colorOf(line) }} /><span>{line.name}</span></span>
                {figures.map((by) => <span key={by} className={by === 'last' ? 'number' : 'number legend-optional'}>{summary[by] === null ? '–' : formatValue(summary[by], unit)}</span>)}
              </button>
          ))}
        </div>
      </div>
    </div>
  );
}
