import { describe, expect, it } from 'vitest';
import type { QueryData } from '../api/types';
import type { Target } from './dashboard';
import { computed } from './expressions';
import { framesOf } from './frames';
import { gridsOf, seriesOfFrames, type TargetAnswer } from './panelData';
import { reduced } from './reducers';

const matrix = (refId: string, stepMs: number, values: [number, string][]): TargetAnswer => ({
  target: { refId, expr: 'x' }, grid: { startMs: 0, endMs: 4000, stepMs }, data: { resultType: 'matrix', result: [{ metric: {}, values }] } as QueryData,
});
const drawn = (answers: TargetAnswer[], isWhole?: boolean) => {
  const { times, series } = seriesOfFrames(framesOf(answers, (text) => text), gridsOf(answers), isWhole);
  return { times, values: series.map(({ values }) => values) };
};

describe('a series', () => {
  const a = matrix('A', 1000, [[0, '1'], [1, '2'], [3, '4'], [4, '5']]);

  it('has a gap at a time of its query without a value', () => expect(drawn([a])).toEqual({ times: [0, 1, 2, 3, 4], values: [[1, 2, null, 4, 5]] }));

  it('goes on over the times of what it is resampled to, and that over its', () => {
    const resample = { refId: 'B', type: 'resample', expression: 'A', window: '1500ms', downsampler: 'last', upsampler: 'fillna', datasource: { type: '__expr__' } } as Target;
    const { answers } = computed([resample], [a], { fromMs: 0, toMs: 4000 });
    expect(drawn([a, ...answers])).toEqual({
      times: [0, 1, 1.5, 2, 3, 4],
      values: [[1, 2, undefined, null, 4, 5], [1, undefined, 2, undefined, 4, undefined]],
    });
  });

  it('goes on between the times of a query with longer steps, and after a transformation', () => {
    const slow = matrix('B', 2000, [[0, '7'], [4, '9']]);
    expect(drawn([a, slow]).values).toEqual([[1, 2, null, 4, 5], [7, undefined, null, undefined, 9]]);
    expect(drawn([slow, a], false)).toEqual({ times: [0, 1, 3, 4], values: [[7, undefined, undefined, 9], [1, 2, 4, 5]] });
  });

  it('has the figures of its own values alone', () => {
    expect(reduced([1, undefined, 3, undefined], 'last')).toBe(3);
    expect(reduced([undefined, 1, undefined, null], 'count')).toBe(1);
    expect(reduced([undefined], 'mean')).toBeNull();
  });
});
