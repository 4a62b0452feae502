import { describe, expect, it } from 'vitest';
import { distinctQuery, labelsQuery, readWhere, selectorOf, totalQuery, valuesQuery, whereText } from './cardinality';

const metric = { label: '__name__', value: 'up' };

describe('queries about cardinality', () => {
  it.each([
    [[metric], 'up'],
    [[metric, { label: 'job', value: 'a"b' }], 'up{job="a\\"b"}'],
    [[{ label: 'job', value: 'x' }], '{job="x"}'],
    [[{ label: 'job', value: '' }], '{__name__!="", job=""}'],
    [[], '{__name__!=""}'],
    [[{ label: '__name__', value: 'a.b' }, { label: 'c d', value: 'e' }], '{"a.b", "c d"="e"}'],
  ])('select %j', (where, selector) => expect(selectorOf({ where, by: '' })).toBe(selector));

  it('count series and values', () => {
    const place = { where: [metric], by: 'job' };
    expect(totalQuery(place)).toBe('count(up)');
    expect(distinctQuery(place)).toBe('count(count by (job) (up))');
    expect(valuesQuery({ ...place, by: 'a.b' }, 20)).toBe('topk(20, count by ("a.b") (up))');
    expect(labelsQuery(place, ['job', 'a$b'])).toBe('label_replace(count(count by (job) (up)), "label", "job", "", "") or label_replace(count(count by ("a$b") (up)), "label", "a$$b", "", "")');
  });

  it('keep their labels in the address', () => {
    const where = [metric, { label: 'path', value: 'a=b' }];
    expect(readWhere([...whereText(where), 'nonsense', '=x'])).toEqual(where);
  });
});
