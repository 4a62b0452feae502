import { calledOf, heightOf, timeFieldOf, timeName, Trend, type Cell, type Field, type Frame } from '../frames';
import { reduced } from '../reducers';
import { textOf, textsOf, type Options } from './options';

const keyOf = (cells: readonly Cell[]): string => JSON.stringify(cells);

/** `merge`: rows of all frames in one table; rows that agree in what all frames have become one. */
export function merge(frames: readonly Frame[]): Frame[] {
  const filled = frames.filter((frame) => frame.fields.length > 0);
  if (filled.length < 2) return [...frames];
  const columns = new Map<string, Field>();
  for (const frame of filled) for (const field of frame.fields) if (!columns.has(calledOf(field))) columns.set(calledOf(field), { ...field, values: [] });
  const shared = [...columns.keys()].filter((name) => filled.every((frame) => frame.fields.some((field) => calledOf(field) === name)));
  const rows: Record<string, Cell>[] = [];
  const byKey = new Map<string, Record<string, Cell>[]>();
  for (const frame of filled) {
    for (let i = 0; i < heightOf(frame); i++) {
      const row: Record<string, Cell> = Object.fromEntries(frame.fields.map((field) => [calledOf(field), field.values[i] ?? null]));
      const key = keyOf(shared.map((name) => row[name] ?? null));
      const same = byKey.get(key);
      // Two rows that contradict each other stay two.
      const fits = same?.find((other) => Object.entries(row).every(([name, value]) => other[name] === undefined || other[name] === null || value === null || other[name] === value));
      if (fits) {
        for (const [name, value] of Object.entries(row)) if (value !== null) fits[name] = value;
      } else {
        rows.push(row);
        if (same) same.push(row);
        else byKey.set(key, [row]);
      }
    }
  }
  return [{ refId: filled[0]!.refId, name: '', fields: [...columns].map(([name, field]) => ({ ...field, values: rows.map((row) => row[name] ?? null) })) }];
}

/** `joinByField`: one row for each value of a field, with the columns of all frames; the time where no field is named. */
export function joinByField(frames: readonly Frame[], options: Options): Frame[] {
  const by = textOf(options.byField);
  const keyed = frames.flatMap((frame) => {
    const key = by ? frame.fields.find((field) => calledOf(field) === by || field.name === by) : timeFieldOf(frame);
    return key ? [{ frame, key }] : [];
  });
  if (keyed.length < 2) return keyed.length === 1 ? [keyed[0]!.frame] : [...frames];
  const inner = options.mode === 'inner';
  const tables = keyed.map(({ frame, key }) => ({ frame, key, rows: new Map(key.values.map((value, row) => [value, row])) }));
  const values = [...new Set(keyed.flatMap(({ key }) => key.values))].filter((value) => !inner || tables.every(({ rows }) => rows.has(value)));
  const first = keyed[0]!.key;
  if (first.kind === 'time' || first.kind === 'number') values.sort((a, b) => Number(a) - Number(b));
  const fields: Field[] = [{ ...first, values }];
  for (const { frame, key, rows } of tables) {
    for (const field of frame.fields) {
      if (field === key) continue;
      const called = calledOf(field);
      const clash = fields.some((other) => calledOf(other) === called);
      fields.push({ ...field, ...(clash ? { shown: `${called} ${frame.refId}` } : {}), values: values.map((value) => { const row = rows.get(value); return row === undefined ? null : field.values[row] ?? null; }) });
    }
  }
  return [{ refId: keyed[0]!.frame.refId, name: 'joined', fields }];
}

/** `joinByLabels`: the values of one label become columns, the rest of the labels the rows. */
export function joinByLabels(frames: readonly Frame[], options: Options): Frame[] {
  const by = textOf(options.value);
  const wanted = textsOf(options.join);
  const columns = new Map<string, Map<string, Cell>>();
  const rows = new Map<string, Record<string, string>>();
  for (const field of frames.flatMap((frame) => frame.fields)) {
    const name = field.labels[by];
    if (field.kind !== 'number' || name === undefined) continue;
    const labels = Object.fromEntries(Object.entries(field.labels).filter(([label]) => label !== by && label !== '__name__' && (wanted.length === 0 || wanted.includes(label))));
    const key = JSON.stringify(Object.entries(labels).sort());
    rows.set(key, labels);
    columns.set(name, (columns.get(name) ?? new Map<string, Cell>()).set(key, field.values.at(-1) ?? null));
  }
  if (rows.size === 0) return [...frames];
  const names = [...new Set([...rows.values()].flatMap((labels) => Object.keys(labels)))];
  return [{
    refId: frames[0]!.refId, name: '',
    fields: [
      ...names.map((name): Field => ({ name, kind: 'string', labels: {}, values: [...rows.values()].map((labels) => labels[name] ?? null) })),
      ...[...columns].map(([name, cells]): Field => ({ name, kind: 'number', labels: {}, values: [...rows.keys()].map((key) => cells.get(key) ?? null) })),
    ],
  }];
}

