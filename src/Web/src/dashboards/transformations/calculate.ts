import { calledOf, fieldNamed, heightOf, type Cell, type Field, type Frame } from '../frames';
import { reduced, reducerNames } from '../reducers';
import { objectOf, textOf, textsOf, type Options } from './options';

type Numbers = (number | null)[];

const numbersOf = (field: Field): Numbers => field.values.map((value) => (typeof value === 'number' ? value : null));

/** `calculateField`: a column made of others: a figure of each row, two columns by an operator, one by a function, a running total, the number of the row. */
export function calculateField(frames: readonly Frame[], options: Options): Frame[] {
  return frames.map((frame) => {
    const made = column(frame, options);
    if (!made) return frame;
    const field: Field = { name: textOf(options.alias) || made.name, kind: 'number', labels: {}, values: made.values };
    return { ...frame, fields: options.replaceFields ? [...frame.fields.filter((one) => one.kind === 'time'), field] : [...frame.fields, field] };
  });
}

function column(frame: Frame, options: Options): { name: string; values: Numbers } | null {
  const all = frame.fields.filter((field) => field.kind === 'number');
  const includedOf = (part: Options): Field[] => { const names = textsOf(part.include); return names.length > 0 ? all.filter((field) => names.includes(calledOf(field))) : all; };
  switch (textOf(options.mode, 'reduceRow')) {
    case 'binary': {
      const part = objectOf(options.binary);
      const [left, right] = [operand(frame, part.left), operand(frame, part.right)];
      const operator = textOf(part.operator, '+');
      if (!left || !right) return null;
      return { name: `${left.name} ${operator} ${right.name}`, values: left.values.map((a, i) => { const b = right.values[i] ?? null; return a === null || b === null ? null : operated(a, operator, b); }) };
    }
    case 'unary': {
      const part = objectOf(options.unary);
      const field = fieldNamed(frame, textOf(part.fieldName));
      const operator = textOf(part.operator, 'abs');
      return field ? { name: `${operator}(${calledOf(field)})`, values: numbersOf(field).map((value) => (value === null ? null : unary(value, operator))) } : null;
    }
    case 'index': {
      const last = Math.max(1, heightOf(frame) - 1);
      return { name: 'Row', values: Array.from({ length: heightOf(frame) }, (_, i) => (objectOf(options.index).asPercentile ? i / last : i)) };
    }
    case 'cumulativeFunctions': {
      const part = objectOf(options.cumulative);
      const field = fieldNamed(frame, textOf(part.field));
      if (!field) return null;
      const mean = part.reducer === 'mean';
      let total = 0;
      return { name: `cumulative ${mean ? 'mean' : 'sum'}(${calledOf(field)})`, values: numbersOf(field).map((value, i) => { total += value ?? 0; return mean ? total / (i + 1) : total; }) };
    }
    case 'reduceRow': {
      const part = objectOf(options.reduce);
      const calc = textOf(part.reducer, 'sum');
      const from = includedOf(part).map(numbersOf);
      return from.length === 0 ? null : { name: reducerNames[calc] ?? calc, values: Array.from({ length: heightOf(frame) }, (_, row) => reduced(from.map((values) => values[row] ?? null), calc)) };
    }
    default: return null;
  }
}

/** One side of an operator: a column by its name, or a number. */
function operand(frame: Frame, side: unknown): { name: string; values: Numbers } | null {
  const part = objectOf(side);
  const text = typeof side === 'string' || typeof side === 'number' ? String(side) : textOf(objectOf(part.matcher).options) || textOf(part.fixed);
  const field = fieldNamed(frame, text);
  if (field) return { name: text, values: numbersOf(field) };
  const fixed = Number(text);
  return text.trim() !== '' && Number.isFinite(fixed) ? { name: text, values: new Array<number>(heightOf(frame)).fill(fixed) } : null;
}

function operated(a: number, operator: string, b: number): Cell & (number | null) {
  switch (operator) {
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b === 0 ? null : a / b;
    case '%': return b === 0 ? null : a % b;
    case '**': return a ** b;
    default: return a + b;
  }
}

function unary(value: number, operator: string): number {
  switch (operator) {
    case 'exp': return Math.exp(value);
    case 'ln': return Math.log(value);
    case 'floor': return Math.floor(value);
    case 'ceil': return Math.ceil(value);
    case 'round': return Math.round(value);
    case 'percent': return value * 100;
    default: return Math.abs(value);
  }
}
