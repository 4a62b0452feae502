import { describe, expect, it } from 'vitest';
import { fill } from '../i18n/fill';
import { en } from '../i18n/en';
import { ko } from '../i18n/ko';
import { match } from '../keyboard/sequences';
import { addressOf, parseParams, placeOf } from '../routing/address';
import { childrenOf, nodeText, nodeTitle } from '../promql/syntaxTree';
import { readExplore, writeExplore } from './exploreState';
import { pastMax, remembered, type PastQuery } from './history';

describe('the address of explore', () => {
  it('holds all of its state', () => {
    const state = readExplore({});
    const changed = { ...state, queries: [{ expr: 'up', hidden: true, legend: '{{job}}' }, { expr: 'a & b', hidden: false, legend: '' }], view: 'table' as const, range: { from: 'now/d', to: 'now/d' }, refresh: '10s', step: '1m', stacked: true, unit: 'bytes', only: ['x{a="1"}', 'y'] };
    expect(readExplore(parseParams(new URLSearchParams(writeExplore(changed)).toString()))).toEqual(changed);
  });

  it('is empty where everything has its default', () => expect(writeExplore(readExplore({}))).toEqual({}));

  it('understands what Prometheus writes', () => {
    expect(readExplore({ 'g0.expr': 'up', 'g0.tab': '1', 'g0.range_input': '2h' })).toMatchObject({ view: 'table', range: { from: 'now-2h', to: 'now' } });
    expect(readExplore({ 'g0.expr': 'up', 'g0.range_input': '1h', 'g0.end_input': '2026-11-20 09:00:00' }).range).toEqual({ from: String(Date.UTC(2026, 10, 20, 8)), to: String(Date.UTC(2026, 10, 20, 9)) });
  });

  it('takes nonsense for nothing', () => expect(readExplore({ only: '{', view: 'x', 'g0.range_input': 'x' })).toEqual(readExplore({})));
});

describe('a place', () => {
  it('is read and written below any prefix', () => {
    expect(placeOf('/prom/', '/prom/query', '?a=b%20c')).toEqual({ path: '/query', params: { a: 'b c' } });
    expect(placeOf('/prom/', '/prom', '')).toEqual({ path: '/', params: {} });
    expect(placeOf('/prom/', '/promx/query', '')).toBeNull();
    expect(addressOf('/prom/', '/query', { a: 'b c' })).toBe('/prom/query?a=b+c');
    expect(addressOf('/', '/query')).toBe('/query');
  });
});

describe('the history', () => {
  const past = (expr: string, starred = false): PastQuery => ({ expr, atMs: 0, starred });
  it('moves a known query up and keeps its star', () => expect(remembered([past('a'), past('b', true)], 'b', 5).map((query) => [query.expr, query.starred])).toEqual([['b', true], ['a', false]]));
  it('forgets the oldest without a star', () => {
    const full = Array.from({ length: pastMax }, (_, i) => past(String(i), i === pastMax - 1));
    const next = remembered(full, 'new', 1);
    expect(next).toHaveLength(pastMax);
    expect(next.at(-1)!.starred).toBe(true);
    expect(next.some((query) => query.expr === String(pastMax - 2))).toBe(false);
  });
});

describe('a sequence of keys', () => {
  const all = [{ keys: 'g e', label: '', run: () => undefined }, { keys: '?', label: '', run: () => undefined }];
  it('is begun, then whole, or nothing', () => {
    expect(match(['g'], all)).toBe('begun');
    expect(match(['g', 'e'], all)).toBe(all[0]);
    expect(match(['?'], all)).toBe(all[1]);
    expect(match(['x'], all)).toBeNull();
  });
});

describe('a message', () => {
  it('is filled in and counted', () => {
    expect(fill('{count} {count|row|rows} of {name}', { count: 1, name: 'x' })).toBe('1 row of x');
    expect(fill('{count} {count|row|rows}', { count: 2000 })).toBe('2,000 rows');
    expect(fill('Legend: {{label}}')).toBe('Legend: {{label}}');
  });

  it('names the same values in every language', () => {
    const names = (text: string): string => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort().join();
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect(names(ko[key]), key).toBe(names(en[key]));
  });
});

describe('a syntax tree', () => {
  const selector = { type: 'vectorSelector', name: 'a', matchers: [{ name: '__name__', type: '=', value: 'a' }, { name: 'x', type: '=~', value: 'y' }], offset: 300_000, timestamp: null, startOrEnd: null };
  const tree = { type: 'aggregation', op: 'sum', expr: { type: 'call', func: { name: 'rate' }, args: [{ ...selector, type: 'matrixSelector', range: 60_000 }] }, param: null, grouping: ['job'], without: false };
  it('is written back as PromQL', () => {
    expect(nodeText(tree as never)).toBe('sum by (job) (rate(a{x=~"y"}[1m] offset 5m))');
    expect(nodeTitle(tree as never)).toBe('sum');
    expect(childrenOf(tree as never)).toHaveLength(1);
    expect(nodeText({ type: 'binaryExpr', op: '/', lhs: selector, rhs: { type: 'numberLiteral', val: '2' }, bool: false, matching: null } as never)).toBe('a{x=~"y"} offset 5m / 2');
  });
});
