import type { ColorScale } from '../charts/shades';

/** How a bar is filled: evenly, with its colours passing into each other, or in segments like a meter's. */
export type BarMode = 'basic' | 'gradient' | 'lcd';

/** What is stored of it; where nothing is, Grafana draws a gradient. */
export const barModeOf = (stored: unknown): BarMode => (stored === 'basic' || stored === 'lcd' ? stored : 'gradient');

/**
 * The background of a bar's whole length, of which the part up to its value is shown.
 * @param scale the colours of values; null where the bar has one colour alone.
 * @param min the value at which the bar begins.
 * @param towards where it grows to.
 */
export function barBackground(mode: BarMode, color: string, scale: ColorScale | null, min: number, max: number, towards: 'right' | 'top'): string {
  if (mode === 'basic' || (mode === 'lcd' && (!scale || scale.stops.length < 2))) return color;
  const written = scale && scale.stops.length > 1 ? stopsOf(scale, min, max, mode === 'lcd') : [`color-mix(in srgb, ${color} 35%, transparent) 0%`, `${color} 100%`];
  return `linear-gradient(to ${towards}, ${written.join(', ')})`;
}

function stopsOf({ isStepped, stops }: ColorScale, min: number, max: number, isSharp: boolean): string[] {
  const placed = stops.map(({ from, color }) => ({ color, at: +Math.max(0, Math.min(100, (100 * (from - min)) / (max - min || 1))).toFixed(2) }));
  return placed.map(({ color, at }, i) => `${color} ${at}%` + (isSharp && isStepped ? ` ${placed[i + 1]?.at ?? 100}%` : ''));
}

/** How much of a bar in segments is lit, in percent: whole segments alone, and one at least for what is not nothing. */
export const litOf = (percent: number, segments: number): number => (percent <= 0 ? 0 : (100 * Math.max(1, Math.round((percent * segments) / 100))) / segments);
