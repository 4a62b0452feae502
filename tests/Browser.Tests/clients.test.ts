import { createRequire } from 'node:module';
import { expect, inject, test } from 'vitest';

const url = (path: string): string => inject('url') + path;
const check = (name: string, run: () => Promise<void>): void => test.skipIf(inject('missing') !== '')(name, run);

interface PrometheusClient {
  labelNames(metric?: string): Promise<string[]>;
  labelValues(label: string, metric?: string): Promise<string[]>;
  metricNames(): Promise<string[]>;
  metricMetadata(): Promise<Record<string, { type: string; help: string }[]>>;
  series(metric: string): Promise<Record<string, string>[]>;
  flags(): Promise<Record<string, string>>;
}

for (const httpMethod of ['GET', 'POST']) {
  check(`the client of codemirror-promql gets names, values, series, metadata and flags by ${httpMethod}`, async () => {
    const { HTTPPrometheusClient } = createRequire(new URL('../../src/Web/package.json', import.meta.url))('@prometheus-io/codemirror-promql/dist/cjs/client/prometheus') as { HTTPPrometheusClient: new (config: object) => PrometheusClient };
    const failures: unknown[] = [];
    const client = new HTTPPrometheusClient({ url: inject('url'), httpMethod, httpErrorHandler: (failure: unknown) => failures.push(failure) });
    expect(await client.metricNames()).toEqual(expect.arrayContaining(['shop_memory_bytes', 'up', 'shop_latency_seconds_bucket']));
    expect(await client.labelNames()).toEqual(expect.arrayContaining(['__name__', 'job', 'instance', 'path']));
    expect(await client.labelNames('shop_requests_total')).toEqual(['__name__', 'code', 'env', 'instance', 'job', 'path']);
    expect(await client.labelValues('path', 'shop_requests_total')).toEqual(['/', '/cart', '/pay']);
    expect(await client.labelValues('env')).toEqual(['prod']);
    expect((await client.series('shop_requests_total')).map((one) => `${one.path} ${one.code}`).sort()).toEqual(['/ 200', '/ 500', '/cart 200', '/cart 500', '/pay 200', '/pay 500']);
    expect((await client.metricMetadata()).shop_requests_total?.[0]).toMatchObject({ type: 'counter', help: 'Requests answered.' });
    expect((await client.flags())['web.listen-address']).toContain(new URL(inject('url')).port);
    expect(failures).toEqual([]);
  });
}

type Json = Record<string, unknown>;
interface Answer { status: number; type: string; text: string; json: () => Json }

async function ask(method: string, path: string, form?: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await fetch(url(path), { method, headers, ...(form === undefined ? {} : { body: typeof form === 'string' ? form : new URLSearchParams(form) }) });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text, json: () => JSON.parse(text) as Json };
}

