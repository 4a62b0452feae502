import type uPlot from 'uplot';
import { formatTime, type Zone } from '../model/zone';
import { formatValue, type Unit } from '../model/units';
import type { Line } from '../model/series';
import type { TipLine } from './overlay';

/** Lines a tooltip names at most. */
const rowsMax = 12;

/** What the tooltip needs to know, asked for anew at every move. */
export interface TooltipSource {
  lines: readonly Line[];
  colorOf: (line: number) => string;
  unitOf: (line: number) => Unit;
  isShown: (line: number) => boolean;
  zone: Zone;
  decimals: number | undefined;
  more: (count: number) => string;
  /** What an overlay says at a place of the plot. */
  tips: (u: uPlot, left: number, top: number) => TipLine[];
}

/** A box beside the cursor with the values at its time. Text only: names come from targets. */
export function tooltipPlugin(source: () => TooltipSource): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'chart-tip';
  box.hidden = true;
  let near = -1;
  return {
    hooks: {
      init: (u) => {
        u.root.append(box);
        u.over.addEventListener('mouseleave', () => { box.hidden = true; });
      },
      setSeries: (_, index) => { near = index === null || index === undefined ? -1 : index - 1; },
      setCursor: (u) => {
        const { idx, left, top } = u.cursor;
        // A cursor that another chart moves has no place of its own here: only the line is drawn.
        if (idx === null || idx === undefined || left === undefined || left < 0 || !(u.cursor.event?.target instanceof Node && u.over.contains(u.cursor.event.target))) {
          box.hidden = true;
          return;
        }
        const from = source();
        const rows = from.lines.map((line, i) => ({ line, i, value: line.values[idx] })).filter((row) => row.value !== null && row.value !== undefined && from.isShown(row.i));
        const tips = from.tips(u, left, top ?? 0);
        if (rows.length + tips.length === 0) {
          box.hidden = true;
          return;
        }
        rows.sort((a, b) => (a.i === near ? -1 : b.i === near ? 1 : b.value! - a.value!));
        box.replaceChildren(head(u.data[0][idx]! * 1000, from.zone), ...tips.map((tip) => rowOf(tip.text, tip.color, '', true)), ...rows.slice(0, rowsMax).map((row) => rowOf(row.line.name, from.colorOf(row.i), formatValue(row.value!, from.unitOf(row.i), from.decimals), row.i === near)));
        if (rows.length > rowsMax) {
          const more = document.createElement('div');
          more.className = 'chart-tip-more';
          more.textContent = from.more(rows.length - rowsMax);
          box.append(more);
        }
        box.hidden = false;
        place(u, box, left, top ?? 0);
      },
    },
  };
}

function head(ms: number, zone: Zone): HTMLElement {
  const time = document.createElement('div');
  time.className = 'chart-tip-time';
  time.textContent = formatTime(ms, zone);
  return time;
}

function rowOf(name: string, color: string, value: string, near: boolean): HTMLElement {
  const row = document.createElement('div');
  row.className = near ? 'chart-tip-row near' : 'chart-tip-row';
  const mark = document.createElement('i');
  mark.style.background = color;
  const text = document.createElement('span');
  text.textContent = name;
  const figure = document.createElement('b');
  figure.textContent = value;
  row.append(mark, text, figure);
  return row;
}

function place(u: uPlot, box: HTMLElement, left: number, top: number): void {
  const over = u.over.getBoundingClientRect();
  const root = u.root.getBoundingClientRect();
  const x = over.left - root.left + left;
  const right = x + 16 + box.offsetWidth > root.width;
  box.style.left = `${Math.max(0, right ? x - box.offsetWidth - 16 : x + 16)}px`;
  box.style.top = `${Math.max(0, Math.min(over.top - root.top + top - 20, Math.max(0, root.height - box.offsetHeight - 4)))}px`;
}
