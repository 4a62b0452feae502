import { useMemo } from 'react';
import { Heatmap } from '../../../charts/Heatmap';
import { fromBuckets, fromNative, fromValues, type HeatData } from '../../../charts/heatmapData';
import { useBoard } from '../../../i18n/useBoard';
import { absoluteRange } from '../../../model/timeRange';
import { usePreferences } from '../../../state/preferences';
import type { PanelProps } from '../PanelFrame';
import { Centered } from './Centered';

interface HeatmapOptions { calculate?: boolean; color?: { scheme?: string; reverse?: boolean; exponent?: number; mode?: string; fill?: string }; yAxis?: { unit?: string } }

/** Native histograms, buckets of classic ones, or values that are counted here. */
export function HeatmapPanel({ panel, board, span, answers, series, times, heightPx }: PanelProps) {
  const b = useBoard();
  const { zone } = usePreferences();
  const { calculate, color, yAxis } = (panel.options ?? {}) as HeatmapOptions;
  const data = useMemo<HeatData>(() => {
    const native = answers.find(({ data, grid }) => grid && data.resultType === 'matrix' && data.result.some((one) => one.histograms));
    if (native?.grid && native.data.resultType === 'matrix') return fromNative(native.data.result, native.grid);
    if (calculate) return fromValues(series, times);
    // In the format for heatmaps buckets are still cumulative, as they were scraped.
    return fromBuckets(series, times, answers.some(({ target }) => target.format === 'heatmap' || target.format === 2));
  }, [answers, series, times, calculate]);
  if (data.rows.length === 0) return <Centered>{b('heatmap.none')}</Centered>;
  return (
    <Heatmap
      data={data} span={[span.fromMs / 1000, span.toMs / 1000]} height={heightPx} unit={yAxis?.unit ?? panel.fieldConfig?.defaults?.unit ?? ''} zone={zone}
      scheme={color?.scheme ?? 'Oranges'} reverse={color?.reverse ?? false} exponent={color?.exponent && color.exponent > 0 ? color.exponent : 0.5} label={b('heatmap.label', { count: data.rows.length })}
      onSelect={(fromMs, toMs) => board.setRange(absoluteRange({ fromMs, toMs }))}
    />
  );
}
