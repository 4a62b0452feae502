import { useMemo, useState, type ReactNode } from 'react';
import { reduced, reducerNames } from '../../../dashboards/reducers';
import type { Point } from '../../../model/series';
import { useText } from '../../../i18n/text';
import { useRows } from '../../../parts/useRows';

/** One line of a legend: what it is called, how it looks, and from what its figures come. */
export interface LegendItem { id: string; name: string; color: string; shown: boolean; values: readonly Point[]; write: (value: number) => string; link?: ReactNode }

interface SeriesLegendProps {
  items: LegendItem[];
  /** Figures, by Grafana's names. */
  calcs: readonly string[];
  isTable: boolean;
  isBeside: boolean;
  heightPx: number;
  /** A click shows only this line; with Ctrl or ⌘ it is added or taken away. */
  onPick: (id: string, toggle: boolean) => void;
}

const rowHeight = 24;
const namePx = 130;
const figurePx = 60;
export const legendRowPx = rowHeight;

/** Names, colours and figures of the lines of a panel, as a list or as a table to sort. */
export function SeriesLegend({ items, calcs, isTable, isBeside, heightPx, onPick }: SeriesLegendProps) {
  const { t } = useText();
  const [sort, setSort] = useState<{ by: string; down: boolean } | null>(null);
  const rows = useMemo(() => {
    const all = items.map((item) => ({ item, figures: calcs.map((calc) => reduced(item.values, calc)) }));
    if (!sort) return all;
    const column = calcs.indexOf(sort.by);
    const order = column < 0 ? all.sort((a, b) => a.item.name.localeCompare(b.item.name, 'en', { numeric: true })) : all.sort((a, b) => (a.figures[column] ?? -Infinity) - (b.figures[column] ?? -Infinity));
    return sort.down ? order.reverse() : order;
  }, [items, calcs, sort]);
  const visible = useRows(rows.length, rowHeight, heightPx);
  const pick = (item: LegendItem) => ({ 'data-off': !item.shown, 'aria-pressed': item.shown, title: item.name, onClick: (event: React.MouseEvent) => onPick(item.id, event.ctrlKey || event.metaKey) });
  const written = (item: LegendItem, value: number | null): string => (value === null ? '–' : item.write(value));
  if (!isTable) {
    return (
      <div className="small-legend" data-beside={isBeside} style={isBeside ? { maxHeight: heightPx } : undefined} role="group" aria-label={t('legend.label')} tabIndex={0}>
        {rows.map(({ item, figures }) => (
          <span key={item.id} style={{ display: 'inline-flex', alignItems: 'center', gap: 4, maxWidth: '100%' }}>
            <button type="button" {...pick(item)}>
              <i style={{ background: item.color }} /><span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{item.name}</span>
              {calcs.slice(0, 3).map((calc, i) => <span key={calc} className="dim tabular">{reducerNames[calc] ?? calc} {written(item, figures[i]!)}</span>)}
            </button>
            {item.link}
          </span>
        ))}
      </div>
    );
  }
  const head = (by: string, label: string) => (
    <button type="button" className="legend-sort" data-active={sort?.by === by} aria-label={t('legend.sortBy', { column: label })} onClick={() => setSort((now) => (now?.by !== by ? { by, down: by !== '' } : now.down === (by !== '') ? { by, down: by === '' } : null))}>
      {label}{sort?.by === by ? (sort.down ? ' ↓' : ' ↑') : ''}
    </button>
  );
  const columns = { gridTemplateColumns: `minmax(0, 1fr) repeat(${calcs.length}, ${isBeside ? `${figurePx}px` : 'minmax(52px, 84px)'})` };
  // A name is worth more than a figure that one has to scroll to.
  const minWidth = namePx + figurePx * calcs.length;
  return (
    <div className="legend panel-legend" role="group" aria-label={t('legend.label')} tabIndex={0} style={{ height: heightPx, overflow: 'auto' }} onScroll={visible.onScroll}>
      <div className="legend-head" style={{ ...columns, minWidth }}><div>{head('', t('legend.name'))}</div>{calcs.map((calc) => <div key={calc} className="number">{head(calc, reducerNames[calc] ?? calc)}</div>)}</div>
      <div style={{ height: visible.height, minWidth, position: 'relative' }}>
        {rows.slice(visible.from, visible.to).map(({ item, figures }, i) => (
          <div key={item.id} style={{ position: 'absolute', left: 0, right: 0, top: (visible.from + i) * rowHeight, display: 'flex', alignItems: 'center' }}>
            <button type="button" className="legend-row" style={{ ...columns, height: rowHeight }} {...pick(item)}>
              <span className="legend-name"><i style={{ background: item.color }} /><span>{item.name}</span></span>
              {figures.map((value, at) => <span key={calcs[at]} className="number">{written(item, value)}</span>)}
            </button>
            {item.link}
          </div>
        ))}
      </div>
    </div>
  );
}
