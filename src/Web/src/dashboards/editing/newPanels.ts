import type { Dashboard, Panel } from '../dashboard';

type NewPanel = Omit<Panel, 'id' | 'gridPos'>;
const legend = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] };
const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
const thresholds = { mode: 'absolute', steps: [{ color: 'green', value: null }, { color: 'red', value: 80 }] };

/** Types that can be added, in the order in which they are offered, each with what it begins with. */
export const panelTypes: Record<string, Record<string, unknown>> = {
  timeseries: { legend, tooltip: { mode: 'multi', sort: 'desc' } }, stat: { reduceOptions, colorMode: 'value', graphMode: 'area', textMode: 'auto' }, gauge: { reduceOptions }, bargauge: { reduceOptions, orientation: 'horizontal' }, table: {},
  text: { mode: 'markdown', content: '' }, heatmap: { calculate: false, color: { scheme: 'Oranges', exponent: 0.5 }, yAxis: {} }, piechart: { reduceOptions, pieType: 'pie', legend: { ...legend, values: ['percent'] } }, barchart: { showValue: 'auto', stacking: 'none', orientation: 'auto', legend },
  histogram: { combine: false, legend }, 'state-timeline': { mergeValues: true, showValue: 'auto', legend }, 'status-history': { showValue: 'never', legend }, dashlist: { showStarred: true, showRecentlyViewed: true, showSearch: false, maxItems: 10 }, alertlist: { maxItems: 20 },
};

export const withoutQueries = ['text', 'dashlist', 'alertlist', 'row'];

export function newPanel(type: string): NewPanel {
  const asks = !withoutQueries.includes(type);
  return {
    type, title: '', options: structuredClone(panelTypes[type] ?? {}), ...(asks ? { targets: [{ refId: 'A', expr: '' }], datasource: { type: 'prometheus' } } : {}),
    fieldConfig: { defaults: asks ? { thresholds: structuredClone(thresholds), ...(type === 'timeseries' ? { custom: { lineWidth: 1, fillOpacity: 10 } } : {}) } : {}, overrides: [] },
  } as NewPanel;
}

export const newRow = (title: string): NewPanel => ({ type: 'row', title, collapsed: false, panels: [] });

export const newDashboard = (title: string): Dashboard => ({
  uid: '', title, schemaVersion: 41, tags: [], time: { from: 'now-1h', to: 'now' }, refresh: '', graphTooltip: 1, editable: true, panels: [], templating: { list: [] }, annotations: { list: [] }, links: [], version: 0,
} as Dashboard);

/** The letter of the next query. */
export function nextRefId(taken: readonly (string | undefined)[]): string {
  for (let i = 0; ; i++) {
    const letter = i < 26 ? String.fromCharCode(65 + i) : `Q${i}`;
    if (!taken.includes(letter)) return letter;
  }
}
