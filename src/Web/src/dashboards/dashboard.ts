/** Grafana's classic dashboard, as far as it is drawn; what else it holds stays with the server. */
export interface Dashboard {
  uid: string;
  title: string;
  tags?: string[];
  time?: { from: string; to: string };
  refresh?: string | boolean;
  graphTooltip?: number;
  panels?: Panel[];
  templating?: { list?: Variable[] };
  links?: unknown[];
}

export interface GridPos { x: number; y: number; w: number; h: number }

export interface Target { refId?: string; expr?: string; legendFormat?: string; format?: string | number; instant?: boolean; range?: boolean; interval?: string; hide?: boolean; intervalFactor?: number }

export interface Threshold { value: number | null; color: string }
export interface Mapping { type: string; options: Record<string, unknown> }

export interface FieldDefaults {
  unit?: string; decimals?: number; min?: number; max?: number; displayName?: string; noValue?: string;
  color?: { mode?: string; fixedColor?: string };
  thresholds?: { mode?: string; steps?: Threshold[] };
  mappings?: Mapping[];
  custom?: Record<string, unknown>;
}

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
  transformations?: { id: string; options?: Record<string, unknown>; disabled?: boolean }[];
  interval?: string;
  maxDataPoints?: number | null;
  collapsed?: boolean;
  panels?: Panel[];
  repeat?: string;
}

export interface Variable {
  name: string; label?: string; type: string; hide?: number; query?: unknown; definition?: string; current?: { value?: unknown; text?: unknown };
  includeAll?: boolean; multi?: boolean; allValue?: string | null; regex?: string; sort?: number; refresh?: number; options?: { value?: unknown; text?: unknown }[]; auto?: boolean;
}

/** A row with what belongs to it; the first may have no head. */
export interface Section { head: Panel | null; panels: Panel[] }

/** Panels by their rows: those of a folded row are within it, those of an open one follow it. */
export function sectionsOf(panels: readonly Panel[]): Section[] {
  const sections: Section[] = [{ head: null, panels: [] }];
  const sorted = [...panels].sort((a, b) => (a.gridPos?.y ?? 0) - (b.gridPos?.y ?? 0) || (a.gridPos?.x ?? 0) - (b.gridPos?.x ?? 0));
  for (const panel of sorted) {
    if (panel.type === 'row') sections.push({ head: panel, panels: [...(panel.panels ?? [])] });
    else sections.at(-1)!.panels.push(panel);
  }
  return sections.filter((section) => section.head !== null || section.panels.length > 0);
}

/** Where the panels of a section lie when it begins at its own first line. */
export function placed(panels: readonly Panel[]): { panel: Panel; at: GridPos }[] {
  const at = (panel: Panel): GridPos => panel.gridPos ?? { x: 0, y: 0, w: 12, h: 9 };
  const top = Math.min(...panels.map((panel) => at(panel).y));
  return panels.map((panel) => ({ panel, at: { ...at(panel), y: at(panel).y - top } }));
}
