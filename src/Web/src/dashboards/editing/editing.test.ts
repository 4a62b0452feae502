import { describe, expect, it } from 'vitest';
import type { Dashboard, Panel } from '../dashboard';
import { diffLines, hunksOf, jsonLines } from './diff';
import { arranged, panelOf, unlinked, valueAt, withAt, withDuplicate, withLayout, withNewPanel, withoutRow, withPanel, withPanelInRow } from './edits';
import { newDashboard, newPanel, nextRefId, panelTypes } from './newPanels';
import { begin, changed, redone, stepsMax, undone } from './undo';

const panel = (id: number, x: number, y: number, more: Record<string, unknown> = {}): Panel => ({ id, type: 'stat', gridPos: { x, y, w: 12, h: 4 }, unknownKey: { deep: [id] }, ...more }) as Panel;
const board = (...panels: Panel[]): Dashboard => ({ uid: 'u', title: 't', panels, somebodyElses: { key: 1 } }) as Dashboard;
const places = (dashboard: Dashboard): (number | undefined)[][] => (dashboard.panels ?? []).map(({ id, gridPos }) => [id, gridPos?.x, gridPos?.y]);

describe('an edit', () => {
  const stored = board(panel(1, 0, 0), panel(2, 12, 0), panel(3, 0, 4, { type: 'row', panels: [] }), panel(4, 0, 5), panel(5, 0, 9, { type: 'row', collapsed: true, panels: [panel(6, 0, 10)] }));

  it('changes what it changes, and keeps the rest the very same', () => {
    const after = withPanel(stored, 2, (one) => withAt(one, ['fieldConfig', 'defaults', 'unit'], 's'));
    expect(valueAt(panelOf(after, 2), ['fieldConfig', 'defaults', 'unit'])).toBe('s');
    expect(after.panels![0]).toBe(stored.panels![0]);
    expect(after.panels![4]).toBe(stored.panels![4]);
    expect((after as unknown as { somebodyElses: unknown }).somebodyElses).toBe((stored as unknown as { somebodyElses: unknown }).somebodyElses);
    expect(withPanel(stored, 6, (one) => ({ ...one, title: 'in' })).panels![4]!.panels![0]!.title).toBe('in');
    expect(withAt({ a: { b: 1, c: 2 } }, ['a', 'b'], undefined)).toEqual({ a: { c: 2 } });
    expect(withAt({ a: [1, 2, 3] }, ['a', 1], undefined)).toEqual({ a: [1, 3] });
    expect(withAt({}, ['a', 0, 'b'], 7)).toEqual({ a: [{ b: 7 }] });
  });

  it('adds and copies panels with numbers of their own', () => {
    const added = withNewPanel(stored, newPanel('stat'));
    expect([added.id, panelOf(added.dashboard, 7)!.gridPos]).toEqual([7, { x: 0, y: 13, w: 12, h: 8 }]);
    const copied = withDuplicate(stored, 2);
    expect(panelOf(copied.dashboard, copied.id)!.gridPos).toMatchObject({ x: 12, y: 4 });
    // What is below moves down by as much.
    expect(places(copied.dashboard).find(([id]) => id === 4)).toEqual([4, 0, 9]);
    expect((panelOf(copied.dashboard, copied.id) as unknown as { unknownKey: unknown }).unknownKey).toEqual({ deep: [2] });
    expect(withDuplicate(stored, 6).dashboard.panels![4]!.panels).toHaveLength(2);
  });

  it('takes rows away without what is in them, and moves panels between rows', () => {
    expect(withoutRow(stored, 5).panels!.map(({ id }) => id)).toEqual([1, 2, 3, 4, 6]);
    const inRow = withPanelInRow(stored, 1, 3);
    expect(panelOf(inRow, 1)!.gridPos!.y).toBe(9);
    expect(withPanelInRow(stored, 1, 5).panels!.at(-1)!.panels!.map(({ id }) => id)).toEqual([6, 1]);
    expect(withPanelInRow(stored, 6, null).panels!.find(({ id }) => id === 6)!.gridPos!.y).toBe(4);
  });

  it('of the layout pushes what is in the way, closes gaps, and moves the rows below', () => {
    const items = [{ id: 1, x: 0, y: 0, w: 12, h: 4 }, { id: 2, x: 12, y: 0, w: 12, h: 4 }, { id: 3, x: 0, y: 4, w: 24, h: 2 }];
    expect(arranged(items, 3, { x: 0, y: 0, w: 24, h: 2 }).map(({ id, y }) => [id, y])).toEqual([[3, 0], [1, 2], [2, 2]]);
    expect(arranged(items, 2, { x: 99, y: 50, w: 40, h: 0 }).find(({ id }) => id === 2)).toEqual({ id: 2, x: 0, y: 6, w: 24, h: 1 });
    const after = withLayout(stored, null, arranged([{ id: 1, x: 0, y: 0, w: 12, h: 4 }, { id: 2, x: 12, y: 0, w: 12, h: 4 }], 1, { x: 0, y: 0, w: 12, h: 7 }));
    expect(places(after)).toEqual([[1, 0, 0], [2, 12, 0], [3, 0, 7], [4, 0, 8], [5, 0, 12]]);
    expect(after.panels![4]!.panels![0]!.gridPos!.y).toBe(13);
    expect(after.panels![1]).toBe(stored.panels![1]);
    expect(withLayout(stored, 99, [])).toBe(stored);
  });

  it('never leaves two panels on top of each other', () => {
    let items = Array.from({ length: 12 }, (_, i) => ({ id: i, x: (i * 7) % 20, y: i, w: 4, h: 3 }));
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let move = 0; move < 200; move++) {
      items = arranged(items, next(12), { x: next(24), y: next(20), w: 1 + next(12), h: 1 + next(6) });
      for (const a of items) for (const b of items) if (a.id < b.id) expect(a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h, `seed 7, move ${move}`).toBe(false);
    }
  });
});

