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
];

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function page(scrape: number): string {
  const lines = ['# HELP shop_requests_total Requests answered.', '# TYPE shop_requests_total counter'];
  for (const path of ['/', '/cart', '/pay']) for (const code of ['200', '500']) lines.push(`shop_requests_total{path="${path}",code="${code}"} ${scrape * (path.length * 3 + Number(code) / 100)}`);
  lines.push('# HELP shop_memory_bytes Memory in use.', '# TYPE shop_memory_bytes gauge', `shop_memory_bytes ${5e8 + 1e8 * Math.sin(scrape / 5)}`);
  lines.push('# HELP shop_stock Pieces in stock.', '# TYPE shop_stock gauge');
  for (let item = 0; item < 40; item++) lines.push(`shop_stock{item="item-${item}"} ${100 + item + (scrape % 10)}`);
  lines.push(`# HELP hostile ${payloads[0]}`, '# TYPE hostile gauge');
  payloads.forEach((payload, i) => lines.push(`hostile{n="${i}",payload="${escaped(payload)}"} ${i + scrape % 3}`));
  return lines.join('\n') + '\n';
}

/** A shop with a few metrics, some of whose labels mean harm. */
export async function startExporter(): Promise<{ port: number; server: Server }> {
  let scrape = 0;
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.end(request.url === '/metrics' ? page(++scrape) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server };
}
