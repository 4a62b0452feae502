import uPlot from 'uplot';
import { aloneIn, type Point, type Stacking } from '../model/series';
import { formatValue, type Unit } from '../model/units';
import { zoneName, type Zone } from '../model/zone';
import { powersAlone, symlogRange, symlogSplits, timeLabels, valueIncrements, valueLabels, valueRange } from './axes';

/** Colours along the height of a chart, from below: at shares of its height, or at values of the axis. */
export interface Shade { by: 'height' | 'value'; stops: [at: number, color: string][] }

/** How one line is drawn. */
export interface LineStyle {
  name: string;
  color: string;
  width: number;
  /** 0 to 1. */
  fill: number;
  /** What the area is filled with, and the line drawn with, instead of the one colour. */
  fillShade?: Shade;
  lineShade?: Shade;
  draw: 'line' | 'bars' | 'points';
  step: boolean;
  dash?: number[];
  smooth?: boolean;
  /** Whether each value has a dot. */
  dots?: boolean;
  spanGaps: boolean;
  show: boolean;
  rightAxis: boolean;
  /** The line down to which its area reaches, instead of zero. */
  fillTo?: number;
  /** Whether the tooltip leaves it out. */
  untold?: boolean;
  /** How it stands on the lines before it; null where it does not. */
  stack: Stacking | null;
}

/** A horizontal line that marks a limit, or the area from it to the next; the lowest area has no value. */
export interface ThresholdMark { value: number | null; color: string; line: 'solid' | 'dashed' | 'none'; isArea: boolean }

export interface PlotSetup {
  width: number;
  height: number;
  styles: LineStyle[];
  /** The line that each one stands on, to which it is filled instead of to zero; -1 for none. */
  bases: readonly number[];
  /** Which lines are drawn below zero. */
  down: readonly boolean[];
  unit: Unit;
  rightUnit: Unit;
  decimals?: number;
  min?: number;
  max?: number;
  logBase?: number;
  /** Up to which value around zero a logarithmic scale is even; without it there is no zero. */
  linearUntil?: number;
  /** Bounds that give way to values beyond them. */
  softMin?: number;
  softMax?: number;
  /** Whether zero lies in the middle. */
  isCentered?: boolean;
  hidesValues?: boolean;
  /** What is written along the axis of values. */
  valueLabel?: string;
  zone: Zone;
  ink: string;
  grid: string;
  font: string;
  thresholds: ThresholdMark[];
  syncKey?: string;
  xRange: () => [number, number];
  onSelect?: (fromMs: number, toMs: number) => void;
  onZoomOut?: () => void;
  plugins: uPlot.Plugin[];
}

/** The power of a base that is not above a value: lines of a logarithmic scale are powers only where it begins with one. */
const powerBelow = (value: number, base: number): number => (value > 0 ? base ** Math.floor(Math.log(value) / Math.log(base) + 1e-9) : 1e-9);

const alpha = (color: string, opacity: number): string => color + Math.round(opacity * 255).toString(16).padStart(2, '0');

/** Pixels so far off that no more is seen of them. */
const farPx = 1e5;

const shaded = (style: LineStyle, shade?: Shade) => shade && ((u: uPlot): CanvasGradient => {
  const { top, height } = u.bbox;
  const places = shade.stops.map(([at]) => {
    const place = shade.by === 'height' ? top + height * (1 - at) : u.valToPos(at, style.rightAxis ? 'right' : 'y', true);
    return Number.isNaN(place) ? farPx : Math.max(-farPx, Math.min(farPx, place));
  });
  const from = places[0]!;
  // Between two equal places a canvas draws nothing.
  const length = places.at(-1)! - from || -1;
  const gradient = u.ctx.createLinearGradient(0, from, 0, from + length);
  places.forEach((place, i) => gradient.addColorStop((place - from) / length, shade.stops[i]![1]));
  return gradient;
});

const filling = (style: LineStyle) => shaded(style, style.fillShade) ?? alpha(style.color, style.fill);

