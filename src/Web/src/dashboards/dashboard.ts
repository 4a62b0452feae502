/** Grafana's classic dashboard, as far as it is drawn; what else it holds stays with the server. */
export interface Dashboard {
  uid: string;
  title: string;
  tags?: string[];
  time?: { from: string; to: string };
  refresh?: string | boolean;
  /** `utc`, a name of the IANA database, or one of the words for the reader's own. */
  timezone?: string;
  graphTooltip?: number;
  panels?: Panel[];
  templating?: { list?: Variable[] };
  links?: DashboardLink[];
  description?: string;
  editable?: boolean;
  annotations?: { list?: AnnotationQuery[] };
  version?: number;
}

export interface GridPos { x: number; y: number; w: number; h: number }

export interface Target { refId?: string; expr?: string; legendFormat?: string; format?: string | number; instant?: boolean; range?: boolean; interval?: string; hide?: boolean; intervalFactor?: number; panelId?: number; exemplar?: boolean; datasource?: unknown }

export interface Threshold { value: number | null; color: string }
export interface Mapping { type: string; options: Record<string, unknown> }

export interface FieldDefaults {
  unit?: string; decimals?: number; min?: number; max?: number; fieldMinMax?: boolean; displayName?: string; noValue?: string;
  color?: { mode?: string; fixedColor?: string };
  thresholds?: { mode?: string; steps?: Threshold[] };
  mappings?: Mapping[];
  links?: DataLink[];
  custom?: Record<string, unknown>;
}

export interface Transformation { id: string; options?: Record<string, unknown>; disabled?: boolean; filter?: unknown }

/** A link of a panel or of a value; its address may hold variables. */
export interface DataLink { title?: string; url?: string; targetBlank?: boolean }

/** A link beside the title of a dashboard: to one address, or to all dashboards with some tags. */
export interface DashboardLink { type?: string; title?: string; url?: string; tags?: string[]; keepTime?: boolean; includeVars?: boolean; targetBlank?: boolean; asDropdown?: boolean; tooltip?: string }

export interface Override { matcher: { id: string; options?: unknown }; properties: { id: string; value?: unknown }[] }

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  transparent?: boolean;
  gridPos?: GridPos;
  targets?: Target[];
  fieldConfig?: { defaults?: FieldDefaults; overrides?: Override[] };
  options?: Record<string, unknown>;
  datasource?: unknown;
  transformations?: Transformation[];
  links?: DataLink[];
  interval?: string;
  timeFrom?: string | null;
  timeShift?: string | null;
  hideTimeOverride?: boolean;
  maxDataPoints?: number | null;
  collapsed?: boolean;
  panels?: Panel[];
  repeat?: string;
  repeatDirection?: string;
  maxPerRow?: number;
  libraryPanel?: { uid?: string; name?: string };
}

export interface Variable {
  name: string; label?: string; type: string; hide?: number; query?: unknown; definition?: string; current?: { value?: unknown; text?: unknown };
  includeAll?: boolean; multi?: boolean; allValue?: string | null; regex?: string; sort?: number; refresh?: number; options?: { value?: unknown; text?: unknown }[]; auto?: boolean; auto_count?: number | string; auto_min?: string; enabledValue?: unknown; disabledValue?: unknown; filters?: { key?: unknown; operator?: unknown; value?: unknown }[];
}

/** Events drawn over the panels: when a query's series are not zero. */
export interface AnnotationQuery {
  name?: string; enable?: boolean; hide?: boolean; iconColor?: string; builtIn?: number; expr?: string; step?: string; titleFormat?: string; textFormat?: string; tagKeys?: string; useValueForTime?: boolean | string;
  target?: { expr?: string; interval?: string }; filter?: { exclude?: boolean; ids?: number[] };
}
