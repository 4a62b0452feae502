import type { Labels, QueryData } from '../api/types';
import type { Grid } from '../api/queries';
import { columnOf, numberOf } from '../model/series';
import { distinctNames, legendText, seriesText } from '../model/seriesName';
import type { Panel, Target } from './dashboard';

/** One series of a panel. */
export interface PanelSeries { id: string; name: string; refId: string; labels: Labels; values: (number | null)[] }

/** The answer of one target; the grid is null for an instant query. */
export interface TargetAnswer { target: Target; data: QueryData; grid: Grid | null }

/** Whether a target is asked at one time alone. */
export const isInstant = (target: Target): boolean => target.instant === true && target.range !== true;

/** The series of all answers, each named by its legend, else by what tells it from the others. */
export function seriesOfAnswers(answers: readonly TargetAnswer[], fill: (text: string) => string): PanelSeries[] {
  return answers.flatMap(({ target, data, grid }) => {
    const refId = target.refId ?? 'A';
    if (data.resultType === 'scalar') return [{ id: refId, name: refId, refId, labels: {}, values: [numberOf(data.result[1])] }];
    if (data.resultType === 'string') return [];
    const legend = target.legendFormat && target.legendFormat !== '__auto' ? fill(target.legendFormat) : '';
    const names = legend ? data.result.map((one) => legendText(one.metric, legend)) : distinctNames(data.result.map((one) => one.metric));
    return data.result.map((one, i): PanelSeries => ({
      id: `${refId} ${seriesText(one.metric)}`, name: names[i] === '{}' ? fill(target.expr ?? refId) : names[i]!, refId, labels: one.metric,
      values: grid && ('values' in one || 'histograms' in one) ? columnOf(one, grid) : [valueOf(one as { value?: [number, string] })],
    }));
  });
}

function valueOf(sample: { value?: [number, string] }): number | null {
  return sample.value ? numberOf(sample.value[1]) : null;
}

export interface Sheet { columns: string[]; rows: Record<string, string | number | null>[] }

/** The last value of every series as a table, with the transformations that tables mostly have: merge, organize, filter by name. */
export function sheetOf(panel: Panel, series: readonly PanelSeries[]): Sheet {
  const refs = [...new Set(series.map((one) => one.refId))];
  const valueColumn = (refId: string): string => (refs.length > 1 ? `Value #${refId}` : 'Value');
  const merges = (panel.transformations ?? []).some((one) => !one.disabled && ['merge', 'joinByField', 'seriesToColumns'].includes(one.id));
  const columns = new Set<string>();
  const byKey = new Map<string, Record<string, string | number | null>>();
  series.forEach((one, i) => {
    const labels = Object.fromEntries(Object.entries(one.labels).filter(([name]) => name !== '__name__'));
    Object.keys(labels).forEach((name) => columns.add(name));
    const key = merges ? seriesText(labels) : String(i);
    const row = byKey.get(key) ?? { ...labels };
    row[valueColumn(one.refId)] = one.values.findLast((value) => value !== null) ?? null;
    byKey.set(key, row);
  });
  refs.forEach((refId) => columns.add(valueColumn(refId)));
  return organized(panel, { columns: [...columns], rows: [...byKey.values()] });
}

function organized(panel: Panel, sheet: Sheet): Sheet {
  let { columns } = sheet;
  let { rows } = sheet;
  for (const { id, options, disabled } of panel.transformations ?? []) {
    if (disabled || !options) continue;
    if (id === 'organize') {
      const { excludeByName = {}, renameByName = {}, indexByName = {} } = options as { excludeByName?: Record<string, boolean>; renameByName?: Record<string, string>; indexByName?: Record<string, number> };
      columns = columns.filter((name) => !excludeByName[name]).sort((a, b) => (indexByName[a] ?? 1000) - (indexByName[b] ?? 1000));
      const called = (name: string): string => renameByName[name] || name;
      rows = rows.map((row) => Object.fromEntries(columns.map((name) => [called(name), row[name] ?? null])));
      columns = columns.map(called);
    } else if (id === 'filterFieldsByName') {
      const names = (options.include as { names?: string[] } | undefined)?.names;
      if (names) columns = columns.filter((name) => names.includes(name));
    }
  }
  return { columns, rows };
}
