import type { Panel } from '../dashboard';
import type { Frame } from '../frames';
import { calculateField } from './calculate';
import { convertFieldType, extractFields, filterByRefId, filterFieldsByName, organize, renameByRegex, transpose } from './columns';
import { formatString, formatTime, histogram, rowsToFields } from './further';
import { concatenate, joinByField, joinByLabels, labelsToFields, merge, prepareTimeSeries, seriesToRows, timeSeriesTable } from './joining';
import { objectOf, patternOf, textOf, type Options } from './options';
import { filterByValue, groupBy, groupingToMatrix, limit, partitionByValues, reduce, sortBy } from './rows';

type Transformation = (frames: readonly Frame[], options: Options) => Frame[];

/** By Grafana's names. */
const known: Record<string, Transformation> = {
  organize, merge, renameByRegex, joinByField, seriesToColumns: joinByField, filterFieldsByName, groupBy, calculateField, labelsToFields, sortBy, reduce, filterByValue, filterByRefId, seriesToRows, prepareTimeSeries,
  convertFieldType, extractFields, groupingToMatrix, limit, concatenate, joinByLabels, partitionByValues, transpose, histogram, rowsToFields, formatTime, formatString,
  timeSeriesTable: (frames, options) => timeSeriesTable(frames, (refId) => textOf(objectOf(options[refId]).stat, 'lastNotNull')),
};

/** Names of all that there are, the aliases of old ones left out. */
export const transformationIds: string[] = Object.keys(known).filter((id) => id !== 'seriesToColumns');

/** The frames of a panel after its transformations, one after the other; what nobody knows is passed over. */
export function transformed(panel: Panel, frames: Frame[], fill: (text: string) => string): Frame[] {
  return (panel.transformations ?? []).reduce((now, { id, options, disabled, filter }) => {
    const run = Object.hasOwn(known, id) ? known[id] : undefined;
    if (disabled || !run) return now;
    const given = JSON.parse(JSON.stringify(options ?? {}), (_, value: unknown) => (typeof value === 'string' && value.includes('$') ? fill(value) : value)) as Options;
    const only = textOf(objectOf(filter).options);
    const pattern = objectOf(filter).id === 'byRefId' && only ? patternOf(`^(?:${only.replace(/^\/|\/$/g, '')})$`) : null;
    if (!pattern) return run(now, given);
    return [...now.filter((frame) => !pattern.test(frame.refId)), ...run(now.filter((frame) => pattern.test(frame.refId)), given)];
  }, frames);
}
