import type uPlot from 'uplot';
import type { Labels } from '../api/types';
import { formatValue, type Unit } from '../model/units';
import type { Overlay } from './overlay';

/** A single observation that was kept with its trace. */
export interface ExemplarMark { atMs: number; value: number; labels: Labels; seriesLabels: Labels }

const reachPx = 8;

/** Exemplars as diamonds at their values; those beyond the axis stand at its edge. */
export function exemplarOverlay(marks: readonly ExemplarMark[], color: string, unit: Unit): Overlay {
  const placeOf = (u: uPlot, mark: ExemplarMark, canvas: boolean): [number, number] => {
    const { min, max } = u.scales.y!;
    return [u.valToPos(mark.atMs / 1000, 'x', canvas), u.valToPos(Math.max(min ?? 0, Math.min(max ?? 1, mark.value)), 'y', canvas)];
  };
  return {
    draw: (u) => {
      const size = 4.5 * devicePixelRatio;
      u.ctx.save();
      u.ctx.fillStyle = color;
      for (const mark of marks) {
        const [x, y] = placeOf(u, mark, true);
        if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
        u.ctx.beginPath();
        u.ctx.moveTo(x, y - size);
        u.ctx.lineTo(x + size, y);
        u.ctx.lineTo(x, y + size);
        u.ctx.lineTo(x - size, y);
        u.ctx.closePath();
        u.ctx.fill();
      }
      u.ctx.restore();
    },
    tip: (u, left, top) => marks.filter((mark) => { const [x, y] = placeOf(u, mark, false); return Math.hypot(x - left, y - top) <= reachPx; }).slice(0, 5)
      .map((mark) => ({ color, text: `${formatValue(mark.value, unit)} · ${Object.entries(mark.labels).map(([name, value]) => `${name}=${value}`).join(', ')}` })),
  };
}
