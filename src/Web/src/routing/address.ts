/** The part behind the question mark: names and texts; nothing is guessed to be a number. */
export type Params = Readonly<Record<string, string>>;

/** Where one is: a path from the root of the interface, and its parameters. */
export interface Place { path: string; params: Params }

/** Between the values of a parameter that occurs several times, as the variables of dashboards do. */
export const listSeparator = '\u001f';

export function parseParams(text: string): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) params[name] = name in params ? params[name] + listSeparator + value : value;
  return params;
}

export function formatParams(params: Params): string {
  const text = new URLSearchParams(Object.entries(params).flatMap(([name, value]) => value.split(listSeparator).map((one) => [name, one]))).toString();
  return text && '?' + text;
}

/** A place from an address; null where the address lies outside of the base. */
export function placeOf(base: string, pathname: string, search: string): Place | null {
  const root = base.replace(/\/$/, '');
  if (pathname !== root && !pathname.startsWith(root + '/')) return null;
  return { path: pathname.slice(root.length) || '/', params: parseParams(search) };
}

/** The address of a place. */
export const addressOf = (base: string, path: string, params: Params = {}): string => base.replace(/\/$/, '') + path + formatParams(params);
