import type { Panel, Target } from './dashboard';
import { isEvaluated, isExpression } from './expressionMath';
import { objectOf, textOf } from './transformations/options';

// Prometheus, what speaks its language, and Grafana's own stand-ins for "several" and "this dashboard".
const ours = ['prometheus', 'datasource', 'mixed', 'grafana', 'grafana-amazonprometheus-datasource', 'grafana-azureprometheus-datasource', 'victoriametrics-datasource', 'victoriametrics-metrics-datasource'];

const typeOf = (datasource: unknown): string => textOf(objectOf(datasource).type);
const isOurs = (type: string): boolean => type === '' || type.includes('$') || ours.includes(type);

/** Whether a query is one of PromQL: what names no type of data source is taken for one. */
export const isPromql = (panel: Panel, target: Target): boolean => isOurs(typeOf(target.datasource) || typeOf(panel.datasource));

/** The types of data sources that a panel asks and that nobody answers for here; what it hides it does not show. */
export const foreignSources = (panel: Panel): string[] => [...new Set(asked(panel).filter((type) => !isOurs(type)))];

/** The type of data source that a panel asks, where none of its queries can be answered here. */
export const foreignSource = (panel: Panel): string | null => (asked(panel).some(isOurs) ? null : asked(panel)[0] ?? null);

const asked = (panel: Panel): string[] => (panel.targets ?? []).filter((target) => !target.hide && !isEvaluated(target)).map((target) => (isExpression(target) ? expressionOf(target) : typeOf(target.datasource) || typeOf(panel.datasource)));

/** Of the one data source of expressions it is their kind that counts. */
const expressionOf = (target: Target): string => `__expr__: ${textOf((target as { type?: unknown }).type, '?')}`;
