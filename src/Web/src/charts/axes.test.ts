import { expect, test } from 'vitest';
import { powersAlone, symlogRange, symlogSplits } from './axes';

test('a scale that is even around zero ends at powers, and at zero where there is nothing on that side', () => {
  expect(symlogRange(3, 4200, 10, 1)).toEqual([0, 10_000]);
  expect(symlogRange(-0.2, 100, 10, 1)).toEqual([-1, 100]);
  expect(symlogRange(-9, -5, 2, 1)).toEqual([-16, 0]);
  expect(symlogRange(0, 0, 10, 5)).toEqual([0, 5]);
});

test('its lines are zero and powers on both sides, where there is room', () => {
  const place = (value: number): number => 100 * Math.asinh(value);
  expect(symlogSplits(-100, 1000, 10, 1, place, 20)).toEqual([-100, -10, -1, 0, 1, 10, 100, 1000]);
  expect(symlogSplits(-100, 1000, 10, 1, place, 300)).toEqual([-100, 0, 100]);
  expect(symlogSplits(10, 1000, 10, 1, place, 20)).toEqual([10, 100, 1000]);
  expect(symlogSplits(0, 0.05, 10, 0.01, place, 0.1)).toEqual([0, 0.01]);
});

test('a logarithmic axis has all its lines where it is short, and its powers alone where it is long', () => {
  expect(powersAlone([1, 2, 5, 10, 20, 100], 10, 1, 1000)).toEqual([1, 2, 5, 10, 20, 100]);
  expect(powersAlone([1, 2, 5, 10, 20, 100, 1000], 10, 1, 1e8)).toEqual([1, null, null, 10, null, 100, 1000]);
});
