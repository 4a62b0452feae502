/** Why an expression has no result. */
export class ExpressionError extends Error {}

/** Whether a value meets a threshold, by Grafana's name of its kind. */
export function meets(value: number, kind: string, low: number, high: number): boolean {
  switch (kind) {
    case 'gt': return value > low;
    case 'gte': return value >= low;
    case 'lt': return value < low;
    case 'lte': return value <= low;
    case 'eq': return value === low;
    case 'ne': return value !== low;
    case 'within_range': return value > low && value < high;
    case 'outside_range': return value < low || value > high;
    case 'within_range_included': return value >= low && value <= high;
    case 'outside_range_included': return value <= low || value >= high;
    default: throw new ExpressionError(`no threshold is called ${kind}`);
  }
}
