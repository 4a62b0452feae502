import { lazy, Suspense } from 'react';
import type { Panel } from '../../dashboards/dashboard';
import { foreignSource } from '../../dashboards/sources';
import { heightOf, type Frame } from '../../dashboards/frames';
import type { Scope } from '../../dashboards/interpolate';
import type { PanelSeries, TargetAnswer } from '../../dashboards/panelData';
import { useBoard } from '../../i18n/useBoard';
import type { Span } from '../../model/timeRange';
import { offerUnits } from '../../dashboards/furtherUnits';
import type { Board } from './board';
import { BarsPanel } from './panels/BarsPanel';
import { Centered } from './panels/Centered';
import { StatPanel } from './panels/StatPanel';
import { TablePanel } from './panels/TablePanel';
import { TextPanel } from './panels/TextPanel';
import { TimePanel } from './panels/TimePanel';
import type { PanelData } from './usePanelData';

/** What a panel draws. */
export interface PanelProps {
  panel: Panel; board: Board; span: Span; answers: TargetAnswer[]; frames: Frame[]; series: PanelSeries[]; times: number[]; heightPx: number; fill: (text: string) => string; scope: Scope;
}

offerUnits();

type Draw = (props: PanelProps) => React.ReactNode;

// What few dashboards have is fetched when one has it.
const later = <Name extends string>(load: () => Promise<Record<Name, Draw>>, name: Name): Draw => lazy(() => load().then((module) => ({ default: module[name] as React.ComponentType<PanelProps> }))) as unknown as Draw;
const states = later(() => import('./panels/StatesPanel'), 'StatesPanel');

/** What draws each type of panel that shows data, by Grafana's name of it. */
const drawn: Record<string, React.ComponentType<PanelProps>> = {
  timeseries: TimePanel, stat: StatPanel, gauge: BarsPanel, bargauge: BarsPanel, table: TablePanel,
  piechart: later(() => import('./panels/PiePanel'), 'PiePanel'), barchart: later(() => import('./panels/BarChartPanel'), 'BarChartPanel'), histogram: later(() => import('./panels/HistogramPanel'), 'HistogramPanel'),
  heatmap: later(() => import('./panels/HeatmapPanel'), 'HeatmapPanel'), 'state-timeline': states, 'status-history': states,
};
const NoSeries = lazy(() => import('./panels/NoSeries').then((m) => ({ default: m.NoSeries })));
const ListPanel = lazy(() => import('./panels/ListPanel').then((m) => ({ default: m.ListPanel })));
const AlertListPanel = lazy(() => import('./panels/AlertListPanel').then((m) => ({ default: m.AlertListPanel })));

/** Whether a type of panel shows answers of queries, and is drawn. */
export const drawsData = (type: string): boolean => Object.hasOwn(drawn, type);

/** Whether a query found no series at all. */
const isEmpty = ({ data }: TargetAnswer): boolean => (data.resultType === 'matrix' || data.resultType === 'vector') && data.result.length === 0;

/** The inside of a panel: its picture, or why there is none. */
export function PanelBody({ panel, board, data, heightPx }: { panel: Panel; board: Board; data: PanelData; heightPx: number }) {
  const b = useBoard();
  const Draw = drawsData(panel.type) ? drawn[panel.type] : undefined;
  const { fill, frames } = data;
  if (panel.type === 'text') return <TextPanel panel={panel} fill={fill} />;
  if (panel.type === 'dashlist') return <Suspense><ListPanel panel={panel} fill={fill} /></Suspense>;
  if (panel.type === 'alertlist') return <Suspense><AlertListPanel panel={panel} /></Suspense>;
  const foreign = foreignSource(panel);
  if (Draw && foreign !== null) return <Centered>{b('foreign', { type: foreign })}</Centered>;
  if (!Draw) return <Centered>{panel.libraryPanel && (!panel.type || panel.type === 'library-panel-ref') ? b('lost', { name: panel.libraryPanel.name ?? panel.libraryPanel.uid ?? '' }) : b('placeholder', { type: panel.type || '?' })}</Centered>;
  if (frames.some((frame) => heightOf(frame) > 0)) return <Suspense><Draw panel={panel} board={board} span={data.span} answers={data.answers} frames={frames} series={data.series} times={data.times} heightPx={heightPx} fill={fill} scope={data.scope} /></Suspense>;
  if (data.error) return <Centered bad>{data.error.message}</Centered>;
  if (data.cancelled) return <Centered>{b('cancelled')}</Centered>;
  if (!data.answered) return null;
  const instead = fill(panel.fieldConfig?.defaults?.noValue ?? '');
  if (instead) return <div className="stats"><div className="stat"><div className="stat-value" style={{ ['--chars' as string]: Math.max(5, instead.length) }}>{instead}</div></div></div>;
  return data.asked.length > 0 && data.answers.every(isEmpty) ? <Suspense fallback={<Centered>{b('noDataInRange')}</Centered>}><NoSeries data={data} board={board} /></Suspense> : <Centered>{b('noData')}</Centered>;
}
