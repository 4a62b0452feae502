import type uPlot from 'uplot';

/** One line of a tooltip that is not of a series. */
export interface TipLine { color: string; text: string }

/** What is drawn over a chart, and what it says where the pointer is. */
export interface Overlay {
  draw: (u: uPlot) => void;
  /** @param left pixels from the left edge of the plot */
  tip: (u: uPlot, left: number, top: number) => TipLine[];
}
