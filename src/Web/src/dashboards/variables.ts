import { instantQuery, labelNames, labelValues, seriesOf } from '../api/queries';
import { seriesText } from '../model/seriesName';
import type { Variable } from './dashboard';
import { interpolate, type Chosen, type Scope } from './interpolate';

/** Grafana's name of "all of them", in addresses and in what is stored. */
export const all = '$__all';

export type VariableQuery =
  | { kind: 'values'; label: string; matcher: string } | { kind: 'names'; matcher: string } | { kind: 'metrics'; pattern: string } | { kind: 'result'; expr: string } | { kind: 'series'; matcher: string };

/** What a variable's query asks for. */
export function variableQuery(text: string): VariableQuery {
  const trimmed = text.trim();
  const values = /^label_values\((?:([\s\S]+),)?\s*([\w.]+)\s*\)$/.exec(trimmed);
  if (values) return { kind: 'values', label: values[2]!, matcher: values[1]?.trim() ?? '' };
  const names = /^label_names\(([\s\S]*)\)$/.exec(trimmed);
  if (names) return { kind: 'names', matcher: names[1]!.trim() };
  const metrics = /^metrics\(([\s\S]+)\)$/.exec(trimmed);
  if (metrics) return { kind: 'metrics', pattern: metrics[1]!.trim() };
  const result = /^query_result\(([\s\S]+)\)$/.exec(trimmed);
  return result ? { kind: 'result', expr: result[1]!.trim() } : { kind: 'series', matcher: trimmed };
}

/** A variable's values after its regular expression: the first group where there is one, each once. */
export function regexFiltered(values: readonly string[], regex: string): string[] {
  if (!regex) return [...new Set(values)];
  const slashed = /^\/(.*)\/([gimsuy]*)$/s.exec(regex);
  let pattern: RegExp;
  try {
    pattern = new RegExp(slashed ? slashed[1]! : regex, slashed?.[2]?.replace(/[gy]/g, '') ?? '');
  } catch {
    return [...new Set(values)];
  }
  return [...new Set(values.map((value) => { const found = pattern.exec(value); return found && (found.groups?.value ?? found[1] ?? found[0]); }).filter((value): value is string => Boolean(value)))];
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'object' && value !== null && 'query' in value && typeof value.query === 'string' ? value.query : '');

/** What there is to choose for a variable, with those before it filled in. */
export async function optionsOf(variable: Variable, scope: Scope, signal: AbortSignal): Promise<string[]> {
  if (variable.type === 'custom' || variable.type === 'interval') {
    return textOf(variable.query).split(/(?<!\\),/).map((one) => one.replaceAll('\\,', ',').trim()).map((one) => /^.+? : (.+)$/.exec(one)?.[1] ?? one).filter(Boolean);
  }
  if (variable.type !== 'query') return [];
  const query = variableQuery(interpolate(textOf(variable.query) || variable.definition || '', scope));
  return sorted(regexFiltered(await found(query, scope, signal), variable.regex ?? ''), variable.sort ?? 0);
}

async function found(query: VariableQuery, scope: Scope, signal: AbortSignal): Promise<string[]> {
  switch (query.kind) {
    case 'values': return (await labelValues(query.label, query.matcher ? [query.matcher] : [], signal)).data;
    case 'names': return (await labelNames(query.matcher ? [query.matcher] : [], signal)).data;
    case 'metrics': return (await labelValues('__name__', [`{__name__=~${JSON.stringify(`.*(?:${query.pattern}).*`)}}`], signal)).data;
    case 'series': return query.matcher ? (await seriesOf([query.matcher], 1000, signal)).data.map(seriesText) : [];
    case 'result': {
      const { data } = await instantQuery(query.expr, scope.toMs, signal);
      return data.resultType === 'vector' ? data.result.map((one) => `${seriesText(one.metric)} ${one.value?.[1] ?? ''} ${(one.value?.[0] ?? 0) * 1000}`) : [];
    }
  }
}

function sorted(values: string[], sort: number): string[] {
  if (sort === 0) return values;
  const numeric = sort === 3 || sort === 4 || sort >= 7;
  const order = values.sort((a, b) => a.localeCompare(b, 'en', { numeric, sensitivity: sort >= 5 ? 'base' : 'variant' }));
  return sort % 2 === 0 ? order.reverse() : order;
}

/** What a variable stands for: what the address says, else what is stored, else the first there is. */
export function chosenOf(variable: Variable, fromAddress: string[] | undefined, options: readonly string[]): Chosen {
  const isList = Boolean(variable.multi || variable.includeAll);
  const stored = variable.current?.value;
  const saved = (Array.isArray(stored) ? stored : stored === undefined || stored === '' ? [] : [stored]).map(String);
  const usable = (values: string[]): boolean => values.length > 0 && (variable.type !== 'query' || options.length === 0 || values.includes(all) || values.some((value) => options.includes(value)));
  let values = fromAddress ?? (usable(saved) ? saved : variable.includeAll ? [all] : options.slice(0, 1));
  if (variable.type === 'textbox' || variable.type === 'constant') values = fromAddress ?? [textOf(variable.query) || saved[0] || ''];
  const isAll = values.includes(all);
  return { values: isAll ? [...options] : values, isList, isAll, ...(isAll && variable.allValue ? { allValue: variable.allValue } : {}) };
}
