import { expect, it } from 'vitest';
import { csvOf } from './csv';
import type { Frame } from './frames';

const series = (name: string, points: [number, number][]): Frame => ({ refId: 'A', name, fields: [{ name: 'Time', kind: 'time', labels: {}, values: points.map(([at]) => at) }, { name: 'Value', kind: 'number', labels: {}, shown: name, values: points.map(([, value]) => value) }] });

it('a panel is written as one table, with what would break it in quotes', () => {
  expect(csvOf([series('a,"b"', [[0, 1], [1000, 2]]), series('c', [[1000, 3]])])).toEqual({ text: 'Time,"a,""b""",c\r\n1970-01-01T00:00:00.000Z,1,\r\n1970-01-01T00:00:01.000Z,2,3\r\n', rows: 2 });
  expect(csvOf([])).toEqual({ text: '', rows: 0 });
});
