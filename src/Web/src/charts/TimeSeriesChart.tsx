import { useEffect, useMemo, useRef } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useText } from '../i18n/text';
import { basesOf, pointsDown, stacked, type Line } from '../model/series';
import type { Unit } from '../model/units';
import type { Zone } from '../model/zone';
import type { Overlay } from './overlay';
import { plotOptions, type LineStyle, type PlotSetup, type ThresholdMark } from './plotOptions';
import { tooltipPlugin, type TooltipSource } from './tooltip';

export interface TimeSeriesChartProps {
  /** Seconds, ascending; the values of every line stand on them. */
  times: number[];
  lines: Line[];
  styles: LineStyle[];
  /** Ends of the axis in seconds. */
  span: [number, number];
  height: number;
  unit: Unit;
  rightUnit?: Unit;
  /** Of the values, where the axis has another. */
  tipUnit?: Unit;
  decimals?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  logBase?: number | undefined;
  zone: Zone;
  thresholds?: ThresholdMark[];
  /** Further wishes for the axis of values. */
  axis?: Pick<PlotSetup, 'linearUntil' | 'softMin' | 'softMax' | 'isCentered' | 'hidesValues' | 'valueLabel'>;
  /** What is drawn over the lines. */
  overlay?: Overlay | null | undefined;
  /** The line to bring forward, or -1. */
  focus?: number;
  /** Charts with the same key share their cursor. */
  syncKey?: string | undefined;
  onSelect?: (fromMs: number, toMs: number) => void;
  onZoomOut?: () => void;
}

const inks = { light: { ink: '#5b6576', grid: '#e8ebf0' }, dark: { ink: '#98a2b3', grid: '#2a313e' } };

/** Lines, areas or bars over time. A change of values alone redraws in place. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { t } = useText();
  const scheme = useComputedColorScheme('light');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;

  const data = useMemo<uPlot.AlignedData>(() => {
    const columns = stacked(props.lines.map((line, i) => (props.styles[i]!.show || !props.styles[i]!.stack ? line.values : line.values.map(() => null))), props.styles.map((style) => style.stack));
    return [props.times, ...columns];
  }, [props.times, props.lines, props.styles]);

  const bases = useMemo(() => basesOf(props.lines.map((line) => line.values), props.styles.map((style) => style.stack)).map((base, i) => (base < 0 ? props.styles[i]!.fillTo ?? -1 : base)), [props.lines, props.styles]);

  const down = useMemo(() => props.lines.map((line, i) => bases[i]! >= 0 && pointsDown(line.values)), [props.lines, bases]);

  // All that a chart cannot change once it is made.
  const structure = JSON.stringify([bases, down, props.styles.map((style) => ({ ...style, show: true })), props.unit, props.rightUnit, props.decimals, props.min, props.max, props.logBase, props.zone, props.thresholds, props.axis, props.syncKey, scheme]);

  useEffect(() => {
    if (!host.current || width === 0) return;
    const p = latest.current;
    const source = (): TooltipSource => {
      const now = latest.current;
      return {
        lines: now.lines, colorOf: (i) => now.styles[i]?.color ?? 'gray', unitOf: (i) => (now.styles[i]?.rightAxis ? now.rightUnit ?? now.unit : now.tipUnit ?? now.unit), isShown: (i) => (now.styles[i]?.show ?? false) && !now.styles[i]!.untold,
        zone: now.zone, decimals: now.decimals, more: (count) => t('chart.more', { count }), tips: (u, left, top) => now.overlay?.tip(u, left, top) ?? [],
      };
    };
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const made = new uPlot(plotOptions({
      width, height: p.height, styles: p.styles, bases, down, unit: p.unit, rightUnit: p.rightUnit ?? p.unit, zone: p.zone, ...inks[scheme], font,
      ...(p.decimals === undefined ? {} : { decimals: p.decimals }), ...(p.min === undefined ? {} : { min: p.min }), ...(p.max === undefined ? {} : { max: p.max }),
      ...(p.logBase === undefined ? {} : { logBase: p.logBase }), ...(p.syncKey === undefined ? {} : { syncKey: p.syncKey }),
      thresholds: p.thresholds ?? [], ...p.axis,
      xRange: () => latest.current.span,
      ...(p.onSelect ? { onSelect: (from: number, to: number) => latest.current.onSelect?.(from, to) } : {}),
      onZoomOut: () => latest.current.onZoomOut?.(),
      plugins: [tooltipPlugin(source), { hooks: { draw: (u) => latest.current.overlay?.draw(u) } }],
    }), data, host.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
    // Data and size have effects of their own.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [structure, width === 0, t]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    u.batch(() => {
      props.styles.forEach((style, i) => {
        if (u.series[i + 1] && u.series[i + 1]!.show !== style.show) u.setSeries(i + 1, { show: style.show });
      });
      u.setData(data);
    });
  }, [data, props.styles, props.span]);

  useEffect(() => plot.current?.redraw(false), [props.overlay]);

  useEffect(() => {
    if (plot.current && width > 0) plot.current.setSize({ width, height: props.height });
  }, [width, props.height]);

  useEffect(() => {
    const u = plot.current;
    if (!u) return;
    if (props.focus !== undefined && props.focus >= 0 && u.series[props.focus + 1]) u.setSeries(props.focus + 1, { focus: true });
    else u.setSeries(null as never, { focus: false });
  }, [props.focus]);

  return (
    <div ref={ref} className="chart" style={{ height: props.height }} role="img" aria-label={t('chart.label', { count: props.lines.length })}>
      <div ref={host} />
    </div>
  );
}
