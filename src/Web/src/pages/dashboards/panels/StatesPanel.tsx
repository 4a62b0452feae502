import { useMemo } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { StateChart, type StateRow } from '../../../charts/StateChart';
import type { FieldDefaults } from '../../../dashboards/dashboard';
import { colorOf, fieldOf, shown, stepsOf } from '../../../dashboards/fields';
import { namedBy } from '../../../dashboards/entries';
import { paintOf } from '../../../dashboards/paint';
import { ranging } from '../../../dashboards/ranges';
import { runsOf, thinned } from '../../../dashboards/states';
import { useBoard } from '../../../i18n/useBoard';
import { usePreferences } from '../../../state/preferences';
import type { PanelProps } from '../PanelFrame';
import { ChartLegend, legendPx, showsLegend } from './ChartLegend';

/** Whether values have the colour of the threshold they reached. */
const byThreshold = (field: FieldDefaults): boolean => (field.thresholds?.steps?.length ?? 0) > 1 && (field.color?.mode === undefined || field.color.mode === 'thresholds');
const isMapped = (field: FieldDefaults, value: number): boolean => (field.mappings?.length ?? 0) > 0 && shown(field, value).text !== shown({ ...field, mappings: [] }, value).text;

/** The threshold a value reached, in words: from where on, or below which. */
function limitText(field: FieldDefaults, value: number): string {
  const steps = stepsOf(field);
  const write = (limit: number): string => shown({ ...field, mappings: [] }, limit).text;
  const reached = steps.findLastIndex((step) => typeof step.value === 'number' && value >= step.value);
  const first = steps.find((step) => typeof step.value === 'number')?.value;
  return reached < 0 ? (typeof first === 'number' ? `< ${write(first)}` : write(value)) : `${write(steps[reached]!.value!)}+`;
}

const rowsMax = 100;
const columnsMax = 80;

/** State timeline: how long each series had each value. Status history: its value at every point. */
export function StatesPanel({ panel, span, series, times, heightPx, fill }: PanelProps) {
  const b = useBoard();
  const { zone } = usePreferences();
  const isDark = useComputedColorScheme('light') === 'dark';
  const merges = panel.type === 'state-timeline' && panel.options?.mergeValues !== false;
  const { rows, legend, every } = useMemo(() => {
    const legend = new Map<string, string>();
    const palette = new Map<string, number>();
    let every = 1;
    const ranged = ranging(() => series.map((one) => one.values));
    const rows = series.slice(0, rowsMax).map((one): StateRow => {
      const field = ranged(fieldOf(panel, one), one.values);
      const points = merges ? { times, values: one.values, every: 1 } : thinned(times, one.values, columnsMax);
      every = points.every;
      return {
        name: field.displayName ? namedBy(field.displayName, one.name, one.labels, fill) : one.name,
        stretches: runsOf(points.times, points.values, merges).map((run) => {
          const text = shown(field, run.value);
          if (!palette.has(text.text)) palette.set(text.text, palette.size);
          const color = colorOf(text.color, paintOf(field, run.value, palette.get(text.text)!, isDark, field.thresholds ? 'thresholds' : 'palette'));
          legend.set(text.color === undefined && text.text !== '' && byThreshold(field) && !isMapped(field, run.value) ? limitText(field, run.value) : text.text, color);
          return { ...run, text: text.text, color };
        }),
      };
    });
    return { rows, legend: [...legend].map(([name, color]) => ({ name, color })).slice(0, 20), every };
    // `fill` is new at every drawing; what it fills is in the series already.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [panel, series, times, merges, isDark]);
  const withLegend = showsLegend(panel) && legend.length > 0;
  return (
    <>
      <StateChart rows={rows} span={[span.fromMs / 1000, span.toMs / 1000]} height={Math.max(60, heightPx - (withLegend ? legendPx(legend.length) : 4))} zone={zone} showsText={panel.options?.showValue !== 'never'} gapPx={merges ? 0.5 : 1.5} label={b('states.label', { count: rows.length })} />
      {withLegend && <ChartLegend items={every > 1 ? [...legend, { name: b('states.tooMany', { count: every }), color: 'transparent' }] : legend} />}
    </>
  );
}