/** `concatenate`: all columns side by side. */
export function concatenate(frames: readonly Frame[], options: Options): Frame[] {
  if (frames.length < 2) return [...frames];
  const height = Math.max(...frames.map(heightOf));
  const mode = textOf(options.frameNameMode, 'field');
  return [{
    refId: frames[0]!.refId, name: '',
    fields: frames.flatMap((frame) => frame.fields.map((field): Field => ({
      ...field, values: [...field.values, ...new Array<Cell>(height - field.values.length).fill(null)],
      ...(mode === 'label' ? { labels: { ...field.labels, [textOf(options.frameNameLabel, 'frame')]: frame.name } } : mode === 'field' && frame.name && frame.name !== calledOf(field) ? { shown: `${frame.name} · ${calledOf(field)}` } : {}),
    }))),
  }];
}

/** `labelsToFields`: labels become columns, or rows; the frames then merge. */
export function labelsToFields(frames: readonly Frame[], options: Options): Frame[] {
  const keep = textsOf(options.keepLabels);
  const kept = (field: Field): [string, string][] => Object.entries(field.labels).filter(([name]) => name !== '__name__' && (keep.length === 0 || keep.includes(name)));
  if (options.mode === 'rows') {
    return frames.map((frame) => {
      const pairs = frame.fields.flatMap((field) => kept(field));
      return { ...frame, fields: [{ name: 'label', kind: 'string', labels: {}, values: pairs.map(([name]) => name) }, { name: 'value', kind: 'string', labels: {}, values: pairs.map(([, value]) => value) }] };
    });
  }
  const valueLabel = textOf(options.valueLabel);
  return merge(frames.flatMap((frame) => {
    const time = timeFieldOf(frame);
    const values = frame.fields.filter((field) => field.kind !== 'time');
    if (values.every((field) => Object.keys(field.labels).length === 0)) return [frame];
    return values.map((field): Frame => {
      const named = valueLabel ? field.labels[valueLabel] : undefined;
      return {
        ...frame,
        fields: [
          ...(time ? [time] : []),
          ...kept(field).filter(([name]) => name !== valueLabel || named === undefined).map(([name, value]): Field => ({ name, kind: 'string', labels: {}, values: field.values.map(() => value) })),
          { ...field, labels: {}, name: named ?? field.name, shown: undefined },
        ],
      };
    });
  }));
}

/** `prepareTimeSeries`: `multi` and `many` are a frame a series; `wide` is one table; `long` has the labels as columns. */
export function prepareTimeSeries(frames: readonly Frame[], options: Options): Frame[] {
  const single = frames.flatMap((frame) => {
    const time = timeFieldOf(frame);
    return time ? frame.fields.filter((field) => field.kind === 'number').map((field): Frame => ({ refId: frame.refId, name: calledOf(field), fields: [time, field] })) : [];
  });
  if (options.format === 'wide') return joinByField(single, {});
  return options.format === 'long' ? labelsToFields(single, {}) : single;
}

/** `seriesToRows`: time, metric and value of every point, the newest first. */
export function seriesToRows(frames: readonly Frame[]): Frame[] {
  const rows = frames.flatMap((frame) => {
    const time = timeFieldOf(frame);
    return time ? frame.fields.filter((field) => field.kind === 'number').flatMap((field) => field.values.map((value, i) => ({ at: time.values[i] ?? null, metric: calledOf(field), value }))) : [];
  }).sort((a, b) => Number(b.at) - Number(a.at));
  if (rows.length === 0) return [...frames];
  return [{ refId: frames[0]!.refId, name: '', fields: [
    { name: timeName, kind: 'time', labels: {}, values: rows.map((row) => row.at) }, { name: 'Metric', kind: 'string', labels: {}, values: rows.map((row) => row.metric) }, { name: 'Value', kind: 'number', labels: {}, values: rows.map((row) => row.value) },
  ] }];
}

/** `timeSeriesTable`: a row for each series, its labels as columns, and the way it took with one figure of it. */
export function timeSeriesTable(frames: readonly Frame[], figureOf: (refId: string) => string): Frame[] {
  return [...new Set(frames.map((frame) => frame.refId))].map((refId): Frame => {
    const series = frames.filter((frame) => frame.refId === refId).flatMap((frame) => frame.fields.filter((field) => field.kind === 'number'));
    const names = [...new Set(series.flatMap((field) => Object.keys(field.labels)))].filter((name) => name !== '__name__').sort();
    const values = series.map((field) => {
      const points = field.values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null));
      return new Trend(reduced(points, figureOf(refId)), points);
    });
    return { refId, name: refId, fields: [
      ...names.map((name): Field => ({ name, kind: 'string', labels: {}, values: series.map((field) => field.labels[name] ?? null) })), { name: `Trend #${refId}`, kind: 'trend', labels: {}, values },
    ] };
  });
}
