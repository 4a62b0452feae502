import { useMemo, useState } from 'react';
import { NativeSelect, useComputedColorScheme } from '@mantine/core';
import type { FieldDefaults } from '../../../dashboards/dashboard';
import { barBackground, barModeOf } from '../../../dashboards/bars';
import { numberIn } from '../../../dashboards/entries';
import { colorOf, fieldOf, shown } from '../../../dashboards/fields';
import { calledOf, heightOf, plainOf, timeFieldOf, Trend, type Cell, type Field, type Frame } from '../../../dashboards/frames';
import { colorScaleOf, paintOf } from '../../../dashboards/paint';
import { numbersOf, ranging } from '../../../dashboards/ranges';
import { inkOn } from '../../../theme/ink';
import { footerOf } from '../../../dashboards/tableFooter';
import { compared } from '../../../dashboards/transformations/rows';
import { useBoard } from '../../../i18n/useBoard';
import { formatTime } from '../../../model/zone';
import { usePreferences } from '../../../state/preferences';
import type { PanelProps } from '../PanelFrame';
import { ValueLink } from '../ValueLink';
import { Bar } from './Bar';
import { Spark } from './Spark';

const rowsMax = 500;

interface Sort { by: string; down: boolean }
interface Column { field: Field; config: FieldDefaults; title: string }

