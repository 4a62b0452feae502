import type { Cell } from '../../../dashboards/frames';

/** The way a value took, from edge to edge, without axes. */
export function Spark({ values, color, className }: { values: readonly Cell[]; color: string; className: string }) {
  const points = values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null));
  const real = points.filter((value): value is number => value !== null);
  if (real.length < 2) return null;
  const [min, max] = [real.reduce((a, b) => Math.min(a, b)), real.reduce((a, b) => Math.max(a, b))];
  const place = (value: number, i: number): string => `${((100 * i) / (points.length - 1)).toFixed(2)},${(38 - (max > min ? (36 * (value - min)) / (max - min) : 18)).toFixed(2)}`;
  const line = points.flatMap((value, i) => (value === null ? [] : [place(value, i)])).join(' ');
  return (
    <svg className={className} viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`0,40 ${line} 100,40`} fill={color} fillOpacity="0.13" />
      <polyline points={line} fill="none" stroke={color} strokeOpacity="0.7" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
