import { useComputedColorScheme } from '@mantine/core';
import { PieChart } from '../../../charts/PieChart';
import { entriesOf, numberIn } from '../../../dashboards/entries';
import { colorOf, shown } from '../../../dashboards/fields';
import { paintOf } from '../../../dashboards/paint';
import { numbersOf, ranging } from '../../../dashboards/ranges';
import { textsOf } from '../../../dashboards/transformations/options';
import { useBoard } from '../../../i18n/useBoard';
import { useText } from '../../../i18n/text';
import type { PanelProps } from '../PanelFrame';
import { ValueLink } from '../ValueLink';
import { Centered } from './Centered';

const slicesMax = 60;

interface PieOptions { pieType?: string; displayLabels?: unknown; legend?: { showLegend?: boolean; displayMode?: string; placement?: string; values?: string[] } }

/** Shares of a whole, with what each is worth. */
export function PiePanel({ panel, board, frames, heightPx, fill, scope }: PanelProps) {
  const b = useBoard();
  const { t } = useText();
  const isDark = useComputedColorScheme('light') === 'dark';
  const { pieType, legend, displayLabels } = (panel.options ?? {}) as PieOptions;
  const ranged = ranging(() => numbersOf(frames));
  const slices = entriesOf(panel, frames, fill).flatMap((entry, i) => {
    const value = numberIn(entry.value);
    if (value === null || value < 0) return [];
    const text = shown(entry.config, value);
    return [{ entry, name: entry.name, value, text: text.text, color: colorOf(text.color, paintOf(ranged(entry.config, entry.values), value, i, isDark, 'palette')) }];
  }).sort((a, b) => b.value - a.value).slice(0, slicesMax);
  const total = slices.reduce((sum, slice) => sum + slice.value, 0);
  const labels = textsOf(displayLabels);
  const drawn = slices.map((slice) => ({ ...slice, written: labels.map((label) => (label === 'name' ? slice.name : label === 'value' ? slice.text : label === 'percent' && total > 0 ? `${Math.round((100 * slice.value) / total)}%` : '')).filter(Boolean) }));
  if (slices.length === 0) return <Centered>{b('noData')}</Centered>;
  const showsLegend = legend?.showLegend !== false && legend?.displayMode !== 'hidden';
  const beside = legend?.placement === 'right';
  const size = Math.max(50, (showsLegend && !beside ? heightPx * 0.68 : heightPx) - 16);
  return (
    <div className="pie" data-beside={beside}>
      <PieChart slices={drawn} donut={pieType === 'donut'} label={b('pie.label', { count: slices.length })} sizePx={size} share={showsLegend && beside ? 0.5 : 1} />
      {showsLegend && (
        <div className="small-legend" role="group" aria-label={t('legend.label')} tabIndex={0} style={{ maxHeight: 'none', minHeight: 0, overflowY: 'auto', alignContent: 'flex-start', justifyContent: 'center' }}>
          {slices.map((slice) => (
            <span key={slice.entry.id} style={{ display: 'inline-flex', gap: 6, alignItems: 'center', maxWidth: '100%' }}>
              <i style={{ background: slice.color, height: 8, width: 8, borderRadius: 2 }} />
              <ValueLink links={slice.entry.config.links} scope={scope} range={board.range} context={{ name: slice.name, labels: slice.entry.labels, value: slice.value, text: slice.text, row: slice.entry.row }}><span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{slice.name}</span></ValueLink>
              {legend?.values?.includes('value') && <b className="tabular">{slice.text}</b>}
              {(legend?.values?.includes('percent') ?? !legend?.values?.length) && <span className="dim tabular">{total > 0 ? Math.round((100 * slice.value) / total) : 0}%</span>}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
