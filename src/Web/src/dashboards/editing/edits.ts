import type { Dashboard, GridPos, Panel } from '../dashboard';
import { gridColumns, placeOf, storedSections, type StoredSection } from '../sections';

export type Path = readonly (string | number)[];

/** The same value with one member of it set, or taken away where it becomes undefined. What is not on the way stays the very same. */
export function withAt<T>(value: T, [first, ...rest]: Path, to: unknown): T {
  if (first === undefined) return to as T;
  if (typeof first === 'number') {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    if (rest.length === 0 && to === undefined) list.splice(first, 1);
    else list[first] = withAt(list[first], rest, to);
    return list as T;
  }
  const old = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  if (rest.length === 0 && to === undefined) {
    const { [first]: _, ...others } = old;
    return others as T;
  }
  return { ...old, [first]: withAt(old[first], rest, to) } as T;
}

/** A member of a value, or undefined where there is none. */
export const valueAt = (value: unknown, path: Path): unknown => path.reduce<unknown>((now, key) => (typeof now === 'object' && now !== null ? (now as Record<string | number, unknown>)[key] : undefined), value);

/** A panel that was changed is no longer the one of the library. */
export function unlinked(panel: Panel): Panel {
  if (!('libraryPanel' in panel) || panel.type === '' || panel.type === 'library-panel-ref') return panel;
  const { libraryPanel: _, ...own } = panel;
  return own;
}

/** All panels, those of folded rows too, rows among them. */
export const allPanels = (dashboard: Dashboard): Panel[] => (dashboard.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])]);
export const panelOf = (dashboard: Dashboard, id: number): Panel | undefined => allPanels(dashboard).find((panel) => panel.id === id);
export const nextId = (dashboard: Dashboard): number => allPanels(dashboard).reduce((most, panel) => Math.max(most, panel.id ?? 0), 0) + 1;

/** The dashboard with one panel changed, or taken out where the change is null; wherever it is. */
export function withPanel(dashboard: Dashboard, id: number, change: (panel: Panel) => Panel | null): Dashboard {
  const within = (panels: readonly Panel[]): Panel[] => panels.flatMap((panel) => {
    if (panel.id === id) return change(panel) ?? [];
    return panel.panels?.some((child) => child.id === id) ? [{ ...panel, panels: within(panel.panels) }] : [panel];
  });
  return { ...dashboard, panels: within(dashboard.panels ?? []) };
}

const bottomOf = (panels: readonly Panel[]): number => panels.reduce((most, panel) => Math.max(most, placeOf(panel).y + placeOf(panel).h), 0);

/** Adds a panel below all others. */
export function withNewPanel(dashboard: Dashboard, panel: Omit<Panel, 'id' | 'gridPos'>, size: { w: number; h: number } = { w: 12, h: 8 }): { dashboard: Dashboard; id: number } {
  const id = nextId(dashboard);
  const panels = dashboard.panels ?? [];
  // Below a folded row it would look as if it belonged to it; it begins where the row's line ends.
  return { id, dashboard: { ...dashboard, panels: [...panels, { ...panel, id, gridPos: { x: 0, y: bottomOf(panels), ...size } } as Panel] } };
}

/** Puts a copy of a panel beside it, or below where there is no room. */
export function withDuplicate(dashboard: Dashboard, id: number): { dashboard: Dashboard; id: number } {
  const source = panelOf(dashboard, id);
  if (!source) return { dashboard, id };
  const copyId = nextId(dashboard);
  const at = placeOf(source);
  const fits = at.x + 2 * at.w <= gridColumns;
  const copy: Panel = { ...structuredClone(source), id: copyId, gridPos: { ...at, ...(fits ? { x: at.x + at.w } : { y: at.y + at.h }) } };
  const section = storedSections(dashboard.panels ?? []).find((one) => one.panels.some((panel) => panel.id === id))!;
  return { id: copyId, dashboard: withLayout(dashboard, section.head?.id ?? null, arranged([...section.panels, copy].map(itemOf), copyId, placeOf(copy)), [copy]) };
}

/** Takes a row away; what was within it or below it stays. */
export function withoutRow(dashboard: Dashboard, id: number): Dashboard {
  return { ...dashboard, panels: (dashboard.panels ?? []).flatMap((panel) => (panel.id === id ? panel.panels ?? [] : [panel])) };
}

