import type { Labels } from '../api/types';

const plainName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const quoted = (text: string): string => JSON.stringify(text);

/** A series as PromQL writes it: a name beyond the classic characters stands in quotes inside the braces. */
export function seriesText(labels: Labels): string {
  const name = labels.__name__ ?? '';
  const parts = Object.keys(labels).filter((key) => key !== '__name__').sort()
    .map((key) => `${plainLabel.test(key) ? key : quoted(key)}=${quoted(labels[key]!)}`);
  if (name && !plainName.test(name)) return `{${[quoted(name), ...parts].join(', ')}}`;
  if (parts.length === 0) return name || '{}';
  return `${name}{${parts.join(', ')}}`;
}

/** A legend: the template with `{{label}}` filled in, or the series itself where there is none. */
export function legendText(labels: Labels, template: string): string {
  if (!template) return seriesText(labels);
  return template.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, key: string) => labels[key] ?? '');
}

/** One matcher of a selector. */
export interface Matcher { label: string; op: '=' | '!=' | '=~' | '!~'; value: string }

/** A selector from its parts. */
export function selectorText(metric: string, matchers: Matcher[]): string {
  const parts = matchers.map((m) => `${plainLabel.test(m.label) ? m.label : quoted(m.label)}${m.op}${quoted(m.value)}`);
  if (metric && !plainName.test(metric)) return `{${[quoted(metric), ...parts].join(', ')}}`;
  return parts.length === 0 ? metric || '{__name__!=""}' : `${metric}{${parts.join(', ')}}`;
}

/** A matcher for any of some values: `=` for one, else a regular expression of them, escaped. */
export function anyOf(label: string, values: string[]): Matcher {
  if (values.length === 1) return { label, op: '=', value: values[0]! };
  return { label, op: '=~', value: values.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|') };
}

/**
 * What to call each of several series so that they can be told apart: labels that all of them share are left out.
 * One series alone keeps all of its labels.
 */
export function distinctNames(series: readonly Labels[]): string[] {
  const first = series[0];
  if (!first || series.length === 1) return series.map(seriesText);
  const shared = new Set(Object.keys(first).filter((name) => series.every((labels) => labels[name] === first[name])));
  const names = series.map((labels) => seriesText(Object.fromEntries(Object.entries(labels).filter(([name]) => name === '__name__' || !shared.has(name)))));
  return new Set(names).size === names.length ? names : series.map(seriesText);
}
