import type { Panel, Target } from './dashboard';
import { objectOf, textOf } from './transformations/options';

// Prometheus, what speaks its language, and Grafana's own stand-ins for "several" and "this dashboard".
const ours = ['prometheus', 'datasource', 'mixed', 'grafana', 'grafana-amazonprometheus-datasource', 'grafana-azureprometheus-datasource', 'victoriametrics-datasource', 'victoriametrics-metrics-datasource'];

const typeOf = (datasource: unknown): string => textOf(objectOf(datasource).type);
const isOurs = (type: string): boolean => type === '' || type.includes('$') || ours.includes(type);

/** Whether a query is one of PromQL: what names no type of data source is taken for one. */
export const isPromql = (panel: Panel, target: Target): boolean => isOurs(typeOf(target.datasource) || typeOf(panel.datasource));

/** The type of data source that a panel asks, where none of its queries can be answered here. */
export function foreignSource(panel: Panel): string | null {
  const targets = panel.targets ?? [];
  const types = targets.map((target) => typeOf(target.datasource) || typeOf(panel.datasource));
  return targets.length > 0 && types.every((type) => !isOurs(type)) ? types[0]! : null;
}
