import { useEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { formatValue, type Unit } from '../model/units';
import { formatTime, type Zone } from '../model/zone';
import { timeLabels } from './axes';
import { rampOf } from './colorRamps';
import type { HeatData, HeatRow } from './heatmapData';
import { timeTicks } from './timeTicks';

export interface HeatmapProps {
  data: HeatData;
  /** Ends of the axis in seconds. */
  span: [number, number];
  height: number;
  unit: Unit;
  zone: Zone;
  scheme: string;
  reverse?: boolean;
  /** Below 1 small counts are told apart better than large ones. */
  exponent?: number;
  label: string;
  onSelect?: (fromMs: number, toMs: number) => void;
}

const padLeft = 62;
const padBottom = 22;
const padTop = 6;
const padRight = 10;
const inks = { light: { ink: '#5b6576', grid: '#e2e6ec' }, dark: { ink: '#98a2b3', grid: '#2a313e' } };
const bound = (value: number, unit: Unit): string => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : formatValue(value, unit));

/** Counts by time and bucket, as colours: a column each time, a row each bucket. */
export function Heatmap({ data, span, height, unit, zone, scheme, reverse = false, exponent = 0.5, label, onSelect }: HeatmapProps) {
  const isDark = useComputedColorScheme('light') === 'dark';
  const { ref, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [tip, setTip] = useState<{ x: number; y: number; column: number; row: number } | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [from, to] = span;
  const stepSeconds = data.times.length > 1 ? data.times[1]! - data.times[0]! : Math.max(1, to - from);
  const most = useMemo(() => data.cells.reduce((all, row) => row.reduce<number>((a, b) => Math.max(a, b ?? 0), all), 0), [data]);
  const ramp = useMemo(() => rampOf(scheme, isDark, reverse), [scheme, isDark, reverse]);
  const plotWidth = Math.max(1, width - padLeft - padRight);
  const plotHeight = Math.max(1, height - padBottom - padTop);
  const xOf = (seconds: number): number => padLeft + ((seconds - from) / (to - from || 1)) * plotWidth;
  const rowHeight = plotHeight / Math.max(1, data.rows.length);

  useEffect(() => {
    const element = canvas.current;
    if (!element || width === 0) return;
    const ratio = devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    const g = element.getContext('2d')!;
    g.scale(ratio, ratio);
    g.clearRect(0, 0, width, height);
    const { ink, grid } = inks[isDark ? 'dark' : 'light'];
    g.save();
    g.beginPath();
    g.rect(padLeft, padTop, plotWidth, plotHeight);
    g.clip();
    const cellWidth = (stepSeconds / (to - from || 1)) * plotWidth;
    data.cells.forEach((row, at) => {
      const y = padTop + plotHeight - (at + 1) * rowHeight;
      row.forEach((count, i) => {
        if (!count) return;
        g.fillStyle = ramp[Math.min(63, Math.floor(63 * (count / most) ** exponent))]!;
        // The observations of a point are those of the step that ends there.
        g.fillRect(xOf(data.times[i]!) - cellWidth, y, cellWidth + 0.4, Math.max(1, rowHeight - (rowHeight > 6 ? 1 : 0)));
      });
    });
    g.restore();
    g.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    g.fillStyle = ink;
    g.strokeStyle = grid;
    g.textAlign = 'right';
    g.textBaseline = 'middle';
    const every = Math.max(1, Math.ceil(data.rows.length / Math.max(2, plotHeight / 20)));
    data.rows.forEach((row, at) => {
      if (at % every === 0) g.fillText(bound(row.high, unit), padLeft - 6, Math.max(8, padTop + plotHeight - (at + 1) * rowHeight));
    });
    g.beginPath();
    g.moveTo(padLeft, padTop + plotHeight + 0.5);
    g.lineTo(width - padRight, padTop + plotHeight + 0.5);
    g.stroke();
    g.textAlign = 'center';
    const { ticks, increment } = timeTicks(from, to, plotWidth);
    timeLabels(ticks, increment, zone).forEach((text, i) => g.fillText(text.split('\n')[0]!, xOf(ticks[i]!), height - padBottom / 2));
  });

  const at = (event: PointerEvent): { x: number; y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const move = (event: PointerEvent): void => {
    const { x, y } = at(event);
    if (drag) setDrag({ ...drag, to: x });
    const seconds = from + ((x - padLeft) / plotWidth) * (to - from);
    const column = data.times.findIndex((time) => seconds <= time && seconds > time - stepSeconds);
    const row = Math.floor((padTop + plotHeight - y) / rowHeight);
    setTip(column >= 0 && row >= 0 && row < data.rows.length ? { x, y, column, row } : null);
  };
  const end = (): void => {
    if (drag && onSelect && Math.abs(drag.to - drag.from) > 4) {
      const [a, b] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)].map((x) => (from + ((x - padLeft) / plotWidth) * (to - from)) * 1000) as [number, number];
      onSelect(Math.max(a, from * 1000), Math.min(b, to * 1000));
    }
    setDrag(null);
  };

  return (
    <div
      ref={ref} className="chart" role="img" aria-label={label} style={{ height, overflow: 'hidden', touchAction: 'pan-y' }}
      onPointerMove={move} onPointerLeave={() => { setTip(null); setDrag(null); }} onPointerUp={end} onPointerDown={(event) => { if (onSelect) { const { x } = at(event); setDrag({ from: x, to: x }); } }}
    >
      <canvas ref={canvas} style={{ width: '100%', height, display: 'block' }} />
      {drag && Math.abs(drag.to - drag.from) > 4 && <div className="u-select" style={{ position: 'absolute', left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from), top: padTop, height: plotHeight, pointerEvents: 'none' }} />}
      {tip && <Tip data={data} tip={tip} row={data.rows[tip.row]!} unit={unit} zone={zone} width={width} />}
    </div>
  );
}

function Tip({ data, tip, row, unit, zone, width }: { data: HeatData; tip: { x: number; y: number; column: number; row: number }; row: HeatRow; unit: Unit; zone: Zone; width: number }) {
  const count = data.cells[tip.row]?.[tip.column];
  return (
    <div className="chart-tip" style={{ top: Math.max(0, tip.y - 30), ...(tip.x > width / 2 ? { right: width - tip.x + 14 } : { left: tip.x + 14 }) }}>
      <div className="chart-tip-time">{formatTime(data.times[tip.column]! * 1000, zone)}</div>
      <div className="chart-tip-row"><span>{bound(row.low, unit)} – {bound(row.high, unit)}</span><b>{count === null || count === undefined ? '–' : formatValue(count, 'short')}</b></div>
    </div>
  );
}
