import type { FieldDefaults } from './dashboard';
import type { Frame } from './frames';

/** The least and the most of some values. */
export interface ValueRange { min: number; max: number }

/** The range of what is a number among the values; null where nothing is. */
export function rangeOf(columns: readonly (readonly unknown[])[]): ValueRange | null {
  let [min, max] = [Infinity, -Infinity];
  for (const column of columns) {
    for (const value of column) {
      if (typeof value !== 'number' || !Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min <= max ? { min, max } : null;
}

/** The columns of a panel that hold numbers. */
export const numbersOf = (frames: readonly Frame[]): readonly (readonly unknown[])[] => frames.flatMap((frame) => frame.fields.filter((field) => field.kind === 'number').map((field) => field.values));

/**
 * Gives fields whose colours depend on their least and most those that are not said, as Grafana does: from all numbers of the panel,
 * or from the field's own where it asks for that. Other fields stay as they are, and nothing is looked through for them.
 * @param columns all numbers of the panel.
 */
export function ranging(columns: () => readonly (readonly unknown[])[]): (field: FieldDefaults, own: readonly unknown[]) => FieldDefaults {
  let whole: ValueRange | null | undefined;
  return (field, own) => {
    const asks = field.thresholds?.mode === 'percentage' || field.color?.mode?.startsWith('continuous-');
    if (!asks || (typeof field.min === 'number' && typeof field.max === 'number')) return field;
    const range = field.fieldMinMax ? rangeOf([own]) : (whole ??= rangeOf(columns()));
    return range ? { ...field, min: field.min ?? range.min, max: field.max ?? range.max } : field;
  };
}
