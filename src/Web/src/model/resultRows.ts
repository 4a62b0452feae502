import type { HistogramPoint, Labels, QueryData } from '../api/types';
import { numberOf } from './series';

/** One row of a table of results. */
export interface ResultRow { query: number; labels: Labels; text: string; value: number }

/** Points of a range vector written out at most. */
const pointsMax = 50;

const histogramText = ([, { count, sum }]: HistogramPoint): string => `count ${count}, sum ${sum}`;

/** The answers as rows; the columns are the labels that occur, the name first. */
export function rowsOf(answers: readonly (QueryData | undefined)[]): { columns: string[]; rows: ResultRow[] } {
  const names = new Set<string>();
  const rows: ResultRow[] = [];
  answers.forEach((data, query) => {
    if (!data) return;
    if (data.resultType === 'scalar' || data.resultType === 'string') {
      rows.push({ query, labels: {}, text: data.result[1], value: data.resultType === 'scalar' ? numberOf(data.result[1]) : NaN });
      return;
    }
    for (const series of data.result) {
      for (const name of Object.keys(series.metric)) names.add(name);
      if ('value' in series && series.value) rows.push({ query, labels: series.metric, text: series.value[1], value: numberOf(series.value[1]) });
      else if ('histogram' in series && series.histogram) rows.push({ query, labels: series.metric, text: histogramText(series.histogram), value: numberOf(series.histogram[1].count) });
      else if ('values' in series && series.values) rows.push({ query, labels: series.metric, text: pointsText(series.values), value: numberOf(series.values.at(-1)?.[1] ?? 'NaN') });
      else if ('histograms' in series && series.histograms) rows.push({ query, labels: series.metric, text: series.histograms.slice(0, pointsMax).map((point) => `${histogramText(point)} @${point[0]}`).join('  '), value: numberOf(series.histograms.at(-1)?.[1].count ?? 'NaN') });
    }
  });
  const columns = [...names].sort((a, b) => (a === '__name__' ? -1 : b === '__name__' ? 1 : a < b ? -1 : 1));
  return { columns, rows };
}

function pointsText(points: [number, string][]): string {
  const text = points.slice(0, pointsMax).map(([at, value]) => `${value} @${at}`).join('  ');
  return points.length > pointsMax ? `${text}  … ${points.length - pointsMax}` : text;
}

const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Comma-separated values (RFC 4180). */
export function toCsv(columns: string[], rows: readonly ResultRow[]): string {
  const head = [...columns, 'value'].map(cell).join(',');
  return [head, ...rows.map((row) => [...columns.map((name) => cell(row.labels[name] ?? '')), cell(row.text)].join(','))].join('\r\n') + '\r\n';
}