/** Moves a panel to the end of another row, or of what is above all rows. */
export function withPanelInRow(dashboard: Dashboard, id: number, rowId: number | null): Dashboard {
  const panel = panelOf(dashboard, id);
  if (!panel) return dashboard;
  const without = withPanel(dashboard, id, () => null);
  const target = storedSections(without.panels ?? []).find((section) => (section.head?.id ?? null) === rowId);
  if (!target) return dashboard;
  const height = placeOf(panel).h;
  const y = target.panels.length > 0 ? bottomOf(target.panels) : (target.head ? placeOf(target.head).y + 1 : 0);
  const moved: Panel = { ...panel, gridPos: { ...placeOf(panel), x: 0, y } };
  if (target.head?.collapsed) return withPanel(without, target.head.id, (row) => ({ ...row, panels: [...(row.panels ?? []), moved] }));
  const panels = (without.panels ?? []).map((one) => (placeOf(one).y >= y ? shiftedDown(one, height) : one));
  return { ...without, panels: [...panels, moved] };
}

/** Where one panel lies within its section. */
export interface Item { id: number; x: number; y: number; w: number; h: number }
const itemOf = (panel: Panel): Item => ({ id: panel.id, ...placeOf(panel) });
const overlaps = (a: Item, b: Item): boolean => a.id !== b.id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const inOrder = (a: Item, b: Item): number => a.y - b.y || a.x - b.x;

/** The items after one of them was put somewhere: what is in its way moves down, and all move up as far as they can. */
export function arranged(items: readonly Item[], id: number, to: GridPos): Item[] {
  const w = Math.max(1, Math.min(gridColumns, to.w));
  const moved: Item = { id, w, h: Math.max(1, to.h), x: Math.max(0, Math.min(gridColumns - w, to.x)), y: Math.max(0, to.y) };
  const placed = [moved];
  for (const item of items.filter((one) => one.id !== id).sort(inOrder)) placed.push(lowered(item, placed));
  const top = Math.min(...items.map((item) => item.y));
  const compact: Item[] = [];
  for (const item of placed.sort((a, b) => a.y - b.y || (a.id === id ? -1 : b.id === id ? 1 : a.x - b.x))) {
    let { y } = item;
    while (y > top && !compact.some((other) => overlaps({ ...item, y: y - 1 }, other))) y--;
    compact.push({ ...item, y });
  }
  return compact;
}

function lowered(item: Item, placed: readonly Item[]): Item {
  let now = item;
  for (let hit = placed.find((other) => overlaps(now, other)); hit; hit = placed.find((other) => overlaps(now, other))) now = { ...now, y: hit.y + hit.h };
  return now;
}

const moved = (panel: Panel, to: Item): Panel => {
  const at = placeOf(panel);
  return at.x === to.x && at.y === to.y && at.w === to.w && at.h === to.h ? panel : { ...panel, gridPos: { ...panel.gridPos, x: to.x, y: to.y, w: to.w, h: to.h } };
};
const shiftedDown = (panel: Panel, by: number): Panel => (by === 0 ? panel : { ...panel, gridPos: { ...placeOf(panel), y: placeOf(panel).y + by }, ...(panel.panels?.length ? { panels: panel.panels.map((child) => shiftedDown(child, by)) } : {}) });

/** The dashboard with the panels of one row (or of what is above all rows) where the items say, and some added; the rows below move by as much as it grew. */
export function withLayout(dashboard: Dashboard, rowId: number | null, items: readonly Item[], added: readonly Panel[] = []): Dashboard {
  const sections = storedSections(dashboard.panels ?? []);
  const at = sections.findIndex((section) => (section.head?.id ?? null) === rowId);
  if (at < 0) return dashboard;
  const places = new Map(items.map((item) => [item.id, item]));
  const section: StoredSection = sections[at]!;
  const place = (panel: Panel): Panel => (places.has(panel.id) ? moved(panel, places.get(panel.id)!) : panel);
  if (section.head?.collapsed) return withPanel(dashboard, section.head.id, (row) => ({ ...row, panels: [...(row.panels ?? []), ...added].map(place) }));
  const grown = bottomOf([...section.panels, ...added].map(place)) - bottomOf(section.panels);
  const below = new Set(sections.slice(at + 1).flatMap((later) => [...(later.head ? [later.head.id] : []), ...(later.head?.collapsed ? [] : later.panels.map((panel) => panel.id))]));
  return { ...dashboard, panels: (dashboard.panels ?? []).map((panel) => (below.has(panel.id) ? shiftedDown(panel, grown) : place(panel))).concat(added.map(place)) };
}
