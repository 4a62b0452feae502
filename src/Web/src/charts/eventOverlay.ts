import type { Overlay } from './overlay';

/** Something that happened, for a while or at once. */
export interface ChartEvent { fromMs: number; toMs: number; title: string; text: string; color: string }

/** Pixels within which the pointer is at an event. */
const reachPx = 7;

/** Events as dashed lines; those that lasted as areas. */
export function eventOverlay(events: readonly ChartEvent[]): Overlay {
  return {
    draw: (u) => {
      const { left, top, width, height } = u.bbox;
      u.ctx.save();
      u.ctx.beginPath();
      u.ctx.rect(left, top, width, height);
      u.ctx.clip();
      for (const event of events) {
        const [from, to] = [u.valToPos(event.fromMs / 1000, 'x', true), u.valToPos(event.toMs / 1000, 'x', true)];
        if (to < left || from > left + width) continue;
        u.ctx.fillStyle = u.ctx.strokeStyle = event.color;
        u.ctx.globalAlpha = 0.12;
        if (to - from > 2) u.ctx.fillRect(from, top, to - from, height);
        u.ctx.globalAlpha = 0.9;
        u.ctx.lineWidth = devicePixelRatio;
        u.ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
        for (const x of to - from > 2 ? [from, to] : [from]) {
          u.ctx.beginPath();
          u.ctx.moveTo(x, top);
          u.ctx.lineTo(x, top + height);
          u.ctx.stroke();
        }
        u.ctx.fillRect(from - 3 * devicePixelRatio, top + height - 4 * devicePixelRatio, 6 * devicePixelRatio, 4 * devicePixelRatio);
      }
      u.ctx.restore();
    },
    tip: (u, at) => events
      .filter((event) => u.valToPos(event.fromMs / 1000, 'x') - reachPx <= at && at <= u.valToPos(event.toMs / 1000, 'x') + reachPx)
      .slice(0, 5).map((event) => ({ color: event.color, text: event.text ? `${event.title}: ${event.text}` : event.title })),
  };
}
