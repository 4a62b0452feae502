import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What somebody who owns a target may put into a label to get into the page that shows it. */
export const payloads: string[] = [
  '<script>window.owned=1</script>', '<img src=x onerror=window.owned=1>', '"><svg onload=window.owned=1>', "'-window.owned=1-'", '<svg><script>window.owned=1</script></svg>',
  '<iframe srcdoc="<script>parent.owned=1</script>">', '<a href="javascript:window.owned=1">x</a>', '<math><mtext><img src=x onerror=window.owned=1>', '{{constructor.constructor("window.owned=1")()}}',
  '${window.owned=1}', '<body onload=window.owned=1>', '<details open ontoggle=window.owned=1>', '<input autofocus onfocus=window.owned=1>', '<style>@import "javascript:window.owned=1"</style>',
  '</textarea><script>window.owned=1</script>', '</title><script>window.owned=1</script>', '<!--<img src="--><img src=x onerror=window.owned=1>', '<template><script>window.owned=1</script></template>',
  '<object data="data:text/html,<script>parent.owned=1</script>">', '<base href="//evil.example/">', '<link rel=stylesheet href=//evil.example/x.css>', '<meta http-equiv=refresh content="0;url=//evil.example">',
  '\u202Eevil', 'javascript:window.owned=1', 'data:text/html,<script>window.owned=1</script>', '<form><button formaction=javascript:window.owned=1>', '<video><source onerror=window.owned=1>', '<marquee onstart=window.owned=1>',
  '<noscript><p title="</noscript><img src=x onerror=window.owned=1>">', '`-window.owned=1-`',
  '<svg onload=window.owned=1>', '<svg/onload=window.owned=1//', '<img src onerror=window.owned=1>', '<img/src/onerror=window.owned=1>', '"autofocus onfocus=window.owned=1 x="', "' onmouseover='window.owned=1", '</script><script>window.owned=1</script>', '</style><script>window.owned=1</script>',
  '<scr<script>ipt>window.owned=1</script>', '%3Cscript%3Ewindow.owned=1%3C/script%3E', '&lt;script&gt;window.owned=1&lt;/script&gt;', '&#60;script&#62;window.owned=1&#60;/script&#62;', '\\u003cscript\\u003ewindow.owned=1\\u003c/script\\u003e', 'JaVaScRiPt:window.owned=1', ' javascript:window.owned=1', 'java\tscript:window.owned=1',
  'vbscript:window.owned=1', 'data:image/svg+xml,<svg onload=window.owned=1>', '//evil.example/x', 'https://evil.example/"><script>window.owned=1</script>', '[x](javascript:window.owned=1)', '![x](//evil.example/x.png)', '**<img src=x onerror=window.owned=1>**', '`<script>window.owned=1</script>`',
  '__proto__', 'constructor', 'url(//evil.example/x)', 'red;background:url(//evil.example/x)', 'expression(window.owned=1)', '{"__proto__":{"owned":1}}',
];

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function page(scrape: number): string {
  const lines = ['# HELP shop_requests_total Requests answered.', '# TYPE shop_requests_total counter'];
  for (const path of ['/', '/cart', '/pay']) for (const code of ['200', '500']) lines.push(`shop_requests_total{path="${path}",code="${code}"} ${scrape * (path.length * 3 + Number(code) / 100)}`);
  lines.push('# HELP shop_memory_bytes Memory in use.', '# TYPE shop_memory_bytes gauge', `shop_memory_bytes ${5e8 + 1e8 * Math.sin(scrape / 5)}`);
  lines.push('# HELP shop_stock Pieces in stock.', '# TYPE shop_stock gauge');
  for (let item = 0; item < 40; item++) lines.push(`shop_stock{item="item-${item}"} ${100 + item + (scrape % 10)}`);
  lines.push('# HELP shop_latency_seconds Time to an answer.', '# TYPE shop_latency_seconds histogram');
  for (const [i, le] of ['0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf'].entries()) lines.push(`shop_latency_seconds_bucket{le="${le}"} ${scrape * (i + 1) * 3 + Math.round(scrape * i * Math.abs(Math.sin(scrape / 7)))}`);
  lines.push(`shop_latency_seconds_sum ${scrape * 4}`, `shop_latency_seconds_count ${scrape * 27}`);
  lines.push('# HELP shop_open Whether a till is open.', '# TYPE shop_open gauge');
  for (const till of ['1', '2', '3']) lines.push(`shop_open{till="${till}"} ${Math.floor(scrape / (4 * Number(till))) % 2}`);
  lines.push(`# HELP hostile ${payloads[0]}`, '# TYPE hostile gauge');
  payloads.forEach((payload, i) => lines.push(`hostile{n="${i}",payload="${escaped(payload)}"} ${i + scrape % 3}`));
  return lines.join('\n') + '\n';
}

const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]);
const zigzag = (value: number): number[] => varint(value >= 0 ? value * 2 : -value * 2 - 1);
const sized = (field: number, bytes: number[]): number[] => [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
const double = (field: number, value: number): number[] => [...varint(field * 8 + 1), ...new Uint8Array(new Float64Array([value]).buffer)];
const text = (field: number, value: string): number[] => sized(field, [...Buffer.from(value)]);

/** A native histogram exists in protobuf alone (io.prometheus.client.MetricFamily, delimited): eight buckets from 1/16 on, each twice as wide as the one before. */
function nativePage(scrape: number): Buffer {
  const counts = Array.from({ length: 8 }, (_, i) => scrape * (1 + Math.round(4 * Math.abs(Math.sin(i + scrape / 9)))));
  const deltas = counts.flatMap((count, i) => zigzag(count - (counts[i - 1] ?? 0)));
  const histogram = [
    ...varint(1 * 8), ...varint(counts.reduce((a, b) => a + b)), ...double(2, scrape * 3), ...varint(5 * 8), ...zigzag(0), ...double(6, 1e-9), ...varint(7 * 8), 0,
    ...sized(12, [...varint(1 * 8), ...zigzag(-3), ...varint(2 * 8), ...varint(counts.length)]), ...sized(13, deltas),
  ];
  const family = [...text(1, 'shop_basket_size'), ...text(2, 'Pieces in a basket.'), ...varint(3 * 8), 4, ...sized(4, sized(7, histogram))];
  return Buffer.from([...varint(family.length), ...family]);
}

/** A shop with a few metrics, some of whose labels mean harm. */
export async function startExporter(): Promise<{ port: number; server: Server }> {
  let scrape = 0;
  let nativeScrape = 0;
  let tracedScrape = 0;
  const server = createServer((request, response) => {
    if (request.url === '/traced') {
      tracedScrape++;
      response.setHeader('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
      response.end(`# TYPE shop_traced counter\nshop_traced_total ${tracedScrape * 2} # {trace_id="trace-${tracedScrape}",payload="${escaped(payloads[tracedScrape % 3]!)}"} ${1 + (tracedScrape % 5) / 4}\n# EOF\n`);
      return;
    }
    if (request.url === '/broken') {
      response.setHeader('Content-Type', 'text/plain; version=0.0.4');
      response.end(`broken{x="${escaped(payloads[0]!)}"} ${payloads[1]!}\n`);
      return;
    }
    if (request.url === '/native') {
      response.setHeader('Content-Type', 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited');
      response.end(nativePage(++nativeScrape));
      return;
    }
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.end(request.url === '/metrics' ? page(++scrape) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}
