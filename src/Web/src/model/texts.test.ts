import { describe, expect, it } from 'vitest';
import { fuzzyFilter, fuzzyScore } from './fuzzy';
import { placeOf } from './queryError';
import { rowsOf, toCsv } from './resultRows';
import { anyOf, distinctNames, legendText, selectorText, seriesText } from './seriesName';
import { isWanted, poolsOf, safeUrl } from './targetGroups';
import { yamlTokens } from './yamlLine';
import type { ActiveTarget, QueryData } from '../api/types';

describe('a series', () => {
  it('is written as PromQL writes it', () => {
    expect(seriesText({ __name__: 'up', job: 'a"b' })).toBe('up{job="a\\"b"}');
    expect(seriesText({ __name__: 'http.requests', 'my.label': 'x' })).toBe('{"http.requests", "my.label"="x"}');
    expect(seriesText({ __name__: 'up' })).toBe('up');
    expect(seriesText({})).toBe('{}');
  });

  it('is called by its template', () => expect(legendText({ job: 'a' }, '{{ job }} on {{missing}}')).toBe('a on '));

  it('is told apart from others by what they do not share', () => {
    expect(distinctNames([{ __name__: 'm', a: '1', b: 'x' }, { __name__: 'm', a: '2', b: 'x' }])).toEqual(['m{a="1"}', 'm{a="2"}']);
    expect(distinctNames([{ __name__: 'm', a: '1' }])).toEqual(['m{a="1"}']);
    expect(distinctNames([{ a: '1' }, { a: '1', b: '' }])).toEqual(['{}', '{b=""}']);
  });

  it('is selected with its values escaped', () => {
    expect(selectorText('up', [anyOf('job', ['a.b', 'c'])])).toBe('up{job=~"a\\\\.b|c"}');
    expect(selectorText('up', [anyOf('job', ['a.b'])])).toBe('up{job="a.b"}');
  });
});

describe('a fuzzy search', () => {
  it('finds letters in their order, whole words first', () => {
    expect(fuzzyScore('ncpu', 'node_cpu_seconds_total')).not.toBeNull();
    expect(fuzzyScore('upc', 'cpu')).toBeNull();
    expect(fuzzyFilter('cpu', ['a_cup', 'node_cpu', 'cpu'], (one) => one)).toEqual(['cpu', 'node_cpu']);
    expect(fuzzyFilter('', ['b', 'a'], (one) => one)).toEqual(['b', 'a']);
  });
});

describe('the place of an error', () => {
  it('is what the message names', () => {
    expect(placeOf('invalid parameter "query": 1:5: parse error: unexpected', 'sum(foo)')).toEqual({ from: 4, to: 7 });
    expect(placeOf('2:1: parse error: unexpected end of input', 'a\n')).toEqual({ from: 1, to: 2 });
    expect(placeOf('3:1: parse error: x', 'a')).toBeNull();
    expect(placeOf('too many samples', 'a')).toBeNull();
  });
});

describe('a table of results', () => {
  const data: QueryData = { resultType: 'vector', result: [{ metric: { __name__: 'a', z: '1' }, value: [1, '2'] }, { metric: { b: '3,"' }, value: [1, '+Inf'] }] };
  it('has a column a label, the name first', () => {
    const table = rowsOf([data, undefined]);
    expect(table.columns).toEqual(['__name__', 'b', 'z']);
    expect(table.rows.map((row) => row.value)).toEqual([2, Infinity]);
    expect(toCsv(table.columns, table.rows)).toBe('__name__,b,z,value\r\na,,1,2\r\n,"3,""",,+Inf\r\n');
  });

  it('has one row for a number', () => expect(rowsOf([{ resultType: 'scalar', result: [1, '2'] }]).rows).toEqual([{ query: 0, labels: {}, text: '2', value: 2 }]));
});

describe('targets', () => {
  const target = (pool: string, url: string, health: ActiveTarget['health'], lastError = ''): ActiveTarget => ({
    discoveredLabels: {}, labels: { instance: url }, scrapePool: pool, scrapeUrl: url, globalUrl: url, lastError, lastScrape: '', lastScrapeDuration: 0, health, scrapeInterval: '15s', scrapeTimeout: '10s',
  });
  it('stand by job, what is wrong first', () => {
    const pools = poolsOf([target('b', 'x', 'up'), target('a', '10', 'up'), target('a', '9', 'up'), target('a', '11', 'down')]);
    expect(pools.map((pool) => pool.name)).toEqual(['a', 'b']);
    expect(pools[0]!.targets.map((one) => one.scrapeUrl)).toEqual(['11', '9', '10']);
    expect(pools[0]!.up).toBe(2);
  });

  it('are found by any of their words', () => {
    expect(isWanted(target('node', 'http://h', 'down', 'refused'), 'NODE refused', '')).toBe(true);
    expect(isWanted(target('node', 'http://h', 'down'), '', 'up')).toBe(false);
  });

  it('are linked only where the link cannot run anything', () => {
    expect(safeUrl('http://h:1/metrics')).toBe('http://h:1/metrics');
    for (const url of ['javascript:alert(1)', 'data:text/html,x', ' java\nscript:alert(1)', 'h:1']) expect(safeUrl(url), url).toBeUndefined();
  });
});

describe('a line of YAML', () => {
  it('loses no character', () => {
    for (const line of ['a: b # c', '  - job_name: "x # y"', '# all', '', '   ', "url: 'http://a#b'", '- 5', 'a:', 'k: v   ', '  - a: 1m']) expect(yamlTokens(line).map((token) => token.text).join('')).toBe(line);
  });

  it('is cut into what it is', () => expect(yamlTokens('interval: 15s # slow').map((token) => token.kind)).toEqual(['key', 'plain', 'plain', 'number', 'plain', 'comment']));
});
