import { describe, expect, it } from 'vitest';
import { into, readWhere, selectorOf, whereText } from './cardinality';

const metric = { label: '__name__', value: 'up' };

describe('a place in the explorer of cardinality', () => {
  it.each([
    [[metric], 'up'],
    [[metric, { label: 'job', value: 'a"b' }], 'up{job="a\\"b"}'],
    [[{ label: 'job', value: 'x' }], '{job="x"}'],
    [[{ label: 'job', value: '' }], '{__name__!="", job=""}'],
    [[], '{__name__!=""}'],
    [[{ label: '__name__', value: 'a.b' }, { label: 'c d', value: 'e' }], '{"a.b", "c d"="e"}'],
  ])('selects %j', (where, selector) => expect(selectorOf({ where, by: '' })).toBe(selector));

  it('is kept in the address', () => {
    const where = [metric, { label: 'path', value: 'a=b' }];
    expect(readWhere([...whereText(where), 'nonsense', '=x'])).toEqual(where);
  });

  it('leads from metric to label to value', () => {
    const one = into({ where: [], by: '' }, 'up');
    const two = into(one, 'job');
    expect([one, two, into(two, 'node')]).toEqual([{ where: [metric], by: '' }, { where: [metric], by: 'job' }, { where: [metric, { label: 'job', value: 'node' }], by: '' }]);
    expect(into({ where: [], by: 'job' }, 'node')).toEqual({ where: [{ label: 'job', value: 'node' }], by: '' });
  });
});
