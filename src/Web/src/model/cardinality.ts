import { selectorText, type Matcher } from './seriesName';

/** Where one stands in the explorer: the series with these labels, by the values of one label; by no label for a list of their labels. */
export interface CardinalityPlace { where: readonly { label: string; value: string }[]; by: string }

const plainLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const labelText = (label: string): string => (plainLabel.test(label) ? label : JSON.stringify(label));

/** The selector of the series of a place. */
export function selectorOf({ where }: CardinalityPlace): string {
  const metric = where.find(({ label }) => label === '__name__')?.value ?? '';
  const matchers = where.filter(({ label }) => label !== '__name__').map(({ label, value }): Matcher => ({ label, op: '=', value }));
  // PromQL takes no selector that matches series without any label.
  const saysMuch = metric !== '' || matchers.some(({ value }) => value !== '');
  return selectorText(metric, saysMuch ? matchers : [{ label: '__name__', op: '!=', value: '' }, ...matchers]);
}

/** How many series there are. */
export const totalQuery = (place: CardinalityPlace): string => `count(${selectorOf(place)})`;

/** How many values the label has by which one looks. */
export const distinctQuery = (place: CardinalityPlace): string => `count(count by (${labelText(place.by)}) (${selectorOf(place)}))`;

/** Series of each value, the most first. */
export const valuesQuery = (place: CardinalityPlace, limit: number): string => `topk(${limit}, count by (${labelText(place.by)}) (${selectorOf(place)}))`;

/** How many values each label has; each answer names its label in `label`. */
export const labelsQuery = (place: CardinalityPlace, names: readonly string[]): string =>
  names.map((name) => `label_replace(count(count by (${labelText(name)}) (${selectorOf(place)})), "label", ${JSON.stringify(name.replaceAll('$', '$$$$'))}, "", "")`).join(' or ');

/** Writes the labels of a place for an address, and reads them again. */
export const whereText = (where: CardinalityPlace['where']): string[] => where.map(({ label, value }) => `${label}=${value}`);
export const readWhere = (texts: readonly string[]): CardinalityPlace['where'] => texts.filter((text) => text.indexOf('=') > 0).map((text) => ({ label: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));
