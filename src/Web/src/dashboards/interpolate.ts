import { dated } from './dateFormat';
import { formatDuration } from '../model/duration';
import { stepFor } from '../model/step';

/** What a variable stands for now. */
export interface Chosen {
  values: string[];
  /** Whether several may be chosen: then each is escaped as a regular expression. */
  isList: boolean;
  /** Stands for all of them as it is, where the dashboard says so. */
  allValue?: string;
  isAll: boolean;
  /** What people read instead of the values, where that differs. */
  texts?: string[];
  /** For an interval that follows the range: into how many parts, and the shortest there is. */
  auto?: { count: number; leastMs: number };
}

/** Grafana's name of an interval that follows the range, with the name of its variable behind it. */
export const autoInterval = '$__auto';

export interface Scope {
  variables: Readonly<Record<string, Chosen>>;
  fromMs: number;
  toMs: number;
  /** Milliseconds. */
  stepMs: number;
  scrapeMs: number;
  /** Whose text it is. */
  dashboard?: { uid: string; title: string };
}

const pattern = /\$(\w+)|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}|\[\[(\w+)(?::(\w+))?\]\]/g;

/** A text with its variables filled in as Grafana's Prometheus source does, or in the format given for those that name none; what nobody knows stays. */
export const interpolate = (text: string, scope: Scope, otherwise = ''): string => filled(text, scope, otherwise, false);

/** A query with its variables filled in; its comments stay as they are, and a quotation that begins in one is none. */
export const filledQuery = (query: string, scope: Scope): string => filled(query, scope, '', true);

function filled(text: string, scope: Scope, otherwise: string, hasComments: boolean): string {
  const surroundings = surroundingsOf(text, hasComments);
  return text.replace(pattern, (whole, a?: string, b?: string, path?: string, format?: string, c?: string, oldFormat?: string, at = 0) => {
    const within = surroundings(at);
    if (within === 'comment') return whole;
    const name = a ?? b ?? c!;
    const built = builtIn(name, scope, path);
    if (built !== undefined) return /^date(:|$)/.test(format ?? '') ? asDate(built, format!) : format === 'percentencode' || format === 'uriencode' ? encodeURIComponent(built) : built;
    const chosen = Object.hasOwn(scope.variables, name) ? scope.variables[name] : undefined;
    return chosen ? written(name, following(chosen, scope), format ?? oldFormat ?? (path === 'text' ? path : otherwise), within === 'quotation') : whole;
  });
}

/** Tells of places of a text, each behind the one before, what they are within. */
function surroundingsOf(text: string, hasComments: boolean): (at: number) => 'quotation' | 'comment' | null {
  // The sign that began a quotation or a comment.
  let quote = '';
  let i = 0;
  return (at) => {
    for (; i < at; i++) {
      const sign = text[i]!;
      if (quote === '') quote = sign === '"' || sign === "'" || sign === '`' || (sign === '#' && hasComments) ? sign : '';
      else if (quote === '#') quote = sign === '\n' ? '' : quote;
      else if (sign === '\\' && quote !== '`') i++;
      else if (sign === quote) quote = '';
    }
    return quote === '' ? null : quote === '#' ? 'comment' : 'quotation';
  };
}

/** An interval that follows the range, as it is for that range. */
function following(chosen: Chosen, { fromMs, toMs }: Scope): Chosen {
  const { auto, values } = chosen;
  return auto && values.some((value) => value.startsWith(autoInterval))
    ? { ...chosen, values: values.map((value) => (value.startsWith(autoInterval) ? formatDuration(stepFor({ fromMs, toMs }, auto.count, auto.leastMs)) : value)) } : chosen;
}

function builtIn(name: string, { fromMs, toMs, stepMs, scrapeMs, dashboard }: Scope, path: string | undefined): string | undefined {
  const rangeMs = toMs - fromMs;
  switch (name) {
    case '__interval': return formatDuration(stepMs);
    case '__interval_ms': return String(stepMs);
    case '__rate_interval': return formatDuration(Math.max(stepMs + scrapeMs, 4 * scrapeMs));
    case '__rate_interval_ms': return String(Math.max(stepMs + scrapeMs, 4 * scrapeMs));
    case '__range': return `${Math.round(rangeMs / 1000)}s`;
    case '__range_s': return String(Math.round(rangeMs / 1000));
    case '__range_ms': return String(rangeMs);
    case '__from': return String(fromMs);
    case '__to': return String(toMs);
    case '__dashboard': return dashboard && (path === 'uid' ? dashboard.uid : dashboard.title);
    default: return undefined;
  }
}

/** A time in milliseconds as a date: `date`, `date:iso`, `date:seconds`, or with a pattern of its own. */
function asDate(ms: string, format: string): string {
  const at = Number(ms);
  const pattern = format.slice('date:'.length);
  if (!(Math.abs(at) <= 8.64e15)) return ms;
  return pattern === 'seconds' ? String(Math.round(at / 1000)) : pattern === 'ms' ? ms : pattern === '' || pattern === 'iso' ? new Date(at).toISOString() : dated(at, pattern, 'browser');
}

const htmlSigns: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const luceneEscaped = (text: string): string => text.replace(/[!*+\-=<>\s&|()[\]{}^~?:\\/"]/g, '\\$&');

const regexEscaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A variable as parameters of a dashboard's address. */
export const queryParam = (name: string, { values, isAll }: Chosen): string => (isAll ? ['$__all'] : values).map((value) => `var-${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');

function written(name: string, chosen: Chosen, format: string, quoted: boolean): string {
  if (format === 'queryparam') return queryParam(name, chosen);
  if (format === 'text') return chosen.isAll ? 'All' : (chosen.texts ?? chosen.values).join(' + ');
  if (chosen.isAll && chosen.allValue !== undefined) return chosen.allValue;
  const { values } = chosen;
  switch (format) {
    case 'raw': case 'csv': return values.join(',');
    case 'pipe': return values.join('|');
    case 'glob': return values.length === 1 ? values[0]! : `{${values.join(',')}}`;
    case 'regex': return values.length === 1 ? regexEscaped(values[0]!) : `(${values.map(regexEscaped).join('|')})`;
    case 'distributed': return values.map((value, i) => (i === 0 ? value : `${name}=${value}`)).join(',');
    case 'singlequote': return values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(',');
    case 'sqlstring': return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',');
    case 'doublequote': return values.map((value) => JSON.stringify(value)).join(',');
    case 'json': return JSON.stringify(values);
    case 'percentencode': case 'uriencode': return encodeURIComponent(values.length === 1 ? values[0]! : `{${values.join(',')}}`);
    case 'html': return values.map((value) => value.replace(/[&<>"']/g, (sign) => htmlSigns[sign]!)).join(', ');
    case 'lucene': return values.length === 1 ? luceneEscaped(values[0]!) : `(${values.map((value) => `"${value.replaceAll('"', '\\"')}"`).join(' OR ')})`;
    default:
      if (format === 'join' || format.startsWith('join:')) return values.join(format.slice('join:'.length) || ',');
      if (/^date(:|$)/.test(format)) return values.map((value) => asDate(value, format)).join(',');
  }
  // A single value that stands for a part of a query, as matchers do, is that part.
  if (!chosen.isList && !quoted) return chosen.values[0] ?? '';
  if (!chosen.isList) return (chosen.values[0] ?? '').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  const escaped = chosen.values.map((value) => regexEscaped(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"'));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
}
