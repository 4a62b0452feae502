import { describe, expect, it } from 'vitest';
import type { Scope } from './interpolate';
import { dashboardLinkText, hrefOf, linkText } from './links';

const scope: Scope = { fromMs: 0, toMs: 1, stepMs: 1, scrapeMs: 1, variables: { job: { values: ['a b', 'c'], isList: true, isAll: false }, one: { values: ['x&y'], isList: false, isAll: false } } };
const range = { from: 'now-6h', to: 'now' };

describe('a link', () => {
  it.each([
    ['/d/x?${__url_time_range}', '/d/x?from=now-6h&to=now'], ['/d/x?${job:queryparam}', '/d/x?var-job=a%20b&var-job=c'], ['/d/x?${__all_variables}', '/d/x?var-job=a%20b&var-job=c&var-one=x%26y'],
    ['https://e.org/?q=$one', 'https://e.org/?q=x%26y'], ['/d/x?var-i=${__field.labels.instance}', '/d/x?var-i=h%3A1'], ['/d/x?v=${__value.raw}&n=${__series.name}', '/d/x?v=7&n=the%20name'], ['${__data.fields.host}', 'row%20host'], ['$unknown', '$unknown'],
  ])('%s', (template, filled) => {
    const frame = { refId: 'A', name: '', fields: [{ name: 'host', kind: 'string' as const, labels: {}, values: ['row host'] }] };
    expect(linkText(template, scope, range, { name: 'the name', labels: { instance: 'h:1' }, value: 7, row: { frame, at: 0 } })).toBe(filled);
  });

  it('of a dashboard takes time and variables along', () => {
    expect(dashboardLinkText({ keepTime: true, includeVars: true }, '/d/y', scope, range)).toBe('/d/y?from=now-6h&to=now&var-job=a%20b&var-job=c&var-one=x%26y');
  });

  it('to a dashboard stays within, one to the web leaves, and what would run something is none', () => {
    expect(hrefOf('d/abc/name?var-a=1&var-a=2&from=now-1h')).toEqual({ within: true, path: '/d/abc/name', params: { 'var-a': '1\u001f2', from: 'now-1h' } });
    expect(hrefOf('https://example.org/x')).toEqual({ within: false, url: 'https://example.org/x' });
    for (const bad of ['javascript:window.owned=1', ' JaVaScRiPt:alert(1)', 'data:text/html,<script>1</script>', 'vbscript:x', '//evil.example/', 'file:///etc/passwd', 'dangerous', '']) expect(hrefOf(bad)).toBeNull();
  });
});
