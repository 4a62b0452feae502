import type { FieldDefaults, Panel } from './dashboard';
import { shown } from './fields';
import { calledOf, heightOf, plainOf, type Field, type Frame } from './frames';
import { reducerNames } from './reducers';
import { objectOf, textsOf } from './transformations/options';
import { reducedCells } from './transformations/rows';

/** One figure below a column; without a name where the whole line is of one figure. */
export interface FooterFigure { name: string; text: string }

/** Figures that are no values of the column, so that they have no unit. */
const counted = new Set(['count', 'distinctCount', 'changeCount']);

/**
 * What stands below the columns of a table, by `options.footer` or, as newer dashboards say it, by `custom.footer` of each field;
 * null where the table has no such line.
 */
export function footerOf(panel: Panel, frame: Frame, columns: readonly { field: Field; config: FieldDefaults; title: string }[]): FooterFigure[][] | null {
  const own = columns.map(({ config }) => textsOf(objectOf(config.custom?.footer).reducers));
  if (own.some((reducers) => reducers.length > 0)) {
    return columns.map(({ field, config }, i) => (field.kind === 'number' ? own[i]!.map((reducer) => ({ name: nameOf(reducer), text: figure(field, config, reducer) })) : []));
  }
  const footer = objectOf(panel.options?.footer);
  const reducer = textsOf(footer.reducer)[0];
  if (footer.show !== true || reducer === undefined) return null;
  if (footer.countRows === true && reducer === 'count') return columns.map((_, i) => (i === 0 ? [{ name: nameOf(reducer), text: String(heightOf(frame)) }] : []));
  const wanted = typeof footer.fields === 'string' && footer.fields !== '' ? [footer.fields] : textsOf(footer.fields);
  const line = columns.map(({ field, config, title }): FooterFigure[] => {
    const isWanted = wanted.length === 0 || [title, calledOf(field), field.name].some((name) => wanted.includes(name));
    return field.kind === 'number' && isWanted ? [{ name: '', text: figure(field, config, reducer) }] : [];
  });
  if (line[0]?.length === 0) line[0] = [{ name: nameOf(reducer), text: '' }];
  return line;
}

const nameOf = (reducer: string): string => (Object.hasOwn(reducerNames, reducer) ? reducerNames[reducer]! : reducer);

function figure(field: Field, config: FieldDefaults, reducer: string): string {
  const value = plainOf(reducedCells(field, reducer));
  return counted.has(reducer) ? String(value ?? '') : shown(config, value).text;
}
