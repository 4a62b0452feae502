import { bucketsOf } from '../buckets';
import { dated } from '../dateFormat';
import { calledOf, fieldNamed, kindOf, type Cell, type Field, type Frame } from '../frames';
import { zoneNamed } from '../zones';
import { numberOr, objectsOf, textOf, type Options } from './options';

const column = (name: string, values: Cell[], labels: Field['labels'] = {}): Field => ({ name, kind: kindOf(values), labels, values });

/** `histogram`: how many values of each column of numbers lie in equal parts of their range; of all together where that is asked for. */
export function histogram(frames: readonly Frame[], options: Options): Frame[] {
  const numbers = frames.flatMap((frame) => frame.fields.filter((field) => field.kind === 'number'));
  const values = numbers.map((field) => ({ values: field.values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null)) }));
  const counted = options.combine === true ? [{ values: values.flatMap((one) => one.values) }] : values;
  const { lows, size, counts } = bucketsOf(counted, { size: numberOr(options.bucketSize, 0) || undefined, count: numberOr(options.bucketCount, 0) || undefined });
  if (lows.length === 0) return [];
  const names = options.combine === true ? ['Count'] : numbers.map(calledOf);
  return [{ refId: frames[0]!.refId, name: 'histogram', fields: [column('xMin', lows), column('xMax', lows.map((low) => low + size)), ...names.map((name, i) => column(name, counts[i]!))] }];
}

/** `rowsToFields`: each row becomes a column with one value, called by another column. */
export function rowsToFields(frames: readonly Frame[], options: Options): Frame[] {
  const roles = new Map(objectsOf(options.mappings).map((one) => [textOf(one.handlerKey), textOf(one.fieldName)]));
  return frames.map((frame) => {
    const named = (role: string, kind: string): Field | undefined => (roles.has(role) ? fieldNamed(frame, roles.get(role)!) : frame.fields.find((field) => field.kind === kind));
    const [names, values] = [named('field.name', 'string'), named('field.value', 'number')];
    return names && values ? { ...frame, fields: names.values.map((name, row) => column(String(name ?? ''), [values.values[row] ?? null])) } : frame;
  });
}

/** `formatTime`: a column of times as texts in a pattern. */
export function formatTime(frames: readonly Frame[], options: Options): Frame[] {
  const [name, pattern] = [textOf(options.timeField), textOf(options.outputFormat) || 'YYYY-MM-DD HH:mm:ss'];
  const zone = zoneNamed(options.timezone) ?? 'browser';
  return withColumn(frames, name, (value) => {
    const at = typeof value === 'number' ? value : Date.parse(String(value));
    return Number.isNaN(at) ? value : dated(at, pattern, zone);
  });
}

/** `formatString`: a column of texts in other letters, or a part of each. */
export function formatString(frames: readonly Frame[], options: Options): Frame[] {
  const [from, to] = [numberOr(options.substringStart, 0), numberOr(options.substringEnd, 100)];
  return withColumn(frames, textOf(options.stringField), (value) => spelled(String(value), textOf(options.outputFormat), from, to));
}

const withColumn = (frames: readonly Frame[], name: string, change: (value: Exclude<Cell, null>) => Cell): Frame[] => frames.map((frame) => ({
  ...frame, fields: frame.fields.map((field) => (name !== '' && (calledOf(field) === name || field.name === name) ? { ...field, kind: 'string', values: field.values.map((value) => (value === null ? null : change(value))) } : field)),
}));

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function spelled(text: string, how: string, from: number, to: number): string {
  const words = text.split(/[\s_-]+/).filter(Boolean).map((word) => word.toLowerCase());
  switch (how) {
    case 'Upper Case': return text.toUpperCase();
    case 'Lower Case': return text.toLowerCase();
    case 'Sentence Case': return capital(text);
    case 'Title Case': return text.split(' ').map(capital).join(' ');
    case 'Pascal Case': return words.map(capital).join('');
    case 'Camel Case': return words.map((word, i) => (i === 0 ? word : capital(word))).join('');
    case 'Snake Case': return words.join('_');
    case 'Kebab Case': return words.join('-');
    case 'Trim': return text.trim();
    case 'Substring': return text.slice(from, to + 1);
    default: return text;
  }
}
