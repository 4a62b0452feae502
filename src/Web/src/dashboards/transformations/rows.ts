import { calledOf, fieldNamed, heightOf, kindOf, plainOf, withRows, type Cell, type Field, type Frame } from '../frames';
import { reduced, reducerNames } from '../reducers';
import { numberOr, objectOf, objectsOf, patternOf, textOf, textsOf, type Options } from './options';

const rowsOf = (frame: Frame): number[] => Array.from({ length: heightOf(frame) }, (_, i) => i);
const numbers = (values: readonly Cell[]): (number | null)[] => values.map(plainOf).map((value) => (typeof value === 'number' ? value : null));

/** A reducer over cells of any kind: those that take the first, the last or a count need no numbers. */
export function reducedCells(field: Field, calc: string): Cell {
  if (field.kind === 'number' || field.kind === 'trend') return reduced(numbers(field.values), calc);
  const real = field.values.filter((value) => value !== null);
  switch (calc) {
    case 'count': return real.length;
    case 'distinctCount': return new Set(real).size;
    case 'first': return field.values[0] ?? null;
    case 'firstNotNull': return real[0] ?? null;
    case 'last': return field.values.at(-1) ?? null;
    case 'lastNotNull': return real.at(-1) ?? null;
    default: return field.kind === 'time' ? reduced(numbers(field.values), calc) : null;
  }
}

/** `reduce`: a row for each series with one column for each figure; or each column reduced to one row. */
export function reduce(frames: readonly Frame[], options: Options): Frame[] {
  const calcs = textsOf(options.reducers);
  const wanted = calcs.length > 0 ? calcs : ['max'];
  if (options.mode === 'reduceFields') {
    return frames.map((frame) => ({ ...frame, fields: frame.fields.filter((field) => field.kind === 'number' || options.includeTimeField).flatMap((field) => wanted.map((calc): Field => ({
      ...field, values: [reducedCells(field, calc)], ...(wanted.length > 1 ? { shown: `${calledOf(field)} ${reducerNames[calc] ?? calc}` } : {}),
    }))) }));
  }
  const series = frames.flatMap((frame) => frame.fields.filter((field) => field.kind === 'number' || (field.kind === 'time' && options.includeTimeField)));
  if (series.length === 0) return [];
  const labels = options.labelsToFields ? [...new Set(series.flatMap((field) => Object.keys(field.labels)))].filter((name) => name !== '__name__') : [];
  return [{
    refId: frames[0]!.refId, name: '',
    fields: [
      { name: 'Field', kind: 'string', labels: {}, values: series.map((field) => (options.labelsToFields ? field.labels.__name__ ?? field.name : calledOf(field))) },
      ...labels.map((name): Field => ({ name, kind: 'string', labels: {}, values: series.map((field) => field.labels[name] ?? null) })),
      ...wanted.map((calc): Field => ({ name: reducerNames[calc] ?? calc, kind: 'number', labels: {}, values: series.map((field) => reducedCells(field, calc)) })),
    ],
  }];
}

/** `groupBy`: one row for each combination of the fields grouped by, with figures of the others. */
export function groupBy(frames: readonly Frame[], options: Options): Frame[] {
  const wanted = objectOf(options.fields);
  const roleOf = (field: Field): Options => objectOf(wanted[calledOf(field)] ?? wanted[field.name]);
  return frames.flatMap((frame): Frame[] => {
    const keys = frame.fields.filter((field) => roleOf(field).operation === 'groupby');
    if (keys.length === 0) return [];
    const groups = new Map<string, number[]>();
    for (const row of rowsOf(frame)) {
      const key = JSON.stringify(keys.map((field) => field.values[row] ?? null));
      const group = groups.get(key);
      if (group) group.push(row);
      else groups.set(key, [row]);
    }
    const members = [...groups.values()];
    return [{
      ...frame,
      fields: frame.fields.flatMap((field): Field[] => {
        const role = roleOf(field);
        if (role.operation === 'groupby') return [{ ...field, values: members.map((rows) => field.values[rows[0]!] ?? null) }];
        if (role.operation !== 'aggregate') return [];
        return textsOf(role.aggregations).map((calc): Field => {
          const values = members.map((rows) => reducedCells({ ...field, values: rows.map((row) => field.values[row] ?? null) }, calc));
          return { name: `${calledOf(field)} (${calc})`, kind: kindOf(values), labels: {}, values };
        });
      }),
    }];
  });
}

/** `sortBy` */
export function sortBy(frames: readonly Frame[], options: Options): Frame[] {
  const [first] = objectsOf(options.sort);
  return frames.map((frame) => {
    const field = first && fieldNamed(frame, textOf(first.field));
    if (!field) return frame;
    const sign = first.desc ? -1 : 1;
    return withRows(frame, rowsOf(frame).sort((a, b) => sign * compared(field.values[a] ?? null, field.values[b] ?? null)));
  });
}

