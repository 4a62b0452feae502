import type { Target } from './dashboard';
import { objectOf, textOf } from './transformations/options';

/** Whether a query is one of Grafana's own expressions. */
export const isExpression = ({ datasource }: Target): boolean => [textOf(datasource), textOf(objectOf(datasource).type), textOf(objectOf(datasource).uid)].includes('__expr__');

/** The kinds that are evaluated. */
const evaluatedTypes = ['math', 'reduce', 'resample', 'threshold', 'classic_conditions'];

/** Whether an expression is of a kind that is evaluated. */
export const isEvaluated = (target: Target): boolean => isExpression(target) && evaluatedTypes.includes(textOf((target as { type?: unknown }).type));

/** A calculation with the results of other queries; what has no value has null. */
export type MathNode = { kind: 'number'; value: number | null } | { kind: 'name'; name: string } | { kind: 'call'; inputs: MathNode[]; run: (a: number | null, b: number | null) => number | null };

/** A text is no calculation. */
export class MathError extends Error {}

const flag = (value: boolean): number => Number(value);
const both = (run: (a: number, b: number) => number) => (a: number | null, b: number | null): number | null => (a === null || b === null ? null : run(a, b));
const one = (run: (a: number) => number) => (a: number | null): number | null => (a === null ? null : run(a));

// The last binds most tightly.
const levels: Record<string, (a: number | null, b: number | null) => number | null>[] = [
  { '||': both((a, b) => flag(a !== 0 || b !== 0)) }, { '&&': both((a, b) => flag(a !== 0 && b !== 0)) },
  { '==': both((a, b) => flag(a === b)), '!=': both((a, b) => flag(a !== b)), '<=': both((a, b) => flag(a <= b)), '>=': both((a, b) => flag(a >= b)), '<': both((a, b) => flag(a < b)), '>': both((a, b) => flag(a > b)) },
  { '+': both((a, b) => a + b), '-': both((a, b) => a - b) }, { '*': both((a, b) => a * b), '/': both((a, b) => a / b), '%': both((a, b) => a % b) }, { '**': both((a, b) => a ** b) },
];
const functions: Record<string, (a: number | null) => number | null> = {
  abs: one(Math.abs), log: one(Math.log), round: one(Math.round), ceil: one(Math.ceil), floor: one(Math.floor),
  is_nan: (a) => flag(a === null), is_null: (a) => flag(a === null), is_number: (a) => flag(a !== null && Number.isFinite(a)), is_inf: (a) => flag(a !== null && !Number.isFinite(a)),
};
const constants: Record<string, number | null> = { nan: null, null: null, inf: Infinity, infn: -Infinity };

/** Levels of brackets at most. */
const depthMax = 100;

/** Reads a calculation: `$A * 100`, `${B} > 5 && $C < abs($D)`. */
export function partsOf(text: string): MathNode {
  const words = [...text.matchAll(/\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|\$\{?(\w+)\}?|(\w+)|(\*\*|\|\||&&|[=!<>]=|[-+*/%<>!(),]))|(\S)/g)];
  let at = 0;
  const sign = (): string | undefined => words[at]?.[4];
  const expect = (wanted: string): void => {
    if (sign() !== wanted) throw new MathError(`${wanted} is missing in ${text}`);
    at++;
  };
  const level = (index: number, depth: number): MathNode => {
    const operators = levels[index];
    if (!operators) return unary(depth);
    let left = level(index + 1, depth);
    for (let found = sign(); found !== undefined && Object.hasOwn(operators, found); found = sign()) {
      at++;
      left = { kind: 'call', inputs: [left, level(index + 1, depth)], run: operators[found]! };
    }
    return left;
  };
  const unary = (depth: number): MathNode => {
    if (depth > depthMax) throw new MathError('too many brackets');
    const [, digits, name, word, found] = words[at++] ?? [];
    if (digits !== undefined) return { kind: 'number', value: Number(digits) };
    if (name !== undefined) return { kind: 'name', name };
    if (found === '-') return { kind: 'call', inputs: [unary(depth + 1)], run: one((a) => -a) };
    if (found === '!') return { kind: 'call', inputs: [unary(depth + 1)], run: one((a) => flag(a === 0)) };
    if (found === '(') {
      const inner = level(0, depth + 1);
      expect(')');
      return inner;
    }
    if (word === undefined) throw new MathError(`${text} is no calculation`);
    expect('(');
    if (Object.hasOwn(constants, word)) {
      expect(')');
      return { kind: 'number', value: constants[word]! };
    }
    if (!Object.hasOwn(functions, word)) throw new MathError(`no function is called ${word}`);
    const input = level(0, depth + 1);
    expect(')');
    return { kind: 'call', inputs: [input], run: functions[word]! };
  };
  const whole = level(0, 0);
  if (at < words.length) throw new MathError(`${text} is no calculation`);
  return whole;
}
