import { expect, test } from 'vitest';
import { inkOn } from './ink';

test('text on a colour is dark or light, whichever is read better', () => {
  expect(['#73bf69', '#fade2a', '#f2495c', '#fff', 'rgb(255, 255, 0)', 'rgba(50%, 100%, 50%, 0.9)'].map(inkOn)).toEqual(Array(6).fill('#101318'));
  expect(['#c4162a', '#1f60c4', '#000', '#37872dff', 'rgb(0, 0, 128)', 'rgba(10, 20, 30, 0.8)'].map(inkOn)).toEqual(Array(6).fill('#ffffff'));
});

test('on what one looks through, and on the ink itself, it follows the theme', () => {
  expect(['rgba(196, 22, 42, 0.2)', '#c4162a33', 'var(--ink)', 'var(--series-1)', 'rgb(1)'].map(inkOn)).toEqual(['var(--ink)', 'var(--ink)', 'var(--panel)', '#101318', '#101318']);
});
