import { expect, test } from 'vitest';
import { barBackground, barModeOf, litOf } from './bars';
import { colorScaleOf } from './paint';

const field = { min: 0, max: 200, color: { mode: 'thresholds' }, thresholds: { steps: [{ value: null, color: 'green' }, { value: 100, color: '#ff0000' }] } };

test('a bar has the colours of its thresholds along it, passing into each other or not', () => {
  const scale = colorScaleOf(field, false, 'thresholds');
  expect(barBackground('basic', 'red', scale, 0, 200, 'right')).toBe('red');
  expect(barBackground('gradient', 'red', scale, 0, 200, 'right')).toBe('linear-gradient(to right, #73bf69 0%, #ff0000 50%)');
  expect(barBackground('lcd', 'red', scale, 0, 200, 'top')).toBe('linear-gradient(to top, #73bf69 0% 50%, #ff0000 50% 100%)');
});

test('a bar of one colour grows stronger, or is lit in it', () => {
  expect(barBackground('gradient', '#00ff00', null, 0, 1, 'right')).toBe('linear-gradient(to right, color-mix(in srgb, #00ff00 35%, transparent) 0%, #00ff00 100%)');
  expect(barBackground('lcd', '#00ff00', null, 0, 1, 'right')).toBe('#00ff00');
});

test('a ramp of colours reaches from the least to the most', () => {
  const { isStepped, stops } = colorScaleOf({ min: 10, max: 20, color: { mode: 'continuous-BlPu' } }, false, 'thresholds')!;
  expect([isStepped, stops[0], stops.at(-1)]).toEqual([false, { from: 10, color: '#5794f2' }, { from: 20, color: '#b877d9' }]);
  expect(colorScaleOf({ color: { mode: 'palette-classic' } }, false, 'thresholds')).toBeNull();
  expect([colorScaleOf({}, false, 'palette'), colorScaleOf({ thresholds: field.thresholds }, false, 'thresholds')?.stops.length]).toEqual([null, 2]);
});

test('whole segments are lit', () => {
  expect([litOf(0, 20), litOf(0.1, 20), litOf(52, 20), litOf(100, 20)]).toEqual([0, 5, 50, 100]);
  expect(['lcd', 'basic', undefined, 7].map(barModeOf)).toEqual(['lcd', 'basic', 'gradient', 'gradient']);
});
