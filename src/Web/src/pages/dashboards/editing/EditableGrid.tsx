import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useElementSize } from '@mantine/hooks';
import type { GridPos } from '../../../dashboards/dashboard';
import { arranged, withLayout, withPanelInRow, type Item } from '../../../dashboards/editing/edits';
import { gridColumns, type Section } from '../../../dashboards/sections';
import { useEditing } from '../../../i18n/useEditing';
import { IconGripVertical } from '../../../parts/icons';
import type { Board } from '../board';
import { PanelFrame } from '../PanelFrame';
import { PanelMenu } from './PanelMenu';
import type { Edits } from './useEdits';

const rowPx = 38;

/** A row as it lay on the page when something began to be moved: later it makes room. */
interface RowBox { row: HTMLElement; top: number; bottom: number }
interface Drag { id: number; resizes: boolean; fromX: number; fromY: number; begin: Item; to: GridPos; rows: RowBox[]; into: HTMLElement | null }
interface EditableGridProps { section: Section; board: Board; edits: Edits; onView: (id: number) => void; onEdit: (id: number) => void }

/** The panels of a row, to be moved by their handles, into other rows as well, and resized by their corners; by the keyboard too. */
export function EditableGrid({ section, board, edits, onView, onEdit }: EditableGridProps) {
  const e = useEditing();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [drag, setDrag] = useState<Drag | null>(null);
  // Places as they are stored: those of a section are counted from its own first line only to be drawn.
  const items = useMemo<Item[]>(() => section.panels.map(({ panel, at }) => ({ id: panel.id, x: at.x, y: at.y, w: at.w, h: at.h })), [section]);
  const shown = useMemo(() => new Map((drag ? arranged(items, drag.id, drag.to) : items).map((item) => [item.id, item])), [items, drag]);
  const commit = (next: readonly Item[]): void => edits.change((now) => withLayout(now, section.head?.id ?? null, next.map((item) => ({ ...item, y: item.y + section.top }))));
  const columnPx = (width + 8) / gridColumns;

  const begin = (event: PointerEvent, item: Item, resizes: boolean): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ id: item.id, resizes, fromX: event.clientX, fromY: event.clientY, begin: item, to: item, rows: resizes ? [] : rowBoxes(), into: null });
  };
  const move = (event: PointerEvent): void => {
    if (!drag) return;
    const [dx, dy] = [Math.round((event.clientX - drag.fromX) / columnPx), Math.round((event.clientY - drag.fromY) / rowPx)];
    const at = event.clientY + window.scrollY;
    const over = drag.rows.find(({ top, bottom }) => at >= top && at < bottom)?.row ?? null;
    const into = over?.contains(event.currentTarget) ? null : over;
    if (into !== drag.into) {
      mark(drag.into, false);
      mark(into, true);
      setDrag({ ...drag, into, to: drag.begin });
      return;
    }
    if (into) return;
    const to = placed(drag.begin, dx, dy, drag.resizes);
    if (to.x !== drag.to.x || to.y !== drag.to.y || to.w !== drag.to.w || to.h !== drag.to.h) setDrag({ ...drag, to });
  };
  const end = (): void => {
    mark(drag?.into ?? null, false);
    if (drag?.into) {
      const row = drag.into.dataset.row;
      edits.change((now) => withPanelInRow(now, drag.id, row ? Number(row) : null));
    } else if (drag && drag.to !== drag.begin) {
      commit(arranged(items, drag.id, drag.to));
    }
    setDrag(null);
  };
  const giveUp = (): void => {
    mark(drag?.into ?? null, false);
    setDrag(null);
  };
  const onKey = (event: KeyboardEvent, item: Item): void => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] as [number, number] | undefined;
    if (!by) return;
    event.preventDefault();
    commit(arranged(items, item.id, placed(item, by[0], by[1], event.shiftKey)));
  };

  return (
    <div ref={ref} className="board" data-editing="true">
      {section.panels.map((one) => {
        const item = shown.get(one.panel.id)!;
        const title = one.panel.title || e('panel.untitled', { id: one.panel.id });
        const handlers = { onPointerMove: move, onPointerUp: end, onPointerCancel: giveUp };
        return (
          <div key={one.key} className="board-cell" data-dragged={drag?.id === item.id} style={{ gridColumn: `${item.x + 1} / span ${item.w}`, gridRow: `${item.y + 1} / span ${item.h}`, ['--rows' as string]: item.h, position: 'relative' }}>
            <PanelFrame
              placed={one} board={board} heightPx={item.h * rowPx - 8}
              tools={(onInspect) => <PanelMenu panel={one.panel} title={title} edits={edits} onInspect={onInspect} onView={() => onView(one.panel.id)} onEdit={() => onEdit(one.panel.id)} />}
              handle={<button type="button" className="head-tool grip" aria-label={e('panel.move', { title })} onPointerDown={(event) => begin(event, item, false)} {...handlers} onKeyDown={(event) => onKey(event, item)}><IconGripVertical size={15} /></button>}
            />
            <span role="separator" aria-orientation="horizontal" aria-label={e('panel.resize', { title })} className="resize-corner" onPointerDown={(event) => begin(event, item, true)} {...handlers} />
          </div>
        );
      })}
    </div>
  );
}

const rowBoxes = (): RowBox[] => [...document.querySelectorAll<HTMLElement>('section[data-row]')].map((row) => {
  const { top, bottom } = row.getBoundingClientRect();
  return { row, top: top + window.scrollY, bottom: bottom + window.scrollY };
});

/** Shows that what is moved would come into a row. */
function mark(row: HTMLElement | null, isTarget: boolean): void {
  if (row) row.toggleAttribute('data-drop', isTarget);
}

/** Where an item comes to lie by some columns and lines; or how large. */
function placed(item: Item, dx: number, dy: number, resizes: boolean): GridPos {
  return resizes
    ? { x: item.x, y: item.y, w: Math.max(1, Math.min(gridColumns - item.x, item.w + dx)), h: Math.max(1, item.h + dy) }
    : { x: Math.max(0, Math.min(gridColumns - item.w, item.x + dx)), y: Math.max(0, item.y + dy), w: item.w, h: item.h };
}
