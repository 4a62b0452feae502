import { useState } from 'react';
import { useElementSize } from '@mantine/hooks';
import { niceSize } from './heatmapData';

export interface Bars { name: string; color: string; values: (number | null)[]; textOf: (value: number) => string; /** The colour of one bar by its value; that of all where there is none. */ colorAt?: (value: number) => string }

export interface BarChartProps {
  categories: string[];
  bars: Bars[];
  height: number;
  stacked: boolean;
  horizontal: boolean;
  /** Share of a category's room that its bars take. */
  fill?: number;
  showsValues?: boolean;
  label: string;
}

const lines = 4;

/** Bars by category, beside each other or on top of each other. */
export function BarChart({ categories, bars, height, stacked, horizontal, fill = 0.8, showsValues = false, label }: BarChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [tip, setTip] = useState<{ x: number; y: number; at: number } | null>(null);
  const totals = categories.map((_, i) => bars.reduce((sum, one) => (stacked ? sum + Math.max(0, one.values[i] ?? 0) : Math.max(sum, one.values[i] ?? 0)), 0));
  const least = Math.min(0, ...bars.flatMap((one) => one.values.map((value) => value ?? 0)));
  const size = niceSize((Math.max(...totals, 0) - least || 1) / lines);
  const bottom = Math.floor(least / size) * size;
  const top = Math.max(Math.ceil(Math.max(...totals, 0) / size), bottom / size + 1) * size;
  const ticks = Array.from({ length: Math.round((top - bottom) / size) + 1 }, (_, i) => bottom + i * size);
  const textOf = bars[0]?.textOf ?? String;
  const pad = horizontal ? { left: Math.min(width * 0.35, 140), bottom: 22, top: 6, right: 26 } : { left: 58, bottom: 24, top: 14, right: 10 };
  const along = horizontal ? height - pad.top - pad.bottom : width - pad.left - pad.right;
  const across = horizontal ? width - pad.left - pad.right : height - pad.top - pad.bottom;
  const room = along / Math.max(1, categories.length);
  const placeOf = (value: number): number => ((value - bottom) / (top - bottom)) * across;
  const each = (room * fill) / (stacked ? 1 : Math.max(1, bars.length));
  // Labels that would run into each other are left out.
  const every = Math.max(1, Math.ceil((horizontal ? 15 : 12 + 6.4 * Math.max(...categories.map((one) => Math.min(one.length, 18)))) / Math.max(1, room)));

  return (
    <div ref={ref} className="chart" role="img" aria-label={label} style={{ height, overflow: 'hidden' }} onPointerLeave={() => setTip(null)}>
      {width > 0 && (
        <svg width={width} height={height} style={{ display: 'block', fontSize: 11 }} onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const [x, y] = [event.clientX - box.left, event.clientY - box.top];
          const at = Math.floor((horizontal ? y - pad.top : x - pad.left) / room);
          setTip(at >= 0 && at < categories.length ? { x, y, at } : null);
        }}>
          {ticks.map((tick) => (horizontal
            ? <g key={tick}><line x1={pad.left + placeOf(tick)} x2={pad.left + placeOf(tick)} y1={pad.top} y2={height - pad.bottom} stroke="var(--line)" /><text x={pad.left + placeOf(tick)} y={height - 7} textAnchor="middle" fill="var(--ink-dim)">{textOf(tick)}</text></g>
            : <g key={tick}><line x1={pad.left} x2={width - pad.right} y1={pad.top + across - placeOf(tick)} y2={pad.top + across - placeOf(tick)} stroke="var(--line)" /><text x={pad.left - 6} y={pad.top + across - placeOf(tick) + 4} textAnchor="end" fill="var(--ink-dim)">{textOf(tick)}</text></g>))}
          {categories.map((category, i) => {
            const start = (horizontal ? pad.top : pad.left) + i * room + (room * (1 - fill)) / 2;
            let sum = 0;
            return (
              <g key={i}>
                {bars.map((one, at) => {
                  const value = one.values[i];
                  if (value === null || value === undefined) return null;
                  const [low, high] = stacked ? [sum, sum += Math.max(0, value)] : [Math.min(0, value), Math.max(0, value)];
                  const [a, b] = [placeOf(low), placeOf(high)];
                  const offset = start + (stacked ? 0 : at * each);
                  return (
                    <g key={at}>
                      {horizontal ? <rect x={pad.left + a} y={offset} width={Math.max(0.5, b - a)} height={Math.max(1, each - 1)} fill={one.colorAt?.(value) ?? one.color} /> : <rect x={offset} y={pad.top + across - b} width={Math.max(1, each - 1)} height={Math.max(0.5, b - a)} fill={one.colorAt?.(value) ?? one.color} />}
                      {showsValues && !stacked && each > (horizontal ? 12 : 26) && (horizontal
                        ? <text x={pad.left + b + 4} y={offset + each / 2 + 4} fill="var(--ink)">{one.textOf(value)}</text>
                        : <text x={offset + each / 2} y={pad.top + across - b - 4} textAnchor="middle" fill="var(--ink)">{one.textOf(value)}</text>)}
                    </g>
                  );
                })}
                {i % every === 0 && (horizontal
                  ? <text x={pad.left - 6} y={pad.top + (i + 0.5) * room + 4} textAnchor="end" fill="var(--ink-dim)">{shortened(category, pad.left / 6.5)}</text>
                  : <text x={pad.left + (i + 0.5) * room} y={height - 8} textAnchor="middle" fill="var(--ink-dim)">{shortened(category, 18)}</text>)}
              </g>
            );
          })}
        </svg>
      )}
      {tip && (
        <div className="chart-tip" style={{ top: Math.max(0, Math.min(tip.y - 20, height - 30 - 19 * bars.length)), ...(tip.x > width / 2 ? { right: width - tip.x + 14 } : { left: tip.x + 14 }) }}>
          <div className="chart-tip-time">{categories[tip.at]}</div>
          {bars.slice(0, 12).map((one, i) => <div key={i} className="chart-tip-row"><i style={{ background: one.color }} /><span>{one.name}</span><b>{one.values[tip.at] === null || one.values[tip.at] === undefined ? '–' : one.textOf(one.values[tip.at]!)}</b></div>)}
        </div>
      )}
    </div>
  );
}

const shortened = (text: string, chars: number): string => (text.length > chars ? `${text.slice(0, Math.max(1, Math.floor(chars) - 1))}…` : text);
