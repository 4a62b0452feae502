import { inkOn } from '../theme/ink';

/** One share; what is written on it, where there is room, line by line. */
export interface Slice { name: string; value: number; color: string; text: string; written?: string[] }

/** Shares below this have no room for words. */
const writtenShareMin = 0.05;

/** Where on a circle of radius 1 a share ends, clockwise from the top. */
const pointAt = (share: number, radius: number): string => `${(radius * Math.sin(2 * Math.PI * share)).toFixed(4)} ${(-radius * Math.cos(2 * Math.PI * share)).toFixed(4)}`;

/** The outline of a slice; a whole circle is two halves, because an arc cannot end where it begins. */
export function slicePath(from: number, to: number, inner: number): string {
  if (to - from > 0.99999) return `${slicePath(0, 0.5, inner)} ${slicePath(0.5, 0.99998, inner)}`;
  const large = to - from > 0.5 ? 1 : 0;
  const back = inner > 0 ? `L ${pointAt(to, inner)} A ${inner} ${inner} 0 ${large} 0 ${pointAt(from, inner)}` : 'L 0 0';
  return `M ${pointAt(from, 1)} A 1 1 0 ${large} 1 ${pointAt(to, 1)} ${back} Z`;
}

/** Shares of a whole; a donut where it has a hole. It takes no more than a share of the width there is. */
export function PieChart({ slices, donut, label, sizePx, share = 1 }: { slices: Slice[]; donut: boolean; label: string; sizePx: number; share?: number }) {
  const total = slices.reduce((sum, slice) => sum + slice.value, 0);
  let from = 0;
  return (
    <svg viewBox="-1.04 -1.04 2.08 2.08" width={sizePx} height={sizePx} role="img" aria-label={label} style={{ flex: 'none', maxWidth: `${share * 100}%` }}>
      {slices.map((slice, i) => {
        const begin = from;
        const share = total > 0 ? slice.value / total : 0;
        const path = slicePath(from, from + share, donut ? 0.62 : 0);
        from += share;
        const words = share >= writtenShareMin ? slice.written ?? [] : [];
        const [x, y] = pointAt(slices.length > 1 ? begin + share / 2 : 0, slices.length > 1 || donut ? (donut ? 0.81 : 0.66) : 0).split(' ').map(Number) as [number, number];
        return share > 0 ? (
          <g key={i}>
            <path d={path} fill={slice.color} stroke="var(--panel)" strokeWidth={slices.length > 1 ? 0.012 : 0}><title>{`${slice.name}: ${slice.text} (${(share * 100).toFixed(1)}%)`}</title></path>
            {words.map((word, line) => <text key={line} x={x} y={y + (line - (words.length - 1) / 2) * 0.13 + 0.04} textAnchor="middle" fontSize={0.115} fill={inkOn(slice.color)} pointerEvents="none">{word.length > 14 ? `${word.slice(0, 13)}…` : word}</text>)}
          </g>
        ) : null;
      })}
    </svg>
  );
}
