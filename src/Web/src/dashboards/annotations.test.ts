import { describe, expect, it } from 'vitest';
import { annotationQueries, eventsOf, eventsMax, showsOn, stepOf } from './annotations';

const matrix = (values: [number, string][], metric: Record<string, string> = { job: 'shop' }) => ({ resultType: 'matrix' as const, result: [{ metric, values }] });

describe('an annotation', () => {
  it('is an event for each time in which it is not zero', () => {
    const events = eventsOf({ name: 'Restart', titleFormat: '{{job}} restarted', textFormat: 'by {{who}}', iconColor: 'blue' }, matrix([[1, '0'], [2, '1'], [3, '2'], [4, '0'], [9, '1'], [20, '1']]), 1000);
    expect(events.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[2000, 3000], [9000, 9000], [20_000, 20_000]]);
    expect(events[0]).toMatchObject({ title: 'shop restarted', text: 'by ', color: '#5794f2' });
  });

  it('may stand where its value says, and ends somewhere', () => {
    expect(eventsOf({ name: 'Deploy', useValueForTime: 'on' }, matrix([[1, '5000'], [2, '5000'], [3, 'NaN']]), 1000).map(({ fromMs, title }) => [fromMs, title])).toEqual([[5000, 'Deploy']]);
    expect(eventsOf({ name: 'x' }, matrix(Array.from({ length: 5000 }, (_, i): [number, string] => [i * 10, '1'])), 1000)).toHaveLength(eventsMax);
  });

  it('of other sources is left out, and shows on the panels it names', () => {
    expect(annotationQueries({ uid: '', title: '', annotations: { list: [{ builtIn: 1, name: 'Annotations & Alerts' }, { name: 'mine', expr: 'up == 0' }, { name: 'theirs' }] } }).map(({ name }) => name)).toEqual(['mine']);
    expect([stepOf({ step: '30s' }), stepOf({})]).toEqual([30_000, 60_000]);
    const panel = { id: 2, type: 'timeseries' };
    expect([showsOn({}, panel), showsOn({ filter: { ids: [2] } }, panel), showsOn({ filter: { ids: [2], exclude: true } }, panel), showsOn({ filter: { ids: [3] } }, panel)]).toEqual([true, true, false, false]);
  });
});