/** The order of two cells: numbers by size, texts by the alphabet, what is not there last. */
export function compared(one: Cell, other: Cell): number {
  const [a, b] = [plainOf(one), plainOf(other)];
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

/** `limit` */
export const limit = (frames: readonly Frame[], options: Options): Frame[] => frames.map((frame) => withRows(frame, rowsOf(frame).slice(0, Math.max(0, numberOr(options.limitField, 10)))));

/** `filterByValue`: rows that meet all or any of some conditions, kept or taken out. */
export function filterByValue(frames: readonly Frame[], options: Options): Frame[] {
  const filters = objectsOf(options.filters).map((one) => ({ name: textOf(one.fieldName), id: textOf(objectOf(one.config).id), options: objectOf(objectOf(one.config).options) }));
  if (filters.length === 0) return [...frames];
  return frames.map((frame) => {
    const usable = filters.flatMap((filter) => { const field = fieldNamed(frame, filter.name); return field ? [{ filter, field }] : []; });
    if (usable.length === 0) return frame;
    const meets = (row: number): boolean => {
      const results = usable.map(({ filter, field }) => fits(plainOf(field.values[row] ?? null), filter.id, filter.options));
      return options.match === 'all' ? results.every(Boolean) : results.some(Boolean);
    };
    return withRows(frame, rowsOf(frame).filter((row) => meets(row) === (options.type !== 'exclude')));
  });
}

function fits(value: Cell, id: string, options: Options): boolean {
  const than = numberOr(options.value, NaN);
  switch (id) {
    case 'isNull': return value === null;
    case 'isNotNull': return value !== null;
    case 'equal': return value !== null && String(value) === String(options.value);
    case 'notEqual': return String(value) !== String(options.value);
    case 'greater': return value !== null && Number(value) > than;
    case 'greaterOrEqual': return value !== null && Number(value) >= than;
    case 'lower': return value !== null && Number(value) < than;
    case 'lowerOrEqual': return value !== null && Number(value) <= than;
    case 'between': case 'range': return value !== null && Number(value) >= numberOr(options.from, -Infinity) && Number(value) <= numberOr(options.to, Infinity);
    case 'regex': return value !== null && (patternOf(textOf(options.value))?.test(String(value)) ?? false);
    case 'substring': return value !== null && String(value).toLowerCase().includes(textOf(options.value).toLowerCase());
    case 'notSubstring': return value === null || !String(value).toLowerCase().includes(textOf(options.value).toLowerCase());
    default: return true;
  }
}

/** `groupingToMatrix`: values of one column become columns, those of another rows. */
export function groupingToMatrix(frames: readonly Frame[], options: Options): Frame[] {
  const [columnName, rowName, valueName] = [textOf(options.columnField, 'Time'), textOf(options.rowField, 'Time'), textOf(options.valueField, 'Value')];
  return frames.map((frame) => {
    const [column, row, value] = [fieldNamed(frame, columnName), fieldNamed(frame, rowName), fieldNamed(frame, valueName)];
    if (!column || !row || !value) return frame;
    const [columns, rows] = [[...new Set(column.values)], [...new Set(row.values)]];
    const cells = new Map(value.values.map((cell, i) => [JSON.stringify([column.values[i] ?? null, row.values[i] ?? null]), cell]));
    const empty: Cell = options.emptyValue === 'empty' ? '' : options.emptyValue === 'zero' ? 0 : options.emptyValue === 'true' ? true : options.emptyValue === 'false' ? false : null;
    return { ...frame, fields: [
      { name: `${rowName}\\${columnName}`, kind: row.kind, labels: {}, values: rows },
      ...columns.map((one): Field => ({ name: String(one ?? ''), kind: value.kind, labels: {}, values: rows.map((other) => cells.get(JSON.stringify([one, other])) ?? empty) })),
    ] };
  });
}

/** `partitionByValues`: a frame for each combination of the values of some columns. */
export function partitionByValues(frames: readonly Frame[], options: Options): Frame[] {
  const names = textsOf(options.fields);
  return frames.flatMap((frame) => {
    const keys = frame.fields.filter((field) => names.includes(calledOf(field)));
    if (keys.length === 0) return [frame];
    const groups = new Map<string, number[]>();
    for (const row of rowsOf(frame)) {
      const key = keys.map((field) => String(field.values[row] ?? '')).join(' ');
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    return [...groups].map(([name, rows]): Frame => {
      const part = withRows(frame, rows);
      const labels = Object.fromEntries(keys.map((field) => [calledOf(field), String(field.values[rows[0]!] ?? '')]));
      return { ...part, name, fields: part.fields.filter((field) => options.keepFields || !names.includes(calledOf(field))).map((field) => (field.kind === 'number' ? { ...field, labels: { ...field.labels, ...labels }, shown: `${calledOf(field)} ${name}` } : field)) };
    });
  });
}
