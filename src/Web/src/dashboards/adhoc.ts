import type { Tree } from '@lezer/common';
import type { Variable } from './dashboard';
import { textOf } from './transformations/options';

/** A filter that every query of a dashboard gets. */
export interface Filter { key: string; operator: string; value: string }

export const operators = ['=', '!=', '=~', '!~'] as const;

// Grafana's words for what has a meaning of its own in an address.
const escapes: [string, string][] = [['__gfp__', '|'], ['__gfc__', ','], ['__gfh__', '#']];
const decoded = (text: string): string => escapes.reduce((now, [word, sign]) => now.replaceAll(word, sign), text);

/** A filter as the address has it. */
export const filterText = ({ key, operator, value }: Filter): string => [key, operator, value.replaceAll('|', '__gfp__')].join('|');

/** The filters of a variable: those of the address, else those that are stored. */
export function filtersOf(variable: Variable, fromAddress: string[] | undefined): Filter[] {
  const found = fromAddress?.map((text) => {
    const [key = '', operator = '', ...value] = text.split('|');
    return { key: decoded(key), operator, value: decoded(value.join('|')) };
  }) ?? (variable.filters ?? []).map((one) => ({ key: textOf(one.key), operator: textOf(one.operator), value: textOf(one.value) }));
  return found.filter((one) => one.key !== '' && (operators as readonly string[]).includes(one.operator));
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
const nameOf = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key));

/** A query with the filters in each of its selectors. */
export function withFilters(expr: string, filters: readonly Filter[], tree: Tree): string {
  const matchers = filters.map(({ key, operator, value }) => nameOf(key) + operator + quoted(value)).join(', ');
  const inserts: { at: number; text: string }[] = [];
  tree.iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return;
      const braces = node.getChild('LabelMatchers');
      if (!braces) {
        inserts.push({ at: node.to, text: `{${matchers}}` });
        return;
      }
      const inside = expr.slice(braces.from + 1, braces.to - 1).trim();
      inserts.push({ at: braces.to - 1, text: (inside === '' || inside.endsWith(',') ? '' : ', ') + matchers });
    },
  });
  return inserts.sort((a, b) => b.at - a.at).reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), expr);
}
