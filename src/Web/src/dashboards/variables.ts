import { instantQuery, labelNames, labelValues, seriesOf, type Within } from '../api/queries';
import { parseDuration } from '../model/duration';
import { seriesText } from '../model/seriesName';
import type { Variable } from './dashboard';
import { autoInterval, filledQuery, interpolate, type Chosen, type Scope } from './interpolate';
import { numberOr, textOf } from './transformations/options';

/** Grafana's name of "all of them", in addresses and in what is stored. */
export const all = '$__all';

/** Something to choose: what stands for it in queries, and what people read. */
export interface Option { value: string; text: string }

export type VariableQuery =
  | { kind: 'values'; label: string; matcher: string } | { kind: 'names'; matcher: string } | { kind: 'metrics'; pattern: string } | { kind: 'result'; expr: string } | { kind: 'series'; matcher: string };

/** What a variable's query asks for. */
export function variableQuery(text: string): VariableQuery {
  const trimmed = text.trim();
  const values = /^label_values\s*\((?:([\s\S]+),)?\s*(?:([\w.:/-]+)|"((?:[^"\\]|\\.)+)"|'((?:[^'\\]|\\.)+)')\s*\)$/.exec(trimmed);
  if (values) return { kind: 'values', label: values[2] ?? (values[3] ?? values[4]!).replace(/\\(.)/g, '$1'), matcher: values[1]?.trim() ?? '' };
  const names = /^label_names\s*\(([\s\S]*)\)$/.exec(trimmed);
  if (names) return { kind: 'names', matcher: names[1]!.trim() };
  const metrics = /^metrics\s*\(([\s\S]*)\)$/.exec(trimmed);
  if (metrics) return { kind: 'metrics', pattern: metrics[1]!.trim() };
  const result = /^query_result\s*\(([\s\S]+)\)$/.exec(trimmed);
  return result ? { kind: 'result', expr: result[1]!.trim() } : { kind: 'series', matcher: trimmed };
}

/** Values after the regular expression of their variable: the groups `value` and `text` where it names them, else the first group, each value once. */
export function regexFiltered(values: readonly string[], regex: string): Option[] {
  const slashed = /^\/(.*)\/([gimsuy]*)$/s.exec(regex);
  let pattern: RegExp | null = null;
  try {
    pattern = regex ? new RegExp(slashed ? slashed[1]! : regex, slashed?.[2]?.replace(/[gy]/g, '') ?? '') : null;
  } catch {
    // Not a regular expression of this language: everything is offered.
  }
  const options = values.map((value): Option | null => {
    if (!pattern) return { value, text: value };
    const found = pattern.exec(value);
    if (!found) return null;
    const { value: inner, text } = found.groups ?? {};
    const chosen = inner ?? text ?? found.slice(1).find((group) => group !== undefined) ?? found[0];
    return { value: chosen, text: text ?? chosen };
  });
  return [...new Map(options.filter((option): option is Option => option !== null && option.value !== '').map((option) => [option.value, option])).values()];
}

const queryTextOf = (value: unknown): string => (typeof value === 'object' && value !== null && 'query' in value ? queryTextOf(value.query) : typeof value === 'number' ? String(value) : textOf(value));

/** The choices that a text lists: commas between them, `text : value` where people read something else. */
export function listed(text: string): Option[] {
  return text.split(/(?<!\\),/).map((one) => one.replaceAll('\\,', ',').trim()).filter(Boolean).map((one) => {
    const pair = /^(.+?)\s:\s(.+)$/.exec(one);
    return pair ? { text: pair[1]!.trim(), value: pair[2]!.trim() } : { text: one, value: one };
  });
}

/** What a variable's query is with those before it filled in. */
export const askedBy = (variable: Variable, scope: Scope): string => filledQuery(queryTextOf(variable.query) || variable.definition || '', scope);

/** What there is to choose for a variable, with those before it filled in. */
export async function optionsOf(variable: Variable, scope: Scope, signal: AbortSignal): Promise<Option[]> {
  if (variable.type === 'custom') return customOptions(variable);
  if (variable.type === 'interval') return [...(variable.auto ? [{ value: autoNameOf(variable), text: 'auto' }] : []), ...listed(queryTextOf(variable.query))];
  if (variable.type === 'switch') return [textOf(variable.enabledValue, 'true'), textOf(variable.disabledValue, 'false')].map((value) => ({ value, text: value }));
  if (variable.type !== 'query') return [];
  const query = variableQuery(askedBy(variable, scope));
  // Of the time that is looked at, as in Grafana; a time from which there is nothing still has something to choose.
  const values = await found(query, scope, signal, scope);
  return sorted(regexFiltered(values.length > 0 ? values : await found(query, scope, signal, undefined), interpolate(variable.regex ?? '', scope, 'regex')), variable.sort ?? 0);
}

