import { expect, test } from 'vitest';
import type { FieldDefaults } from './dashboard';
import type { Field, Frame } from './frames';
import { footerOf } from './tableFooter';

const fields: Field[] = [
  { name: 'path', kind: 'string', labels: {}, values: ['/', '/cart', '/pay'] },
  { name: 'Value #A', kind: 'number', labels: {}, values: [1, null, 3] },
  { name: 'Value #B', kind: 'number', labels: {}, values: [10, 20, 60] },
];
const frame: Frame = { refId: 'A', name: 'A', fields };
const footer = (options: Record<string, unknown> | undefined, configs: FieldDefaults[] = []) => footerOf(
  { id: 1, type: 'table', options: { footer: options } }, frame, fields.map((field, i) => ({ field, config: { unit: 's', ...configs[i] }, title: i === 2 ? 'Second' : field.name })))
  ?.map((cell) => cell.map(({ name, text }) => [name, text].filter((part) => part !== '').join(' ')).join('; '));

test('a table has a footer where it says so', () => {
  expect([footer(undefined), footer({ show: false, reducer: ['sum'] }), footer({ show: true, reducer: [] })]).toEqual([undefined, undefined, undefined]);
  expect(footer({ show: true, reducer: ['sum'], fields: '', countRows: false })).toEqual(['Total', '4 s', '1.5 min']);
});

test('it is of the fields that are wanted, by their names or titles', () => {
  expect(footer({ show: true, reducer: ['max'], fields: ['Second'] })).toEqual(['Max', '', '1 min']);
  expect(footer({ show: true, reducer: ['max'], fields: 'Value #A' })).toEqual(['Max', '3 s', '']);
  expect(footer({ show: true, reducer: ['mean'], fields: ['path'] })).toEqual(['Mean', '', '']);
});

test('it counts values, or rows, without a unit', () => {
  expect(footer({ show: true, reducer: ['count'] })).toEqual(['Count', '2', '3']);
  expect(footer({ show: true, reducer: ['count'], countRows: true })).toEqual(['Count 3', '', '']);
});

test('fields of newer dashboards each have their own, and several', () => {
  expect(footer(undefined, [{ custom: { footer: { reducers: ['sum'] } } }, { custom: { footer: { reducers: ['min', 'constructor'] } } }, {}])).toEqual(['', 'Min 1 s; constructor 3 s', '']);
});
