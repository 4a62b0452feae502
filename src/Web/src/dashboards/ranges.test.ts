import { describe, expect, it } from 'vitest';
import type { FieldDefaults } from './dashboard';
import { stepsOf, thresholdOf } from './fields';
import { ranging, rangeOf } from './ranges';

const percent: FieldDefaults = { thresholds: { mode: 'percentage', steps: [{ value: null, color: 'green' }, { value: 50, color: 'orange' }, { value: 80, color: 'red' }] } };

describe('thresholds in percent', () => {
  it('lie between the least and the most', () => {
    const field = { ...percent, min: 100, max: 300 };
    expect(stepsOf(field).map(({ value }) => value)).toEqual([null, 200, 260]);
    expect([100, 199, 200, 259, 260, 900].map((value) => thresholdOf(field, value)?.color)).toEqual(['green', 'green', 'orange', 'orange', 'red', 'red']);
  });

  it('of a field with neither are those of 0 to 100; where both are one, only the base is reached', () => {
    expect([49, 50].map((value) => thresholdOf(percent, value)?.color)).toEqual(['green', 'orange']);
    expect(thresholdOf({ ...percent, min: 7, max: 7 }, 7)?.color).toBe('green');
  });
});

describe('a range', () => {
  it('is that of the numbers', () => expect([rangeOf([[1, null, 'x', NaN], [-2, Infinity]]), rangeOf([[], [null]])]).toEqual([{ min: -2, max: 1 }, null]));

  it('is given to fields that need one, from all columns or their own, under what they say themselves', () => {
    let looked = 0;
    const ranged = ranging(() => { looked++; return [[0, 10], [4, 40]]; });
    expect(ranged({ thresholds: { mode: 'absolute', steps: [] } }, [])).toEqual({ thresholds: { mode: 'absolute', steps: [] } });
    expect(ranged({ ...percent, min: 1, max: 2 }, [])).toMatchObject({ min: 1, max: 2 });
    expect(looked).toBe(0);
    expect(ranged(percent, [4, 40])).toMatchObject({ min: 0, max: 40 });
    expect(ranged({ color: { mode: 'continuous-GrYlRd' }, max: 5 }, [])).toMatchObject({ min: 0, max: 5 });
    expect(looked).toBe(1);
    expect(ranged({ ...percent, fieldMinMax: true }, [4, 40])).toMatchObject({ min: 4, max: 40 });
  });
});
