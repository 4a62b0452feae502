import type { Dashboard } from '../../dashboards/dashboard';
import type { Chosen } from '../../dashboards/interpolate';
import type { Span, TimeRange } from '../../model/timeRange';
import type { FoundEvents } from './useAnnotations';

/** What every panel of a dashboard shares. */
export interface Board {
  dashboard: Dashboard;
  span: Span;
  /** When it was refreshed last, in milliseconds: then every panel asks anew. */
  ranAt: number;
  range: TimeRange;
  variables: Readonly<Record<string, Chosen>>;
  /** What happened meanwhile, by the annotation that found it. */
  events: readonly FoundEvents[];
  /** A query with the dashboard's ad hoc filters. */
  filtered: (expr: string) => string;
  syncKey: string | undefined;
  setRange: (range: TimeRange) => void;
  zoomOut: () => void;
}
