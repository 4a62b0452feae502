export type Values = Record<string, string | number>;

/** Fills `{name}`; `{count|one|many}` chooses by number. */
export function fill(message: string, values: Values = {}): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return one === undefined ? (typeof value === 'number' ? value.toLocaleString('en-US') : value) : value === 1 ? one : many!;
  });
}
