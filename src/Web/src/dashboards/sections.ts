import type { Dashboard, GridPos, Panel } from './dashboard';
import type { Chosen } from './interpolate';

/** A panel where it is drawn; one that is repeated is there several times, each with a value of its variable. */
export interface Placed {
  /** Unique among all that is drawn. */
  key: string;
  panel: Panel;
  at: GridPos;
  scoped: Readonly<Record<string, Chosen>>;
}

/** A row with what belongs to it; the first may have no head. Its panels are placed from its own first line on, which is stored as `top`. */
export interface Section { key: string; head: Panel | null; scoped: Readonly<Record<string, Chosen>>; panels: Placed[]; top: number }

export const gridColumns = 24;
const perRowDefault = 4;

export const placeOf = (panel: Panel): GridPos => panel.gridPos ?? { x: 0, y: 0, w: 12, h: 9 };
const byPlace = (a: Panel, b: Panel): number => placeOf(a).y - placeOf(b).y || placeOf(a).x - placeOf(b).x;

/** A row and its panels as they are stored: those of a folded row are within it, those of an open one follow it. */
export interface StoredSection { head: Panel | null; panels: Panel[] }

export function storedSections(panels: readonly Panel[]): StoredSection[] {
  const sections: StoredSection[] = [{ head: null, panels: [] }];
  for (const panel of [...panels].sort(byPlace)) {
    if (panel.type === 'row') sections.push({ head: panel, panels: [...(panel.panels ?? [])].sort(byPlace) });
    else sections.at(-1)!.panels.push(panel);
  }
  return sections;
}

/** All rows and panels to draw, those that are repeated once for each value of their variable; while they are edited, with the first alone. */
export function sectionsOf(dashboard: Dashboard, variables: Readonly<Record<string, Chosen>>, repeats = true): Section[] {
  return storedSections(dashboard.panels ?? []).flatMap(({ head, panels }): Section[] => {
    const own = head?.repeat ? scopesOf(head.repeat, variables)?.slice(0, repeats ? undefined : 1) : null;
    const top = panels.length > 0 ? Math.min(...panels.map((panel) => placeOf(panel).y)) : 0;
    return (own ?? [{}]).map((scoped, i): Section => {
      const key = head ? `${head.id}${i > 0 ? `-clone-${i}` : ''}` : 'top';
      return { key, head, scoped, top, panels: compacted(placedOf(panels, top, { ...variables, ...scoped }, scoped, i > 0 ? `-row-${i}` : '', repeats)) };
    });
  }).filter((section) => section.head !== null || section.panels.length > 0);
}

/** The variable with one value for each that is chosen; null where there is nothing to repeat. */
function scopesOf(name: string, variables: Readonly<Record<string, Chosen>>): Record<string, Chosen>[] | null {
  const chosen = variables[name];
  if (!chosen || chosen.values.length === 0) return null;
  return chosen.values.map((value) => ({ [name]: { values: [value], isList: chosen.isList, isAll: false } }));
}

function placedOf(panels: readonly Panel[], top: number, variables: Readonly<Record<string, Chosen>>, scoped: Record<string, Chosen>, suffix: string, repeats: boolean): Placed[] {
  const placed: Placed[] = [];
  // What a repeated panel takes more than it has pushes down what begins below it.
  const pushes: { fromY: number; by: number }[] = [];
  for (const panel of panels) {
    const stored = placeOf(panel);
    const y = stored.y - top + pushes.reduce((sum, push) => sum + (stored.y >= push.fromY ? push.by : 0), 0);
    const scopes = panel.repeat ? scopesOf(panel.repeat, variables) : null;
    if (!scopes || !repeats) {
      placed.push({ key: `${panel.id}${suffix}`, panel, at: { ...stored, y }, scoped: { ...scoped, ...scopes?.[0] } });
      continue;
    }
    const isDown = panel.repeatDirection === 'v';
    const perRow = isDown ? 1 : Math.max(1, Math.min(scopes.length, panel.maxPerRow ?? perRowDefault));
    const w = isDown ? stored.w : Math.floor(gridColumns / perRow);
    scopes.forEach((one, i) => placed.push({
      key: `${panel.id}${i > 0 ? `-clone-${i}` : ''}${suffix}`, panel, scoped: { ...scoped, ...one },
      at: { x: isDown ? stored.x : (i % perRow) * w, y: y + Math.floor(i / perRow) * stored.h, w, h: stored.h },
    }));
    const rows = Math.ceil(scopes.length / perRow);
    if (rows > 1) pushes.push({ fromY: stored.y + stored.h, by: (rows - 1) * stored.h });
  }
  return placed;
}

const overlap = (a: GridPos, b: GridPos): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** The panels moved up as far as they can, and down where another one lies, as in Grafana: neither a gap nor an overlap that is stored is drawn. */
function compacted(panels: readonly Placed[]): Placed[] {
  const done: Placed[] = [];
  for (const placed of [...panels].sort((a, b) => a.at.y - b.at.y || a.at.x - b.at.x)) {
    let { y } = placed.at;
    const hit = (at: number): Placed | undefined => done.find((other) => overlap({ ...placed.at, y: at }, other.at));
    while (y > 0 && !hit(y - 1)) y--;
    for (let other = hit(y); other; other = hit(y)) y = other.at.y + other.at.h;
    done.push(y === placed.at.y ? placed : { ...placed, at: { ...placed.at, y } });
  }
  return done;
}
