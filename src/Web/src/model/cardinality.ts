import { selectorText, type Matcher } from './seriesName';

/** Where one stands in the explorer: the series with these labels, by the values of one label; by no label for a list of their labels. */
export interface CardinalityPlace { where: readonly { label: string; value: string }[]; by: string }

/** The selector of the series of a place. */
export function selectorOf({ where }: CardinalityPlace): string {
  const metric = where.find(({ label }) => label === '__name__')?.value ?? '';
  const matchers = where.filter(({ label }) => label !== '__name__').map(({ label, value }): Matcher => ({ label, op: '=', value }));
  // PromQL takes no selector that matches series without any label.
  const saysMuch = metric !== '' || matchers.some(({ value }) => value !== '');
  return selectorText(metric, saysMuch ? matchers : [{ label: '__name__', op: '!=', value: '' }, ...matchers]);
}

/** Writes the labels of a place for an address, and reads them again. */
export const whereText = (where: CardinalityPlace['where']): string[] => where.map(({ label, value }) => `${label}=${value}`);
export const readWhere = (texts: readonly string[]): CardinalityPlace['where'] => texts.filter((text) => text.indexOf('=') > 0).map((text) => ({ label: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));

/** Where a click on a name leads: from all metrics to one, from its labels to one, from a value of that to the series that have it. */
export function into(place: CardinalityPlace, name: string): CardinalityPlace {
  if (place.by !== '') return { where: [...place.where, { label: place.by, value: name }], by: '' };
  return place.where.length === 0 ? { where: [{ label: '__name__', value: name }], by: '' } : { ...place, by: name };
}
