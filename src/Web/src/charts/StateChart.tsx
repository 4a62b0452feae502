import { useState } from 'react';
import { useElementSize } from '@mantine/hooks';
import { formatTime, type Zone } from '../model/zone';
import { timeLabels } from './axes';
import { inkOn } from '../theme/ink';
import { timeTicks } from './timeTicks';

/** How long something was in one state, in seconds since the epoch. */
export interface Stretch { from: number; to: number; text: string; color: string }
export interface StateRow { name: string; stretches: Stretch[] }

const axisPx = 22;
const rowPxMax = 46;

/** A line for each series, coloured by the state it was in. Stretches have their text where there is room. */
export function StateChart({ rows, span, height, zone, showsText, gapPx, label }: { rows: StateRow[]; span: [number, number]; height: number; zone: Zone; showsText: boolean; gapPx: number; label: string }) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [tip, setTip] = useState<{ x: number; y: number; row: StateRow; stretch: Stretch } | null>(null);
  const [from, to] = span;
  const left = Math.min(150, Math.max(60, width * 0.2));
  const plot = Math.max(1, width - left - 10);
  const rowPx = Math.max(16, Math.min(rowPxMax, (height - axisPx) / Math.max(1, rows.length)));
  const whole = rowPx * rows.length + axisPx;
  const xOf = (seconds: number): number => left + ((Math.min(to, Math.max(from, seconds)) - from) / (to - from || 1)) * plot;
  const { ticks, increment } = timeTicks(from, to, plot);
  return (
    <div ref={ref} className="chart" role="img" aria-label={label} tabIndex={0} style={{ height, overflowY: whole > height + 1 ? 'auto' : 'hidden', overflowX: 'hidden' }} onPointerLeave={() => setTip(null)}>
      {width > 0 && (
        <svg width={width} height={whole} style={{ display: 'block', fontSize: 11 }}>
          {rows.map((row, at) => (
            <g key={at}>
              <text x={left - 8} y={(at + 0.5) * rowPx + 4} textAnchor="end" fill="var(--ink-dim)">{row.name.length > left / 7.6 ? `${row.name.slice(0, Math.floor(left / 7.6) - 1)}…` : row.name}<title>{row.name}</title></text>
              {row.stretches.map((stretch, i) => {
                const [x, end] = [xOf(stretch.from), xOf(stretch.to)];
                const room = end - x;
                return room <= 0 ? null : (
                  <g key={i} onPointerMove={(event) => { const box = event.currentTarget.ownerSVGElement!.getBoundingClientRect(); setTip({ x: event.clientX - box.left, y: event.clientY - box.top, row, stretch }); }}>
                    <rect x={x} y={at * rowPx + 2} width={Math.max(0.5, room - gapPx)} height={rowPx - 4} rx={Math.min(3, room / 4)} fill={stretch.color} />
                    {showsText && room > 7 * stretch.text.length + 10 && <text x={x + room / 2} y={(at + 0.5) * rowPx + 4} textAnchor="middle" fill={inkOn(stretch.color)} pointerEvents="none">{stretch.text}</text>}
                  </g>
                );
              })}
            </g>
          ))}
          {timeLabels(ticks, increment, zone).map((text, i) => <text key={ticks[i]} x={xOf(ticks[i]!)} y={whole - 7} textAnchor="middle" fill="var(--ink-dim)">{text.split('\n')[0]}</text>)}
        </svg>
      )}
      {tip && (
        <div className="chart-tip" style={{ top: Math.max(0, Math.min(tip.y + 14, height - 56)), ...(tip.x > width / 2 ? { right: width - tip.x + 14 } : { left: tip.x + 14 }) }}>
          <div className="chart-tip-time">{formatTime(tip.stretch.from * 1000, zone)} – {formatTime(tip.stretch.to * 1000, zone)}</div>
          <div className="chart-tip-row"><i style={{ background: tip.stretch.color }} /><span>{tip.stretch.text}</span></div>
          <div className="chart-tip-more">{tip.row.name}</div>
        </div>
      )}
    </div>
  );
}
