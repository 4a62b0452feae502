import type { Labels } from '../api/types';
import { seriesText } from '../model/seriesName';
import type { FieldDefaults, Panel } from './dashboard';
import { fieldOf } from './fields';
import { calledOf, heightOf, plainOf, type Cell, type Field, type Frame } from './frames';
import { reducedCells } from './transformations/rows';
import { patternOf } from './transformations/options';

/** One value that a stat, gauge or pie shows, and where it comes from. */
export interface Entry { id: string; name: string; refId: string; labels: Labels; value: ReturnType<typeof plainOf>; config: FieldDefaults; values: readonly Cell[]; row: { frame: Frame; at: number } }

interface ReduceOptions { values?: boolean; calcs?: string[]; fields?: string; limit?: number }

/** What a panel of single values shows: a figure of each column, or each row where it asks for all values. */
export function entriesOf(panel: Panel, frames: readonly Frame[], fill: (text: string) => string): Entry[] {
  const { values = false, calcs, fields = '', limit = 25 } = (panel.options?.reduceOptions ?? {}) as ReduceOptions;
  const calc = calcs?.[0] ?? 'lastNotNull';
  const pattern = fields.startsWith('/') ? patternOf(fields) : null;
  const isWanted = (field: Field): boolean => (fields === '' ? field.kind === 'number' : pattern ? pattern.test(calledOf(field)) : calledOf(field) === fields);
  return frames.flatMap((frame, part) => frame.fields.filter(isWanted).flatMap((field): Entry[] => {
    const config = fieldOf(panel, { name: calledOf(field), refId: frame.refId, labels: field.labels, kind: field.kind, values: field.values });
    const id = `${part} ${frame.refId} ${seriesText(field.labels)} ${calledOf(field)}`;
    const name = config.displayName ? namedBy(config.displayName, calledOf(field), field.labels, fill) : calledOf(field);
    if (!values) {
      const value = reducedCells(field, calc);
      return [{ id, name, refId: frame.refId, labels: field.labels, value: tidy(value), config, values: field.values, row: { frame, at: Math.max(0, heightOf(frame) - 1) } }];
    }
    const label = frame.fields.find((one) => one.kind === 'string' && one !== field);
    const numbers = frame.fields.filter(isWanted).length;
    return field.values.slice(0, limit).map((value, at): Entry => ({
      id: `${id} ${at}`, name: label ? (numbers > 1 ? `${String(label.values[at] ?? '')} ${name}` : String(label.values[at] ?? '')) : name, refId: frame.refId, labels: field.labels, value: tidy(value), config, values: [], row: { frame, at },
    }));
  }));
}

const tidy = (value: Cell): Entry['value'] => (typeof value === 'number' && Number.isNaN(value) ? null : plainOf(value));
export const numberIn = (value: Cell): number | null => (typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : null);

/** A name that speaks of its series: `${__field.labels.instance}`, `${__series.name}`. */
export function namedBy(template: string, name: string, labels: Labels, fill: (text: string) => string): string {
  return fill(template.replace(/\$\{__field\.labels(?:\.([\w-]+)|\["?([^\]"]+)"?\])\}/g, (_, a?: string, b?: string) => labels[a ?? b ?? ''] ?? '').replace(/\$\{__(?:series|field)\.(?:name|displayName)\}|\$__cell_\d/g, name));
}
