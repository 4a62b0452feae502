import { rampOf } from '../charts/colorRamps';
import type { ColorScale } from '../charts/shades';
import { seriesColor } from '../theme/seriesColors';
import type { FieldDefaults } from './dashboard';
import { colorOf, stepsOf, thresholdOf } from './fields';

/** The colour of a value: fixed, of its threshold, by how large it is, or of its place among the others. */
export function paintOf(field: FieldDefaults, value: number | null, index: number, isDark: boolean, otherwise: 'thresholds' | 'palette'): string {
  const mode = field.color?.mode ?? '';
  const palette = seriesColor(index, isDark);
  if (mode === 'fixed' || mode === 'shades') return colorOf(field.color?.fixedColor, palette);
  if (mode.startsWith('continuous-')) {
    const [min, max] = [field.min ?? 0, field.max ?? 100];
    const share = value === null ? 0 : Math.max(0, Math.min(1, (value - min) / (max - min || 1)));
    const ramp = rampOfMode(mode, isDark);
    return ramp[Math.round(share * (ramp.length - 1))]!;
  }
  if (mode === 'thresholds' || (mode === '' && otherwise === 'thresholds')) return colorOf(value === null ? undefined : thresholdOf(field, value)?.color, palette);
  return palette;
}

/** The colours of a field along its values; null where they do not go by value. */
export function colorScaleOf(field: FieldDefaults, isDark: boolean, otherwise: 'thresholds' | 'palette'): ColorScale | null {
  const mode = field.color?.mode ?? '';
  if (mode.startsWith('continuous-')) {
    const [min, max] = [field.min ?? 0, field.max ?? 100];
    const ramp = rampOfMode(mode, isDark);
    return { isStepped: false, stops: ramp.map((color, i) => ({ from: min + ((max - min) * i) / (ramp.length - 1), color })) };
  }
  if (mode !== 'thresholds' && (mode !== '' || otherwise === 'palette')) return null;
  const steps = stepsOf(field);
  return steps.length === 0 ? null : { isStepped: true, stops: steps.map(({ value, color }) => ({ from: value ?? -Infinity, color: colorOf(color, '#8e8e8e') })) };
}

function rampOfMode(mode: string, isDark: boolean): string[] {
  const scheme = mode.slice('continuous-'.length).toLowerCase();
  return Object.hasOwn(continuous, scheme) ? blended(continuous[scheme]!) : rampOf(scheme, isDark);
}

// Grafana's continuous schemes by their ends.
const continuous: Record<string, string[]> = {
  gryird: ['#73bf69', '#fade2a', '#f2495c'], gryrd: ['#73bf69', '#fade2a', '#f2495c'], grylrd: ['#73bf69', '#fade2a', '#f2495c'], rdylgr: ['#f2495c', '#fade2a', '#73bf69'],
  blylrd: ['#5794f2', '#fade2a', '#f2495c'], ylrd: ['#fade2a', '#f2495c'], blpu: ['#5794f2', '#b877d9'], ylbl: ['#fade2a', '#5794f2'],
};

function blended(stops: string[]): string[] {
  return stops.flatMap((stop, i) => (stops[i + 1] ? [0, 0.25, 0.5, 0.75].map((share) => mix(stop, stops[i + 1]!, share)) : [stop]));
}

const mix = (a: string, b: string, share: number): string => '#' + [1, 3, 5].map((at) => Math.round(parseInt(a.slice(at, at + 2), 16) * (1 - share) + parseInt(b.slice(at, at + 2), 16) * share).toString(16).padStart(2, '0')).join('');
