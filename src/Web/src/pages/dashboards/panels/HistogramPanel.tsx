import { useMemo } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, type Bars } from '../../../charts/BarChart';
import { bucketsOf } from '../../../dashboards/buckets';
import { fieldOf } from '../../../dashboards/fields';
import { paintOf } from '../../../dashboards/paint';
import { ranging } from '../../../dashboards/ranges';
import { useBoard } from '../../../i18n/useBoard';
import { formatValue } from '../../../model/units';
import type { PanelProps } from '../PanelFrame';
import { Centered } from './Centered';
import { ChartLegend, legendPx, showsLegend } from './ChartLegend';

interface HistogramOptions { bucketSize?: number; bucketCount?: number; combine?: boolean }
const seriesMax = 12;

/** How many values of each series lie in each part of their range. */
export function HistogramPanel({ panel, series, heightPx }: PanelProps) {
  const b = useBoard();
  const isDark = useComputedColorScheme('light') === 'dark';
  const { bucketSize, bucketCount, combine } = (panel.options ?? {}) as HistogramOptions;
  const counted = useMemo(() => (combine ? [{ ...series[0]!, name: series[0]?.name ?? '', values: series.flatMap((one) => one.values) }] : series.slice(0, seriesMax)), [series, combine]);
  const buckets = useMemo(() => bucketsOf(counted, { size: bucketSize, count: bucketCount }), [counted, bucketSize, bucketCount]);
  if (buckets.lows.length === 0) return <Centered>{b('noData')}</Centered>;
  const config = fieldOf(panel, counted[0]!);
  const unit = config.unit ?? '';
  // What has its colour by value has that of its last count, as in Grafana.
  const ranged = ranging(() => buckets.counts);
  const bars = counted.map((one, i): Bars => {
    const counts = buckets.counts[i]!;
    return { name: one.name, color: paintOf(ranged(fieldOf(panel, one), counts), counts.at(-1) ?? null, i, isDark, 'palette'), values: counts, textOf: (value) => formatValue(value, 'short') };
  });
  const withLegend = showsLegend(panel) && bars.length > 1;
  return (
    <>
      <BarChart categories={buckets.lows.map((low) => formatValue(low, unit, config.decimals))} bars={bars} height={Math.max(60, heightPx - (withLegend ? legendPx(bars.length) : 4))} stacked={bars.length > 1} horizontal={false} fill={0.98} label={b('histogram.label', { count: buckets.lows.length })} />
      {withLegend && <ChartLegend items={bars} />}
      {series.length > seriesMax && !combine && <div className="dim" style={{ fontSize: '0.72rem', padding: '0 10px' }}>{b('limited', { shown: seriesMax, count: series.length })}</div>}
    </>
  );
}