/** A table of one frame, sorted by a click on a head; where there are several frames, of the one that is chosen. */
export function TablePanel({ panel, board, frames, scope }: PanelProps) {
  const b = useBoard();
  const [chosen, setChosen] = useState(0);
  const stored = (panel.options?.sortBy as { displayName?: string; desc?: boolean }[] | undefined)?.[0];
  const [sort, setSort] = useState<Sort | null>(stored?.displayName ? { by: stored.displayName, down: stored.desc ?? false } : null);
  const frame = frames[Math.min(chosen, frames.length - 1)];
  const columns = useMemo(() => (frame ? columnsOf(panel, frame, ranging(() => numbersOf(frames))) : []), [panel, frame, frames]);
  const rows = useMemo(() => {
    const all = Array.from({ length: frame ? heightOf(frame) : 0 }, (_, i) => i);
    const by = sort && columns.find((column) => column.title === sort.by)?.field.values;
    return by ? all.sort((x, y) => (sort.down ? -1 : 1) * compared(by[x] ?? null, by[y] ?? null)) : all;
  }, [frame, columns, sort]);
  const footer = useMemo(() => (frame ? footerOf(panel, frame, columns) : null), [panel, frame, columns]);
  if (!frame) return null;
  return (
    <div style={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <div tabIndex={0} style={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
        <table className="sheet">
          <thead><tr>{columns.map(({ title, config }, i) => (
            <th key={i} scope="col" style={{ position: 'sticky', top: 0, background: 'var(--panel)', minWidth: widthOf(config) }}>
              <button type="button" className="legend-sort" data-active={sort?.by === title} onClick={() => setSort((now) => ({ by: title, down: now?.by === title ? !now.down : true }))}>{title}</button>
            </th>
          ))}</tr></thead>
          <tbody>
            {rows.slice(0, rowsMax).map((row) => (
              <tr key={row}>{columns.map(({ field, config, title }, i) => (
                <TableCell key={i} value={field.values[row] ?? null} field={field} config={config}>
                  {(text) => <ValueLink links={config.links} scope={scope} range={board.range} context={{ name: title, labels: field.labels, value: field.values[row] ?? null, text, row: { frame, at: row } }}>{text}</ValueLink>}
                </TableCell>
              ))}</tr>
            ))}
          </tbody>
          {footer && <tfoot><tr>{columns.map(({ config, field }, i) => (
            <td key={i} className={field.kind === 'string' ? undefined : 'tabular'} style={alignmentOf(config)}>{footer[i]!.map(({ name, text }) => <div key={name}>{name !== '' && <span className="dim">{name} </span>}{text}</div>)}</td>
          ))}</tr></tfoot>}
        </table>
        {rows.length > rowsMax && <div className="dim" style={{ padding: '4px 12px', fontSize: '0.75rem' }}>{b('limited', { shown: rowsMax, count: rows.length })}</div>}
      </div>
      {frames.length > 1 && <NativeSelect size="xs" m={6} aria-label={b('frame')} value={String(chosen)} onChange={(event) => setChosen(Number(event.currentTarget.value))} data={frames.map((one, i) => ({ value: String(i), label: one.name || one.refId }))} />}
    </div>
  );
}

const alignmentOf = ({ custom }: FieldDefaults): React.CSSProperties => (custom?.align === 'right' || custom?.align === 'center' ? { textAlign: custom.align } : {});

const widthOf = (config: FieldDefaults): number | undefined => (typeof config.custom?.width === 'number' ? config.custom.width : undefined);

function columnsOf(panel: PanelProps['panel'], frame: Frame, ranged: ReturnType<typeof ranging>): Column[] {
  return frame.fields.map((field): Column => {
    const config = ranged(fieldOf(panel, { name: calledOf(field), refId: frame.refId, labels: field.labels, kind: field.kind, values: field.values }), field.values);
    return { field, config, title: config.displayName && !config.displayName.includes('$') ? config.displayName : frame.fields.length === 2 && timeFieldOf(frame) ? calledOf(field) : field.shown ?? field.name };
  }).filter(({ config }) => !config.custom?.hidden && !(config.custom?.hideFrom as { viz?: boolean } | undefined)?.viz);
}

function TableCell({ value: cell, field, config, children }: { value: Cell; field: Field; config: FieldDefaults; children: (text: string) => React.ReactNode }) {
  const { zone } = usePreferences();
  const isDark = useComputedColorScheme('light') === 'dark';
  const value = plainOf(cell);
  // A time is written as one, whatever unit the panel gives its values, unless that is one of times.
  const isTime = field.kind === 'time' && typeof value === 'number' && !/^(date|time:)/.test(config.unit ?? '');
  const text = isTime ? { text: formatTime(value, zone) } : shown(field.kind === 'string' ? { ...config, unit: '' } : config, value);
  const { type = 'auto', mode: barMode, hideValue } = (config.custom?.cellOptions ?? {}) as { type?: string; mode?: unknown; hideValue?: unknown };
  const number = field.kind === 'number' || field.kind === 'trend' ? numberIn(value) : null;
  const color = colorOf(text.color, number !== null ? paintOf(config, number, 0, isDark, 'thresholds') : 'var(--ink)');
  const style = type === 'color-text' ? { color: `color-mix(in srgb, ${color} 78%, var(--ink))` } : type === 'color-background' && color !== 'var(--ink)' ? { background: color, color: inkOn(color) } : undefined;
  if (cell instanceof Trend) {
    return <td className="spark-cell"><div><Spark className="cell-spark" values={cell.points} color={config.color || config.thresholds ? color : 'var(--accent)'} />{hideValue !== true && <b className="tabular">{children(text.text)}</b>}</div></td>;
  }
  if (type === 'gauge' && number !== null) {
    const [min, max] = [config.min ?? 0, config.max ?? 100];
    const mode = barModeOf(barMode);
    const background = barBackground(mode, color, text.color ? null : colorScaleOf(config, isDark, 'thresholds'), min, max, 'right');
    return <td style={{ minWidth: 120 }}><div className="bar-row" style={{ gridTemplateColumns: 'minmax(0, 1fr) auto' }}><Bar percent={Math.max(0, Math.min(100, (100 * (number - min)) / (max - min || 1)))} mode={mode} background={background} segments={16} /><b className="tabular">{children(text.text)}</b></div></td>;
  }
  return <td className={field.kind === 'string' ? undefined : 'tabular'} style={{ ...style, ...alignmentOf(config), ...(isTime ? { whiteSpace: 'nowrap' } : {}) }}>{children(text.text)}</td>;
}
