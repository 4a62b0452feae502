import { formatValue } from '../model/units';
import type { Labels } from '../api/types';
import { patternOf } from './transformations/options';
import { reduced } from './reducers';
import type { FieldDefaults, Mapping, Override, Panel, Threshold } from './dashboard';

const named: Record<string, string> = {
  green: '#73bf69', 'dark-green': '#37872d', 'semi-dark-green': '#56a64b', 'light-green': '#96d98d', 'super-light-green': '#c8f2c2',
  yellow: '#fade2a', 'dark-yellow': '#e0b400', 'semi-dark-yellow': '#f2cc0c', 'light-yellow': '#ffee52', 'super-light-yellow': '#fff899',
  red: '#f2495c', 'dark-red': '#c4162a', 'semi-dark-red': '#e02f44', 'light-red': '#ff7383', 'super-light-red': '#ffa6b0',
  blue: '#5794f2', 'dark-blue': '#1f60c4', 'semi-dark-blue': '#3274d9', 'light-blue': '#8ab8ff', 'super-light-blue': '#c0d8ff',
  orange: '#ff9830', 'dark-orange': '#fa6400', 'semi-dark-orange': '#ff780a', 'light-orange': '#ffb357', 'super-light-orange': '#ffcb7d',
  purple: '#b877d9', 'dark-purple': '#8f3bb8', 'semi-dark-purple': '#a352cc', 'light-purple': '#ca95e5', 'super-light-purple': '#deb6f2',
};

/** A colour of Grafana's as CSS has it; nothing that is not a plain colour gets through. */
export function colorOf(text: string | undefined, fallback: string): string {
  if (!text || text === 'text') return fallback;
  if (Object.hasOwn(named, text)) return named[text]!;
  return /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(text) || /^rgba?\([\d\s.,%]+\)$/i.test(text) ? text : fallback;
}

/** One line of a panel's data, to find its overrides by. */
export interface FieldKey { name: string; refId: string; labels: Labels; kind?: string; values?: readonly unknown[] }

/** The configuration of one field: the defaults with every override that matches. */
export function fieldOf(panel: Panel, key: FieldKey): FieldDefaults {
  const defaults = panel.fieldConfig?.defaults ?? {};
  const field: FieldDefaults = { ...defaults, custom: { ...defaults.custom } };
  for (const override of panel.fieldConfig?.overrides ?? []) {
    if (!matches(override, key)) continue;
    for (const { id, value } of override.properties ?? []) {
      if (typeof id !== 'string') continue;
      if (id.startsWith('custom.')) field.custom![id.slice(7)] = value;
      else (field as Record<string, unknown>)[id] = value;
    }
  }
  return field;
}

function matches({ matcher }: Override, { name, refId, kind = 'number', values = [] }: FieldKey): boolean {
  switch (matcher?.id) {
    case 'byName': return matcher.options === name;
    case 'byFrameRefID': return matcher.options === refId;
    case 'byNames': {
      const { mode, names } = (matcher.options ?? {}) as { mode?: string; names?: string[] };
      return (Array.isArray(names) && names.includes(name)) === (mode !== 'exclude');
    }
    case 'byType': return matcher.options === kind;
    case 'byRegexp': return patternOf(String(matcher.options ?? ''))?.test(name) ?? false;
    case 'byValue': {
      const { reducer = 'lastNotNull', op = 'gte', value } = (matcher.options ?? {}) as { reducer?: string; op?: string; value?: unknown };
      const found = kind === 'number' ? reduced(values.map((one) => (typeof one === 'number' && !Number.isNaN(one) ? one : null)), String(reducer)) : null;
      return found !== null && compares(found, String(op), Number(value ?? 0));
    }
    default: return false;
  }
}

function compares(a: number, op: string, b: number): boolean {
  switch (op) {
    case 'lt': return a < b;
    case 'lte': return a <= b;
    case 'gt': return a > b;
    case 'gte': return a >= b;
    case 'eq': return a === b;
    case 'neq': return a !== b;
    default: return false;
  }
}

/** The steps of a field as values: those in percent lie between its least and its most. */
export function stepsOf(field: FieldDefaults): Threshold[] {
  const steps = field.thresholds?.steps ?? [];
  if (field.thresholds?.mode !== 'percentage') return steps;
  const [min, max] = [field.min ?? 0, field.max ?? 100];
  return steps.map((step) => (typeof step.value === 'number' ? { ...step, value: min + (step.value / 100) * (max - min || 1) } : step));
}

/** The step a value has reached. */
export function thresholdOf(field: FieldDefaults, value: number): Threshold | undefined {
  const steps = stepsOf(field);
  let reached = steps[0];
  for (const step of steps) if (step.value !== null && value >= step.value) reached = step;
  return reached;
}

/** A value as the panel shows it, with its mappings; and the colour a mapping gives it. */
export function shown(field: FieldDefaults, value: number | string | boolean | null): { text: string; color?: string } {
  const mapped = (Array.isArray(field.mappings) ? field.mappings : []).map((mapping) => mappingOf(mapping, value)).find((found) => found !== undefined);
  const text = value === null ? field.noValue ?? '–' : typeof value === 'number' ? formatValue(value, field.unit ?? '', field.decimals ?? undefined) : String(value);
  return mapped ? { text: mapped.text ?? text, ...(mapped.color ? { color: mapped.color } : {}) } : { text };
}

interface Mapped { text?: string; color?: string }

function mappingOf({ type, options: given }: Mapping, value: number | string | boolean | null): Mapped | undefined {
  const options = given ?? {};
  if (type === 'value') return value === null ? undefined : (options[String(value)] as Mapped | undefined);
  if (type === 'range' && typeof value === 'number') {
    const { from, to, result } = options as { from: number | null; to: number | null; result: Mapped };
    return value >= (from ?? -Infinity) && value <= (to ?? Infinity) ? result : undefined;
  }
  if (type === 'regex') {
    const { pattern, result } = options as { pattern?: string; result?: Mapped };
    return value !== null && pattern && patternOf(pattern)?.test(String(value)) ? result : undefined;
  }
  if (type === 'special') {
    const { match, result } = options as { match: string; result: Mapped };
    const fits = (match === 'null' && value === null) || (match === 'nan' && Number.isNaN(value)) || (match === 'null+nan' && (value === null || Number.isNaN(value)))
      || (match === 'true' && value === true) || (match === 'false' && value === false) || (match === 'empty' && value === '');
    return fits ? result : undefined;
  }
  return undefined;
}