const autoNameOf = (variable: Variable): string => `${autoInterval}_interval_${variable.name}`;

// Newer ones may list their choices as JSON.
function customOptions(variable: Variable): Option[] {
  const text = queryTextOf(variable.query);
  if (/^\s*\[/.test(text)) {
    try {
      const parsed = JSON.parse(text) as unknown;
      if (Array.isArray(parsed)) return parsed.map((one): Option => (typeof one === 'object' && one !== null ? { value: String((one as Option).value), text: String((one as Option).text ?? (one as Option).value) } : { value: String(one), text: String(one) }));
    } catch {
      // A list of words that begins with a bracket.
    }
  }
  return listed(text);
}

async function found(query: VariableQuery, scope: Scope, signal: AbortSignal, time: Within | undefined): Promise<string[]> {
  switch (query.kind) {
    case 'values': return (await labelValues(query.label, query.matcher ? [query.matcher] : [], signal, time)).data;
    case 'names': return (await labelNames(query.matcher ? [query.matcher] : [], signal, time)).data;
    case 'metrics': return (await labelValues('__name__', query.pattern ? [`{__name__=~${JSON.stringify(`.*(?:${query.pattern}).*`)}}`] : [], signal, time)).data;
    case 'series': return query.matcher ? (await seriesOf([query.matcher], 1000, signal, time)).data.map(seriesText) : [];
    case 'result': {
      if (time === undefined) return [];
      const { data } = await instantQuery(query.expr, scope.toMs, signal);
      if (data.resultType === 'scalar' || data.resultType === 'string') return [String(data.result[1])];
      return data.resultType === 'vector' ? data.result.map((one) => `${seriesText(one.metric)} ${one.value?.[1] ?? ''} ${(one.value?.[0] ?? 0) * 1000}`) : [];
    }
  }
}

function sorted(options: Option[], sort: number): Option[] {
  if (sort === 0) return options;
  const numeric = sort === 3 || sort === 4 || sort >= 7;
  const order = options.sort((a, b) => a.text.localeCompare(b.text, 'en', { numeric, sensitivity: sort >= 5 ? 'base' : 'variant' }));
  return sort % 2 === 0 ? order.reverse() : order;
}

/** What a variable stands for: what the address says, else what is stored, else the first there is. */
export function chosenOf(variable: Variable, fromAddress: string[] | undefined, options: readonly Option[]): Chosen {
  const isList = Boolean(variable.multi || variable.includeAll);
  const stored = variable.current?.value;
  // An interval that follows the range has had several names.
  const saved = (Array.isArray(stored) ? stored : stored === undefined || stored === null || stored === '' ? [] : [stored]).map(String)
    .map((value) => (variable.type === 'interval' && value.startsWith(autoInterval) ? autoNameOf(variable) : value));
  const names = new Map(options.map(({ value, text }) => [value, text]));
  const usable = (values: string[]): boolean => values.length > 0 && (variable.type !== 'query' || options.length === 0 || values.includes(all) || values.some((value) => names.has(value)));
  let values = fromAddress ?? (usable(saved) ? saved : variable.includeAll ? [all] : options.slice(0, 1).map(({ value }) => value));
  // What somebody typed and saved wins over what a text box began with.
  if (variable.type === 'textbox') values = fromAddress ?? [saved[0] ?? queryTextOf(variable.query)];
  if (variable.type === 'constant') values = [queryTextOf(variable.query) || saved[0] || ''];
  const isAll = values.includes(all);
  const picked = isAll ? options.map(({ value }) => value) : values;
  return {
    values: picked, isList, isAll, ...(isAll && variable.allValue ? { allValue: variable.allValue } : {}),
    ...(picked.some((value) => (names.get(value) ?? value) !== value) ? { texts: picked.map((value) => names.get(value) ?? value) } : {}),
    ...(variable.type === 'interval' ? { auto: { count: Math.max(1, numberOr(variable.auto_count, 30)), leastMs: parseDuration(textOf(variable.auto_min)) ?? 10_000 } } : {}),
  };
}
