import { useMemo } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { eventOverlay } from '../../../charts/eventOverlay';
import type { LineStyle, ThresholdMark } from '../../../charts/plotOptions';
import { hexOf, hueShade, opacityShade, valueShade } from '../../../charts/shades';
import { TimeSeriesChart, type TimeSeriesChartProps } from '../../../charts/TimeSeriesChart';
import { showsOn } from '../../../dashboards/annotations';
import type { FieldDefaults } from '../../../dashboards/dashboard';
import { namedBy } from '../../../dashboards/entries';
import { colorOf, fieldOf, stepsOf } from '../../../dashboards/fields';
import { colorScaleOf, paintOf } from '../../../dashboards/paint';
import { ranging } from '../../../dashboards/ranges';
import { objectOf, textOf, textsOf } from '../../../dashboards/transformations/options';
import { reduced } from '../../../dashboards/reducers';
import { useBoard } from '../../../i18n/useBoard';
import type { Line, Stacking } from '../../../model/series';
import { absoluteRange } from '../../../model/timeRange';
import { formatValue } from '../../../model/units';
import { listSeparator } from '../../../routing/address';
import { useAddress } from '../../../routing/navigation';
import { usePreferences } from '../../../state/preferences';
import { seriesColor } from '../../../theme/seriesColors';
import type { PanelProps } from '../PanelFrame';
import { ValueLink } from '../ValueLink';
import { legendRowPx, SeriesLegend, type LegendItem } from './SeriesLegend';
import { IconExternalLink } from '../../../parts/icons';

/** The least value up to which a scale is even around zero. */
const linearMin = 1e-12;

/** Percent of the area between two lines where nothing says how much. */
const bandOpacity = 35;

/** Lines of one panel drawn at most. */
const linesMax = 200;

function stackingOf(field: FieldDefaults): Stacking | null {
  const { mode, group } = objectOf(field.custom?.stacking);
  return mode === 'normal' || mode === 'percent' ? { group: String(group ?? 'A'), percent: mode === 'percent' } : null;
}

/** How the limits of a panel are marked: as lines, as areas, or both. */
function thresholdMarks(field: FieldDefaults | undefined): ThresholdMark[] {
  const mode = textOf(objectOf(field?.custom?.thresholdsStyle).mode, 'off');
  const line = mode.startsWith('line') ? 'solid' : mode.startsWith('dashed') ? 'dashed' : 'none';
  const isArea = mode.endsWith('area');
  if (line === 'none' && !isArea) return [];
  return (field ? stepsOf(field) : []).map((step) => ({ value: typeof step.value === 'number' ? step.value : null, color: colorOf(step.color, '#f2495c'), line, isArea }));
}

