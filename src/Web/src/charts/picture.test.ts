import { expect, it } from 'vitest';
import { legendPlaces } from './picture';

it('entries of a legend stand in lines that are not too long; one that is longer than a line has its own', () =>
  expect(legendPlaces([40, 50, 20, 200, 10], 100).map(({ x, line }) => [line, x])).toEqual([[0, 0], [0, 40], [1, 0], [2, 0], [3, 0]]));
