import { useComputedColorScheme } from '@mantine/core';
import { BarChart, type Bars } from '../../../charts/BarChart';
import { colorOf, fieldOf, shown } from '../../../dashboards/fields';
import { namedBy } from '../../../dashboards/entries';
import { calledOf, heightOf, type Frame } from '../../../dashboards/frames';
import { paintOf } from '../../../dashboards/paint';
import { numbersOf, ranging } from '../../../dashboards/ranges';
import { joinByField } from '../../../dashboards/transformations/joining';
import { useBoard } from '../../../i18n/useBoard';
import { formatTime } from '../../../model/zone';
import { usePreferences } from '../../../state/preferences';
import type { PanelProps } from '../PanelFrame';
import { Centered } from './Centered';
import { ChartLegend, legendPx, showsLegend } from './ChartLegend';

interface BarOptions { orientation?: string; stacking?: string; showValue?: string; xField?: string; barWidth?: number; groupWidth?: number }
const categoriesMax = 200;
/** Modes in which each bar has a colour of its own. */
const byValue = /^(thresholds|continuous-)/;

/** Bars for the rows of a table: the first column of text names them, the numbers are their heights. */
export function BarChartPanel({ panel, frames, heightPx, fill }: PanelProps) {
  const b = useBoard();
  const { zone } = usePreferences();
  const isDark = useComputedColorScheme('light') === 'dark';
  const options = (panel.options ?? {}) as BarOptions;
  const frame: Frame | undefined = frames.length > 1 ? joinByField(frames, {})[0] : frames[0];
  const x = frame?.fields.find((field) => (options.xField ? calledOf(field) === options.xField : field.kind === 'string')) ?? frame?.fields.find((field) => field.kind === 'time');
  const columns = frame?.fields.filter((field) => field.kind === 'number' && field !== x) ?? [];
  if (!frame || !x || columns.length === 0) return <Centered>{b('noData')}</Centered>;
  const rows = Math.min(categoriesMax, heightOf(frame));
  const categories = x.values.slice(0, rows).map((value) => (x.kind === 'time' && typeof value === 'number' ? formatTime(value, zone).slice(11) : String(value ?? '–')));
  const ranged = ranging(() => numbersOf([frame]));
  const bars = columns.map((field, i): Bars => {
    const config = ranged(fieldOf(panel, { name: calledOf(field), refId: frame.refId, labels: field.labels, values: field.values }), field.values);
    return {
      name: config.displayName ? namedBy(config.displayName, calledOf(field), field.labels, fill) : calledOf(field), color: colorOf(undefined, paintOf(config, null, i, isDark, 'palette')),
      values: field.values.slice(0, rows).map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null)), textOf: (value) => shown(config, value).text,
      ...(byValue.test(config.color?.mode ?? '') || config.mappings?.length ? { colorAt: (value: number) => colorOf(shown(config, value).color, paintOf(config, value, i, isDark, 'palette')) } : {}),
    };
  });
  const withLegend = showsLegend(panel) && bars.length > 1;
  return (
    <>
      <BarChart
        categories={categories} bars={bars} height={Math.max(60, heightPx - (withLegend ? legendPx(bars.length) : 4))} stacked={options.stacking === 'normal' || options.stacking === 'percent'}
        horizontal={options.orientation === 'horizontal'} fill={options.groupWidth ?? 0.7} showsValues={options.showValue !== 'never'} label={b('bars.label', { count: categories.length })}
      />
      {withLegend && <ChartLegend items={bars} />}
    </>
  );
}
