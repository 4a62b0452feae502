import type { Labels } from '../api/types';
import { numberOf } from '../model/series';
import { distinctNames, legendText } from '../model/seriesName';
import type { Target } from './dashboard';
import type { TargetAnswer } from './panelData';

/** A cell that holds the way of a series, and the one value of it that the cell is sorted, filtered and read by. */
export class Trend {
  constructor(readonly value: number | null, readonly points: readonly (number | null)[]) {}
  toString(): string { return String(this.value ?? ''); }
}

export type Cell = string | number | boolean | null | Trend;
export type FieldKind = 'time' | 'number' | 'string' | 'boolean' | 'trend';

/** A cell as one value. */
export const plainOf = (cell: Cell): Exclude<Cell, Trend> => (cell instanceof Trend ? cell.value : cell);

/** One column of data. Times are milliseconds since the epoch. */
export interface Field {
  name: string;
  kind: FieldKind;
  values: Cell[];
  labels: Labels;
  /** What people read instead of the name: a legend, or what a transformation renamed it to. */
  shown?: string | undefined;
}

/** Columns of one length: a series is a frame of a time and a value. */
export interface Frame { refId: string; name: string; fields: Field[] }

export const timeName = 'Time';

/** What a field is called on screen, and by transformations and overrides. */
export const calledOf = (field: Field): string => field.shown ?? field.name;
export const heightOf = (frame: Frame): number => frame.fields[0]?.values.length ?? 0;
export const timeFieldOf = (frame: Frame): Field | undefined => frame.fields.find((field) => field.kind === 'time');
export const fieldNamed = (frame: Frame, name: string): Field | undefined => frame.fields.find((field) => calledOf(field) === name || field.name === name);
/** The same frame with other rows, by their old places. */
export const withRows = (frame: Frame, rows: readonly number[]): Frame => ({ ...frame, fields: frame.fields.map((field) => ({ ...field, values: rows.map((row) => field.values[row] ?? null) })) });

/** What kind of values a column holds, by those that are there. */
export function kindOf(values: readonly Cell[]): FieldKind {
  const first = values.find((value) => value !== null);
  return first instanceof Trend ? 'trend' : typeof first === 'number' ? 'number' : typeof first === 'boolean' ? 'boolean' : 'string';
}

/** Whether a target's answer is one table instead of a frame for each series. */
const isTable = (target: Target): boolean => target.format === 'table' || target.format === 1;

/** The answers of a panel's queries as frames, as Grafana's Prometheus source makes them. */
export function framesOf(answers: readonly TargetAnswer[], fill: (text: string) => string): Frame[] {
  const several = new Set(answers.map(({ target }) => target.refId ?? 'A')).size > 1;
  return answers.flatMap((answer): Frame[] => {
    const { data, target } = answer;
    const refId = target.refId ?? 'A';
    if (data.resultType === 'string') return [];
    if (data.resultType === 'scalar') return [seriesFrame(refId, refId, {}, [data.result])];
    if (isTable(target)) return [tableFrame(answer, several ? `Value #${refId}` : 'Value')];
    const legend = target.legendFormat && target.legendFormat !== '__auto' ? fill(target.legendFormat) : '';
    const names = legend ? data.result.map((one) => legendText(one.metric, legend)) : distinctNames(data.result.map((one) => one.metric));
    return data.result.map((one, i) => seriesFrame(refId, names[i] === '{}' ? fill(target.expr ?? refId) : names[i]!, one.metric, pointsOf(one)));
  });
}

type Sample = { value?: [number, string]; values?: [number, string][]; histogram?: [number, { count: string }]; histograms?: [number, { count: string }][] };

/** The points of a series; a native histogram counts by how many observations it has. */
function pointsOf(one: Sample): [number, string][] {
  if (one.values || one.histograms) return [...(one.values ?? []), ...(one.histograms ?? []).map(([at, { count }]): [number, string] => [at, count])].sort((a, b) => a[0] - b[0]);
  return one.value ? [one.value] : one.histogram ? [[one.histogram[0], one.histogram[1].count]] : [];
}

const seriesFrame = (refId: string, name: string, labels: Labels, points: [number, string][]): Frame => ({
  refId, name,
  fields: [
    { name: timeName, kind: 'time', labels: {}, values: points.map(([at]) => at * 1000) },
    { name: 'Value', kind: 'number', labels, shown: name, values: points.map(([, text]) => numberOf(text)) },
  ],
});

function tableFrame({ target, data }: TargetAnswer, valueName: string): Frame {
  const result = data.resultType === 'matrix' || data.resultType === 'vector' ? data.result : [];
  const names = [...new Set(result.flatMap((one) => Object.keys(one.metric)))].sort();
  const rows = result.flatMap((one) => pointsOf(one).map(([at, text]) => ({ at: at * 1000, labels: one.metric, value: numberOf(text) })));
  return {
    refId: target.refId ?? 'A', name: target.refId ?? 'A',
    fields: [
      { name: timeName, kind: 'time', labels: {}, values: rows.map((row) => row.at) },
      ...names.map((name): Field => ({ name, kind: 'string', labels: {}, values: rows.map((row) => row.labels[name] ?? null) })),
      { name: valueName, kind: 'number', labels: {}, values: rows.map((row) => row.value) },
    ],
  };
}
