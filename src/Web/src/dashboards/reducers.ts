import type { Point } from '../model/series';

/** What Grafana's reducers are called in tables. */
export const reducerNames: Record<string, string> = {
  lastNotNull: 'Last *', last: 'Last', firstNotNull: 'First *', first: 'First', min: 'Min', max: 'Max', mean: 'Mean', median: 'Median', sum: 'Total', total: 'Total', count: 'Count', range: 'Range',
  delta: 'Delta', diff: 'Difference', diffperc: 'Difference percent', step: 'Step', logmin: 'Min (above zero)', changeCount: 'Change count', distinctCount: 'Distinct count', stdDev: 'StdDev', variance: 'Variance',
  allIsZero: 'All zeros', allIsNull: 'All nulls',
};

/** One number for a line, by Grafana's name of it; null where there is none. */
export function reduced(points: readonly Point[], calc: string): number | null {
  const values = points.filter((value) => value !== undefined);
  const real = values.filter((value) => value !== null);
  if (calc === 'count') return values.length === 0 ? 0 : real.length;
  if (calc === 'allIsNull') return real.length === 0 ? 1 : 0;
  if (real.length === 0) return null;
  const least = (): number => real.reduce((a, b) => Math.min(a, b));
  const most = (): number => real.reduce((a, b) => Math.max(a, b));
  const sum = (): number => real.reduce((a, b) => a + b);
  switch (calc) {
    case 'last': return values.at(-1) ?? null;
    case 'first': return values[0] ?? null;
    case 'firstNotNull': return real[0]!;
    case 'min': return least();
    case 'max': return most();
    case 'mean': return sum() / real.length;
    case 'sum': case 'total': return sum();
    case 'range': return most() - least();
    case 'diff': return real.at(-1)! - real[0]!;
    case 'diffperc': return (real.at(-1)! - real[0]!) / real[0]!;
    case 'delta': return real.reduce((total, value, i) => total + (i === 0 ? 0 : value >= real[i - 1]! ? value - real[i - 1]! : value), 0);
    case 'logmin': return real.some((value) => value > 0) ? real.filter((value) => value > 0).reduce((a, b) => Math.min(a, b)) : null;
    case 'changeCount': return real.reduce((count, value, i) => count + (i > 0 && value !== real[i - 1] ? 1 : 0), 0);
    case 'distinctCount': return new Set(real).size;
    case 'allIsZero': return real.every((value) => value === 0) ? 1 : 0;
    case 'variance': return variance(real, sum() / real.length);
    case 'stdDev': return Math.sqrt(variance(real, sum() / real.length));
    case 'median': return percentile(real, 50);
    default: return /^p\d{1,2}$/.test(calc) ? percentile(real, Number(calc.slice(1))) : real.at(-1)!;
  }
}

const variance = (values: number[], mean: number): number => values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;

function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place % 1);
}