/** What the area and the line are drawn with where that is not one colour. */
function shadesOf(field: FieldDefaults, color: string, isDark: boolean): Pick<LineStyle, 'fillShade' | 'lineShade'> {
  const opacity = Number(field.custom?.fillOpacity ?? 0) / 100;
  switch (field.custom?.gradientMode) {
    case 'opacity': return { fillShade: opacityShade(color, opacity, field.custom.transform === 'negative-Y') };
    case 'hue': return { fillShade: hueShade(color, opacity) };
    case 'scheme': {
      const scale = colorScaleOf(field, isDark, 'palette');
      const [fillShade, lineShade] = scale ? [valueShade(scale, opacity), valueShade(scale, 1)] : [null, null];
      return { ...(fillShade ? { fillShade } : {}), ...(lineShade ? { lineShade } : {}) };
    }
    default: return {};
  }
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function axisOf(field: FieldDefaults | undefined): NonNullable<TimeSeriesChartProps['axis']> {
  const custom = field?.custom ?? {};
  const scale = objectOf(custom.scaleDistribution);
  const [softMin, softMax] = [numberOf(custom.axisSoftMin), numberOf(custom.axisSoftMax)];
  return {
    ...(scale.type === 'symlog' ? { linearUntil: Math.max(linearMin, numberOf(scale.linearThreshold) ?? 1) } : {}),
    ...(softMin === undefined ? {} : { softMin }), ...(softMax === undefined ? {} : { softMax }),
    isCentered: custom.axisCenteredZero === true, hidesValues: custom.axisPlacement === 'hidden', valueLabel: textOf(custom.axisLabel, ''),
  };
}

function logOf(field: FieldDefaults | undefined): { logBase?: number } {
  const { type, log } = objectOf(field?.custom?.scaleDistribution);
  return type === 'log' || type === 'symlog' ? { logBase: log === 2 ? 2 : 10 } : {};
}

/** Values over time, as lines, areas, bars or points. */
export function TimePanel({ panel, board, span, series, times, heightPx, fill, scope }: PanelProps) {
  const b = useBoard();
  const { zone } = usePreferences();
  const isDark = useComputedColorScheme('light') === 'dark';
  const [params, setParams] = useAddress();
  const fields = useMemo(() => series.slice(0, linesMax).map((one) => ({ one, field: fieldOf(panel, one) })).filter(({ field }) => !(field.custom?.hideFrom as { viz?: boolean } | undefined)?.viz), [panel, series]);
  const lines = useMemo<Line[]>(() => fields.map(({ one, field }) => ({
    id: one.id, name: field.displayName ? namedBy(field.displayName, one.name, one.labels, fill) : one.name, labels: one.labels, query: 0,
    values: field.custom?.transform === 'negative-Y' ? one.values.map((value) => (typeof value === 'number' ? -value : value)) : one.values,
  // `fill` is new at every drawing; what it fills is in the series already.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  })), [fields]);
  // The lines that are shown, by name, where not all are: the address keeps them.
  const onlyKey = `only-${panel.id}`;
  const onlyText = params[onlyKey];
  const only = useMemo<ReadonlySet<string> | null>(() => {
    const names = new Set(onlyText?.split(listSeparator));
    return lines.some((line) => names.has(line.name)) ? names : null;
  }, [onlyText, lines]);
  const first = fields[0]?.field;
  const ranged = useMemo(() => ranging(() => series.map((one) => one.values)), [series]);
  const styles = useMemo<LineStyle[]>(() => fields.map(({ one, field }, i) => {
    const custom = field.custom ?? {};
    const drawStyle = String(custom.drawStyle ?? 'line');
    const colored = ranged(field, one.values);
    const below = typeof custom.fillBelowTo === 'string' ? lines.findIndex(({ name }) => name === custom.fillBelowTo) : -1;
    const color = hexOf(paintOf(colored, reduced(one.values, 'lastNotNull'), i, isDark, 'palette')) ?? seriesColor(i, isDark);
    return {
      name: one.name, color, ...(below >= 0 && below !== i ? { fillTo: below } : {}), ...(objectOf(custom.hideFrom).tooltip === true ? { untold: true } : {}), ...shadesOf(colored, color, isDark), width: custom.lineWidth === 0 ? 0 : Math.min(4, Number(custom.lineWidth ?? 1) || 1) + 0.4, fill: (Number(custom.fillOpacity ?? 0) || (below >= 0 ? bandOpacity : 0)) / 100,
      draw: drawStyle === 'bars' ? 'bars' : drawStyle === 'points' ? 'points' : 'line', step: String(custom.lineInterpolation ?? '').startsWith('step'), smooth: custom.lineInterpolation === 'smooth', dots: custom.showPoints === 'always', spanGaps: custom.spanNulls === true,
      show: only === null || only.has(lines[i]!.name), rightAxis: custom.axisPlacement === 'right', stack: stackingOf(field),
      ...((custom.lineStyle as { fill?: string } | undefined)?.fill === 'dash' ? { dash: [8, 6] } : {}),
    };
  }), [fields, lines, isDark, only, ranged]);
  const thresholds = useMemo(() => thresholdMarks(fields[0] && ranged(fields[0].field, fields[0].one.values)), [fields, ranged]);
  const axis = useMemo(() => axisOf(first), [first]);
  const legend = objectOf(panel.options?.legend);
  const calcs = useMemo(() => textsOf(legend.calcs), [legend]);
  const showsLegend = legend.showLegend !== false && legend.displayMode !== 'hidden' && lines.length > 0;
  const isTable = legend.displayMode === 'table';
  const isBeside = legend.placement === 'right' && showsLegend;
  const legendPx = !showsLegend || isBeside ? 4 : isTable ? Math.min(heightPx * 0.4, 31 + legendRowPx * lines.length) : Math.min(46, 22 * Math.ceil(lines.length / 4) + 4);
  // Shares of a whole are read in percent, whatever they are shares of.
  const shares = styles.some((style) => style.stack?.percent);
  const unit = shares ? 'percentunit' : first?.unit ?? '';
  const right = fields.find(({ field }) => field.custom?.axisPlacement === 'right')?.field.unit;
  const overlay = useMemo(() => eventOverlay(board.events.filter(({ annotation }) => showsOn(annotation, panel)).flatMap(({ events }) => events)), [board.events, panel]);
  if (times.length === 0) return <div className="dim" style={{ display: 'grid', placeItems: 'center', height: '100%', fontSize: '0.8rem' }}>{b('noData')}</div>;
  const pick = (id: string, toggle: boolean): void => {
    const { name } = lines.find((line) => line.id === id)!;
    const next = new Set(toggle ? only ?? lines.map((line) => line.name) : []);
    if (!next.delete(name)) next.add(name);
    const isWhole = next.size === 0 || lines.every((line) => next.has(line.name)) || (!toggle && only?.size === 1 && only.has(name));
    const { [onlyKey]: _, ...others } = params;
    setParams(isWhole ? others : { ...others, [onlyKey]: [...next].join(listSeparator) }, { replace: true });
  };
  const items = lines.flatMap((line, i): LegendItem[] => {
    const { field } = fields[i]!;
    if (objectOf(field.custom?.hideFrom).legend === true) return [];
    return [{
      id: line.id, name: line.name, color: styles[i]!.color, shown: styles[i]!.show, values: line.values, write: (value) => formatValue(value, field.unit ?? '', field.decimals),
      link: field.links && <ValueLink links={field.links} scope={scope} range={board.range} context={{ name: line.name, labels: line.labels, value: reduced(line.values, 'lastNotNull') }}><IconExternalLink size={12} aria-label={b('links')} /></ValueLink>,
    }];
  });
  return (
    <div className="with-legend" data-beside={isBeside}>
      <div style={{ flex: 1, minWidth: 0 }}>
        <TimeSeriesChart
          times={times} lines={lines} styles={styles} span={[span.fromMs / 1000, span.toMs / 1000]} height={Math.max(60, heightPx - legendPx)} unit={unit} {...(right ? { rightUnit: right } : {})}
          decimals={first?.decimals} min={shares ? undefined : first?.min} max={shares ? 1 : first?.max} {...(shares && first?.unit !== undefined ? { tipUnit: first.unit } : {})} zone={zone} thresholds={thresholds} axis={axis} {...logOf(first)} overlay={overlay} syncKey={board.syncKey}
          onSelect={(fromMs, toMs) => board.setRange(absoluteRange({ fromMs, toMs }))} onZoomOut={board.zoomOut}
        />
      </div>
      {showsLegend && <SeriesLegend items={items} calcs={calcs} isTable={isTable} isBeside={isBeside} heightPx={isBeside ? heightPx - 4 : Math.round(legendPx)} onPick={pick} />}
      {series.length > linesMax && <span className="dim" style={{ fontSize: '0.73rem', padding: '0 10px' }}>{b('limited', { shown: linesMax, count: series.length })}</span>}
    </div>
  );
}
