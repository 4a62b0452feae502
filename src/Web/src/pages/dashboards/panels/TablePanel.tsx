import { useMemo, useState } from 'react';
import { fieldOf, shown } from '../../../dashboards/fields';
import { sheetOf } from '../../../dashboards/panelData';
import type { PanelProps } from '../PanelFrame';

const rowsMax = 500;

/** The last values as a table, sorted by a click on a head. */
export function TablePanel({ panel, series }: PanelProps) {
  const sheet = useMemo(() => sheetOf(panel, series), [panel, series]);
  const [sort, setSort] = useState<{ by: string; down: boolean } | null>(null);
  const rows = useMemo(() => (sort ? [...sheet.rows].sort((a, b) => (sort.down ? -1 : 1) * compare(a[sort.by] ?? null, b[sort.by] ?? null)) : sheet.rows), [sheet, sort]);
  const fields = sheet.columns.map((name) => fieldOf(panel, { name, refId: /^Value #(\w+)$/.exec(name)?.[1] ?? '', labels: {} }));
  return (
    <div tabIndex={0} style={{ height: '100%', overflow: 'auto' }}>
      <table className="sheet">
        <thead><tr>{sheet.columns.map((name, i) => <th key={name} scope="col" style={{ position: 'sticky', top: 0, background: 'var(--panel)' }}><button type="button" className="legend-sort" data-active={sort?.by === name} onClick={() => setSort((now) => ({ by: name, down: now?.by === name ? !now.down : true }))}>{fields[i]!.displayName ?? name}</button></th>)}</tr></thead>
        <tbody>
          {rows.slice(0, rowsMax).map((row, i) => (
            <tr key={i}>{sheet.columns.map((name, at) => { const value = row[name] ?? null; return <td key={name} className={typeof value === 'number' ? 'tabular' : undefined}>{typeof value === 'string' ? value : shown(fields[at]!, value).text}</td>; })}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function compare(a: string | number | null, b: string | number | null): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''), 'en', { numeric: true });
}