/** The options of uPlot for a chart over time. */
export function plotOptions(setup: PlotSetup): uPlot.Options {
  const bars = uPlot.paths.bars!({ size: [0.7, 40], align: 0 });
  const stepped = uPlot.paths.stepped!({ align: 1 });
  const linear = uPlot.paths.linear!();
  const smooth = uPlot.paths.spline!();
  const none = (): null => null;
  const series: uPlot.Series[] = setup.styles.map((style) => ({
    label: style.name,
    show: style.show,
    scale: style.rightAxis ? 'right' : 'y',
    stroke: shaded(style, style.lineShade) ?? style.color,
    width: style.width,
    spanGaps: style.spanGaps,
    ...(style.fill > 0 ? { fill: filling(style) } : {}),
    ...(style.dash ? { dash: style.dash } : {}),
    paths: style.draw === 'bars' ? bars : style.draw === 'points' ? none : style.step ? stepped : style.smooth ? smooth : linear,
    points: style.draw === 'points' ? { show: true, size: 5, stroke: style.color, fill: style.color } : { show: style.draw === 'line', size: 4, width: 1, stroke: style.color, fill: style.color, ...(style.dots ? {} : { filter: alone }) },
  }));
  const axis = { stroke: setup.ink, font: setup.font, grid: { stroke: setup.grid, width: 1 }, ticks: { stroke: setup.grid, width: 1, size: 4 } };
  const range = (_: uPlot, least: number | null, most: number | null): [number, number] => bounds(
    least === null ? null : Math.min(least, setup.softMin ?? least, setup.isCentered ? -Math.abs(most ?? 0) : least),
    most === null ? null : Math.max(most, setup.softMax ?? most, setup.isCentered ? Math.abs(least ?? 0) : most));
  const { logBase, linearUntil } = setup;
  const evenBounds = (min: number, max: number, base: number, until: number): [number, number] => {
    const [low, high] = symlogRange(min, max, base, until);
    return [setup.min ?? low, setup.max ?? high];
  };
  const bounds = (min: number | null, max: number | null): [number, number] => logBase && linearUntil ? evenBounds(min ?? 0, max ?? 0, logBase, linearUntil) : setup.logBase
    ? [setup.min ?? powerBelow(min ?? 1, setup.logBase), setup.max ?? 1 / powerBelow(1 / (max ?? 10), setup.logBase)]
    : valueRange(min, max, setup.styles.some((style) => style.stack !== null || style.fill >= 0.3 || style.draw === 'bars'), setup.min, setup.max);
  const valueAxis = (scale: string, unit: Unit, side: 1 | 3): uPlot.Axis => ({
    ...axis, scale, side, space: 34, incrs: setup.logBase ? undefined : valueIncrements(unit), gap: 6,
    ...(setup.hidesValues && side === 3 ? { show: false } : {}),
    ...(setup.valueLabel && side === 3 ? { label: setup.valueLabel, labelFont: setup.font, labelSize: 16, labelGap: 0 } : {}),
    grid: { ...axis.grid, show: side === 3, ...(logBase && !linearUntil ? { filter: (u: uPlot, splits: number[]) => powersAlone(splits, logBase, u.scales[scale]?.min, u.scales[scale]?.max) } : {}) },
    size: (u, values) => Math.max(40, 16 + widest(u, values ?? [], setup.font)),
    ...(logBase && linearUntil && scale === 'y' ? { splits: (u: uPlot, _: number, low: number, high: number) => symlogSplits(low, high, logBase, linearUntil, (value) => u.valToPos(value, 'y'), 22), filter: (_: uPlot, splits: number[]) => splits } : {}),
    values: (_, splits) => (setup.logBase ? splits.map((value) => (value === null ? '' : formatValue(value, unit, setup.decimals))) : valueLabels(splits, unit, setup.decimals)),
  } as uPlot.Axis);
  return {
    width: setup.width,
    height: setup.height,
    legend: { show: false },
    padding: [10, 12, 0, setup.hidesValues ? 12 : 0],
    tzDate: (seconds) => (setup.zone === 'browser' ? new Date(seconds * 1000) : uPlot.tzDate(new Date(seconds * 1000), zoneName(setup.zone))),
    cursor: {
      y: false,
      focus: { prox: 24 },
      points: { size: 7 },
      drag: { x: setup.onSelect !== undefined, y: false, setScale: false },
      bind: { dblclick: () => () => { setup.onZoomOut?.(); return null; } },
      ...(setup.syncKey ? { sync: { key: setup.syncKey, setSeries: false } } : {}),
    },
    focus: { alpha: 0.35 },
    scales: {
      x: { time: true, range: () => setup.xRange() },
      y: { range, ...(setup.logBase ? { distr: linearUntil ? 4 as const : 3 as const, log: setup.logBase as 2 | 10, asinh: linearUntil ?? 1 } : {}) },
      right: { range },
    },
    series: [{}, ...series],
    bands: setup.bases.flatMap((base, line) => (base < 0 ? [] : [{ series: [line + 1, base + 1] as [number, number], dir: setup.down[line] ? 1 as const : -1 as const, fill: filling(setup.styles[line]!) }])),
    axes: [
      { ...axis, space: 72, size: 38, values: (_, splits, __, ___, increment) => timeLabels(splits, increment, setup.zone) },
      valueAxis('y', setup.unit, 3),
      ...(setup.styles.some((style) => style.rightAxis) ? [valueAxis('right', setup.rightUnit, 1)] : []),
    ],
    hooks: {
      setSelect: [(u) => {
        if (u.select.width > 2) setup.onSelect?.(u.posToVal(u.select.left, 'x') * 1000, u.posToVal(u.select.left + u.select.width, 'x') * 1000);
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
      drawAxes: [(u) => drawThresholds(u, setup.thresholds)],
    },
    plugins: setup.plugins,
  };
}

// A value between two gaps has no line to be seen by: it gets a dot.
const alone = (u: uPlot, series: number): number[] => aloneIn(u.data[series] as Point[]);

function widest(u: uPlot, texts: string[], font: string): number {
  u.ctx.save();
  u.ctx.font = font;
  const width = texts.reduce((most, text) => Math.max(most, u.ctx.measureText(text).width), 0);
  u.ctx.restore();
  return width;
}

function drawThresholds(u: uPlot, thresholds: ThresholdMark[]): void {
  const { left, top, width, height } = u.bbox;
  const placeOf = (value: number): number => Math.max(top, Math.min(top + height, u.valToPos(value, 'y', true)));
  u.ctx.save();
  u.ctx.lineWidth = devicePixelRatio;
  thresholds.forEach(({ value, color, line, isArea }, i) => {
    const from = value === null ? top + height : placeOf(value);
    if (isArea) {
      const next = thresholds[i + 1]?.value ?? null;
      const to = next === null ? top : placeOf(next);
      u.ctx.globalAlpha = 0.12;
      u.ctx.fillStyle = color;
      u.ctx.fillRect(left, to, width, from - to);
      u.ctx.globalAlpha = 1;
    }
    const y = value === null ? -1 : u.valToPos(value, 'y', true);
    if (line === 'none' || y < top || y > top + height) return;
    u.ctx.strokeStyle = color;
    u.ctx.setLineDash(line === 'dashed' ? [6 * devicePixelRatio, 4 * devicePixelRatio] : []);
    u.ctx.beginPath();
    u.ctx.moveTo(left, y);
    u.ctx.lineTo(left + width, y);
    u.ctx.stroke();
  });
  u.ctx.restore();
}
