import { calledOf, fieldNamed, heightOf, kindOf, type Cell, type Field, type FieldKind, type Frame } from '../frames';
import { objectOf, objectsOf, patternOf, textOf, textsOf, type Options } from './options';

/** `organize`: columns left out, ordered and renamed by their names. */
export function organize(frames: readonly Frame[], options: Options): Frame[] {
  const [excluded, included, order, names] = [objectOf(options.excludeByName), objectOf(options.includeByName), objectOf(options.indexByName), objectOf(options.renameByName)];
  const onlyIncluded = Object.values(included).some(Boolean);
  const placeOf = (field: Field): number => { const place = order[calledOf(field)]; return typeof place === 'number' ? place : 1e6; };
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.filter((field) => !excluded[calledOf(field)] && (!onlyIncluded || included[calledOf(field)])).sort((a, b) => placeOf(a) - placeOf(b))
      .map((field) => { const name = textOf(names[calledOf(field)]); return name ? { ...field, shown: name } : field; }),
  }));
}

/** `renameByRegex` */
export function renameByRegex(frames: readonly Frame[], options: Options): Frame[] {
  const text = textOf(options.regex);
  const pattern = text && patternOf(text);
  if (!pattern) return [...frames];
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => (field.kind !== 'time' && pattern.test(calledOf(field)) ? { ...field, shown: calledOf(field).replace(pattern, textOf(options.renamePattern)) } : field)) }));
}

/** `filterFieldsByName`: by names, by a pattern, included or excluded. */
export function filterFieldsByName(frames: readonly Frame[], options: Options): Frame[] {
  const wants = (part: Options): ((name: string) => boolean) | null => {
    const names = new Set(textsOf(part.names));
    const pattern = textOf(part.pattern) ? patternOf(textOf(part.pattern)) : null;
    return names.size === 0 && !pattern ? null : (name) => names.has(name) || (pattern?.test(name) ?? false);
  };
  const include = wants(objectOf(options.include));
  const exclude = wants(objectOf(options.exclude));
  return frames.map((frame) => ({ ...frame, fields: frame.fields.filter((field) => (!include || include(calledOf(field))) && !exclude?.(calledOf(field))) })).filter((frame) => frame.fields.length > 0);
}

/** `convertFieldType` */
export function convertFieldType(frames: readonly Frame[], options: Options): Frame[] {
  const wanted = new Map(objectsOf(options.conversions).map((one) => [textOf(one.targetField), textOf(one.destinationType)]));
  return frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => { const kind = wanted.get(calledOf(field)) ?? wanted.get(field.name); return kind ? converted(field, kind) : field; }) }));
}

function converted(field: Field, kind: string): Field {
  const to = (one: (value: Exclude<Cell, null>) => Cell, as: FieldKind): Field => ({ ...field, kind: as, values: field.values.map((value) => (value === null ? null : one(value))) });
  const finite = (value: number): Cell => (Number.isNaN(value) ? null : value);
  switch (kind) {
    case 'number': return to((value) => finite(Number(value)), 'number');
    case 'string': return to(String, 'string');
    case 'boolean': return to((value) => (typeof value === 'string' ? value !== '' && value !== 'false' && value !== '0' : Boolean(value)), 'boolean');
    case 'time': return to((value) => (typeof value === 'number' ? value : /^\d+$/.test(String(value)) ? Number(value) : finite(Date.parse(String(value)))), 'time');
    default: return field;
  }
}

/** `extractFields`: a column of JSON or of `key=value` becomes columns. */
export function extractFields(frames: readonly Frame[], options: Options): Frame[] {
  const source = textOf(options.source);
  return frames.map((frame) => {
    const from = fieldNamed(frame, source);
    if (!from) return frame;
    const rows = from.values.map((value) => parsed(value === null ? '' : String(value), textOf(options.format, 'auto')));
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const made = names.map((name): Field => { const values = rows.map((row) => row[name] ?? null); return { name, kind: kindOf(values), labels: {}, values }; });
    const kept = options.replace ? frame.fields.filter((field) => field.kind === 'time' && options.keepTime) : frame.fields;
    return { ...frame, fields: [...kept, ...made] };
  });
}

function parsed(text: string, format: string): Record<string, Cell> {
  if (format !== 'kvp') {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]): [string, Cell] => [name, one === null || ['string', 'number', 'boolean'].includes(typeof one) ? (one as Cell) : JSON.stringify(one)]));
    } catch {
      if (format === 'json') return {};
    }
  }
  return Object.fromEntries([...text.matchAll(/([^\s=,;]+)=("(?:[^"\\]|\\.)*"|[^\s,;]*)/g)].map(([, name, value]): [string, Cell] => [name!, value!.replace(/^"(.*)"$/, '$1')]));
}

/** `filterByRefId`: the answers of some queries alone. */
export function filterByRefId(frames: readonly Frame[], options: Options): Frame[] {
  const wanted = textOf(options.include);
  const pattern = wanted && patternOf(`^(?:${wanted})$`);
  return pattern ? frames.filter((frame) => pattern.test(frame.refId)) : [...frames];
}

/** `transpose`: rows become columns; the first column names them. */
export function transpose(frames: readonly Frame[], options: Options): Frame[] {
  return frames.map((frame) => {
    const [head, ...rest] = frame.fields;
    if (!head) return frame;
    const columns = Array.from({ length: heightOf(frame) }, (_, row): Field => { const values = rest.map((field) => field.values[row] ?? null); return { name: String(head.values[row] ?? `Value ${row + 1}`), kind: kindOf(values), labels: {}, values }; });
    return { ...frame, fields: [{ name: textOf(options.firstFieldName) || 'Field', kind: 'string', labels: {}, values: rest.map(calledOf) }, ...columns] };
  });
}
