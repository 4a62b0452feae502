import { safeUrl } from '../model/targetGroups';
import type { DashboardLink } from './dashboard';
import { calledOf, type Cell, type Frame } from './frames';
import { interpolate, queryParam, type Scope } from './interpolate';

/** What a link of a value may speak of. */
export interface LinkContext { name?: string; labels?: Readonly<Record<string, string>>; value?: Cell; text?: string; timeMs?: number; row?: { frame: Frame; at: number } }

export interface Range { from: string; to: string }

/** Where a link goes: within the interface, or elsewhere. Null where following it could run something. */
export type Href = { within: true; path: string; params: Record<string, string> } | { within: false; url: string } | null;

/** The address of a link with its variables filled in, each encoded for an address. */
export function linkText(template: string, scope: Scope, range: Range, context: LinkContext = {}): string {
  const special = template.replace(/\$\{?(__\w+)((?:\.[\w-]+|\["?[^\]"]*"?\])*)(?::(\w+))?\}?/g, (whole, name: string, path: string, format?: string) => {
    const value = specialOf(name, path, scope, range, context);
    return value === undefined ? whole : name === '__url_time_range' || name === '__all_variables' || format === 'raw' ? value : encodeURIComponent(value);
  });
  return interpolate(special, scope, 'percentencode');
}

function specialOf(name: string, path: string, scope: Scope, range: Range, { name: series, labels, value, text, timeMs, row }: LinkContext): string | undefined {
  const parts = [...path.matchAll(/\.([\w-]+)|\["?([^\]"]*)"?\]/g)].map((part) => part[1] ?? part[2] ?? '');
  switch (name) {
    case '__url_time_range': return new URLSearchParams({ from: range.from, to: range.to }).toString();
    case '__all_variables': return Object.entries(scope.variables).map(([variable, chosen]) => queryParam(variable, chosen)).join('&');
    case '__series': return series ?? '';
    case '__field': return parts[0] === 'labels' ? labels?.[parts[1] ?? ''] ?? '' : parts[0] === 'name' || parts[0] === 'displayName' ? series ?? '' : undefined;
    case '__value': return parts[0] === 'time' ? String(timeMs ?? '') : parts[0] === 'text' ? text ?? '' : value === null || value === undefined ? '' : String(value);
    case '__data': {
      const field = row?.frame.fields.find((one, i) => calledOf(one) === parts[1] || one.name === parts[1] || String(i) === parts[1]);
      return parts[0] === 'fields' ? (field && row ? String(field.values[row.at] ?? '') : labels?.[parts[1] ?? ''] ?? '') : undefined;
    }
    default: return undefined;
  }
}

/** What may be followed: dashboards of our own, other pages of the interface, and the web. */
export function hrefOf(text: string): Href {
  const trimmed = text.trim();
  const own = /^\/?(d|dashboards|query|targets)(?=[/?]|$)/.test(trimmed) ? trimmed.replace(/^\/?/, '/') : null;
  if (own) {
    const [path, search = ''] = own.split('?') as [string, string?];
    const params: Record<string, string> = {};
    for (const [name, value] of new URLSearchParams(search)) params[name] = name in params ? `${params[name]}\u001f${value}` : value;
    return { within: true, path, params };
  }
  const url = safeUrl(trimmed);
  return url ? { within: false, url } : null;
}

/** The address of a dashboard's own link, with the time and the variables where it takes them along. */
export function dashboardLinkText(link: DashboardLink, address: string, scope: Scope, range: Range): string {
  const parts = [link.keepTime ? '${__url_time_range}' : '', link.includeVars ? '${__all_variables}' : ''].filter(Boolean);
  const whole = parts.length === 0 ? address : `${address}${address.includes('?') ? '&' : '?'}${parts.join('&')}`;
  return linkText(whole, scope, range);
}

