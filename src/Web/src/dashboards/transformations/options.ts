/** The options of a transformation: somebody else's JSON, so nothing in it is certain. */
export type Options = Readonly<Record<string, unknown>>;

export const textOf = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
export const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' && Number.isFinite(value) ? value : typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : otherwise);
export const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);
export const objectOf = (value: unknown): Options => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Options) : {});
export const objectsOf = (value: unknown): Options[] => (Array.isArray(value) ? value.map(objectOf) : []);

/** An expression written `/…/flags` or bare; null where it is none. */
export function patternOf(text: string): RegExp | null {
  const slashed = /^\/(.*)\/([gimsuy]*)$/s.exec(text);
  try {
    return new RegExp(slashed ? slashed[1]! : text, slashed?.[2]?.replace(/[gy]/g, '') ?? '');
  } catch {
    return null;
  }
}