describe('undo', () => {
  it('goes back and forth, takes typing as one step, and ends somewhere', () => {
    let state = begin('a');
    state = changed(state, 'ab', 'title');
    state = changed(state, 'abc', 'title');
    state = changed(state, 'x');
    expect(undone(state).now).toBe('abc');
    expect(undone(undone(state)).now).toBe('a');
    expect(undone(undone(undone(state))).now).toBe('a');
    expect(redone(redone(redone(undone(undone(state))))).now).toBe('x');
    expect(redone(changed(undone(state), 'y')).now).toBe('y');
    for (let i = 0; i < stepsMax + 5; i++) state = changed(state, String(i));
    expect(state.past).toHaveLength(stepsMax);
  });
});

describe('a difference', () => {
  it('is as small as it can be, and reads back as both texts', () => {
    const lines = diffLines(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'd', 'e']);
    expect(lines.map(({ kind, text }) => `${kind[0]}${text}`)).toEqual(['sa', 'rb', 'ax', 'sc', 'sd', 'ae']);
    let seed = 11;
    const text = (): string[] => Array.from({ length: (seed = (seed * 48_271) % 2_147_483_647) % 12 }, () => 'abc'[(seed = (seed * 48_271) % 2_147_483_647) % 3]!);
    for (let i = 0; i < 300; i++) {
      const [a, b] = [text(), text()];
      const found = diffLines(a, b);
      expect(found.filter(({ kind }) => kind !== 'added').map((line) => line.text), `round ${i}`).toEqual(a);
      expect(found.filter(({ kind }) => kind !== 'removed').map((line) => line.text), `round ${i}`).toEqual(b);
    }
  });

  it('is shown with a few lines around it', () => {
    const before = Array.from({ length: 30 }, (_, i) => String(i));
    const shown = hunksOf(diffLines(before, before.map((line) => (line === '15' ? 'x' : line))), 2);
    expect(shown.map((line) => line && `${line.kind[0]}${line.text}`)).toEqual([null, 's13', 's14', 'r15', 'ax', 's16', 's17', null]);
    expect(jsonLines({ version: 4, title: 't' })).toEqual(['{', '  "title": "t"', '}']);
  });
});

describe('what is new', () => {
  it('has what its type needs', () => {
    expect(newDashboard('New').panels).toEqual([]);
    for (const type of Object.keys(panelTypes)) expect(newPanel(type).type).toBe(type);
    expect(newPanel('text').targets).toBeUndefined();
    expect(nextRefId(['A', 'C'])).toBe('B');
  });
});

describe('a panel of a library', () => {
  it('is one of the dashboard alone once it was changed', () => {
    expect(unlinked({ id: 1, type: 'stat', libraryPanel: { uid: 'u' } } as Panel)).toEqual({ id: 1, type: 'stat' });
    const reference = { id: 1, type: 'library-panel-ref', libraryPanel: { uid: 'u' } } as Panel;
    expect(unlinked(reference)).toBe(reference);
  });
});