// What Grafana's Prometheus data source asks when it is tested, loaded, drawn and explored: method, path, and what has to come back.
check('a Grafana that is pointed at the node gets what its data source expects', async () => {
  // The end of the step under way: a node that has just begun has no samples before it began.
  const now = Math.ceil(Date.now() / 15_000) * 15;
  const range = { start: String(now - 60), end: String(now), step: '15' };
  for (const method of ['GET', 'POST']) {
    const get = (path: string, form: Record<string, string>): Promise<Answer> => (method === 'GET' ? ask('GET', `${path}?${new URLSearchParams(form)}`) : ask('POST', path, form));
    expect((await get('/api/v1/query', { query: '1+1', time: '4' })).json(), 'save and test').toEqual({ status: 'success', data: { resultType: 'scalar', result: [4, '2'] } });
    const panel = await get('/api/v1/query_range', { query: 'shop_memory_bytes', ...range, timeout: '30s', whatever: 'x' });
    expect([panel.status, panel.type.split(';')[0], (panel.json().data as Json).resultType], 'a panel').toEqual([200, 'application/json', 'matrix']);
    expect(((await get('/api/v1/query', { query: 'up', time: `${now}.123` })).json().data as Json).resultType, 'an instant panel').toBe('vector');
    expect((await get('/api/v1/query_exemplars', { query: 'test', start: String(now * 1000), end: String(now * 1000 + 60_000) })).json(), 'the probe for exemplars, in milliseconds').toEqual({ status: 'success', data: [] });
    expect((await get('/api/v1/labels', { limit: '40000', start: range.start, end: range.end, 'match[]': 'shop_requests_total' })).json().data, 'labels').toContain('path');
    expect((await get('/api/v1/series', { 'match[]': '{__name__!=""}', limit: '40000', start: range.start, end: range.end })).json().status, 'series').toBe('success');
    // An ad hoc filter's suggestions come with the method that is configured, an empty body and all in the address.
    expect((await ask(method, `/api/v1/label/path/values?${new URLSearchParams({ 'match[]': 'shop_requests_total', start: range.start, end: range.end })}`)).json().data, 'values').toEqual(['/', '/cart', '/pay']);
    expect((await get('/api/v1/query_exemplars', { query: 'shop_traced_total', start: range.start, end: range.end })).json().status, 'exemplars').toBe('success');
  }

  expect((await ask('GET', '/api/v1/label/__name__/values?limit=40000')).json().data, 'the list of metrics').toContain('shop_stock');
  expect((await ask('GET', '/api/v1/label/U__http_2e_status/values')).json(), 'a name of UTF-8').toEqual({ status: 'success', data: [] });
  expect((((await ask('GET', '/api/v1/metadata?metric=shop_stock')).json().data as Json).shop_stock as Json[])[0], 'help').toMatchObject({ type: 'gauge' });
  expect((await ask('GET', '/api/v1/metadata?limit=40000')).json().status).toBe('success');
  expect(Array.isArray(((await ask('GET', '/api/v1/rules')).json().data as Json).groups), 'rules').toBe(true);
  expect(Array.isArray(((await ask('GET', '/api/v1/alerts')).json().data as Json).alerts), 'alerts').toBe(true);

  // Any member of `features` would make Grafana take the node for Mimir.
  const build = (await ask('GET', '/api/v1/status/buildinfo')).json().data as Json;
  expect([/^3\./.test(String(build.version)), build.features]).toEqual([true, undefined]);

  // 200 and a page for a path that is not there would make it take the node for something else again.
  for (const path of ['/alertmanager/api/v2/status', '/config/v1/rules', '/rules/x', '/prometheus/api/v1/rules', '/api/v1/nothere', '/api/v2/nothere']) {
    const answer = await ask('GET', path);
    expect([answer.status, answer.text.trim()], path).toEqual([404, '404 page not found']);
  }

  // Only these statuses are read as Prometheus's JSON.
  const bad = await ask('POST', '/api/v1/query', { query: 'sum(' });
  expect([bad.status, bad.json().errorType]).toEqual([400, 'bad_data']);
  const wrong = await ask('POST', '/api/v1/query', { query: 'shop_open / on() shop_open' });
  expect([wrong.status, wrong.json().errorType]).toEqual([422, 'execution']);
  const many = await ask('POST', '/api/v1/query_range', { query: 'up', start: '0', end: '11001', step: '1' });
  expect([many.status, String(many.json().error)]).toEqual([400, expect.stringContaining('exceeded maximum resolution of 11,000 points per timeseries')]);
  expect((await ask('GET', '/api/v1/label/__name__/values?limit=2')).json().warnings, 'a list cut short says so').toEqual(['results truncated due to limit']);

  // A proxy that forces gzip gets frames that are whole.
  const packed = await fetch(url('/api/v1/label/__name__/values'), { headers: { 'Accept-Encoding': 'gzip' } });
  expect([packed.headers.get('content-encoding'), ((await packed.json()) as Json).status]).toEqual(['gzip', 'success']);
});
