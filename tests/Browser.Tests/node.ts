import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { payloads, startExporter } from './exporter';
import { missing, pleiad } from './surroundings';

declare module 'vitest' {
  interface ProvidedContext { url: string; missing: string }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Polls a program outside of this process until it is as it should be. */
async function until(what: string, limitMs: number, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition().catch(() => false))) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await pause(100);
  }
}

/** Starts one real node that scrapes a shop, itself, and a target that is not there; ends it after the last test. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  let why = missing();
  if (why) {
    console.log(`The browser tests are skipped: ${why}.`);
    project.provide('missing', why);
    project.provide('url', '');
    return undefined;
  }

  // JSON is YAML.
  const hostileLabels = JSON.stringify(Object.fromEntries(payloads.map((payload, i) => [`p${i}`, payload])));
  const folder = mkdtempSync(join(tmpdir(), 'pleiad-browser-'));
  const exporter = await startExporter();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, 'prometheus.yml'), `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['127.0.0.1:${exporter.port}'], labels: { env: prod } }]
  - job_name: baskets
    metrics_path: /native
    scrape_native_histograms: true
    static_configs: [{ targets: ['127.0.0.1:${exporter.port}'] }]
  - job_name: traced
    metrics_path: /traced
    static_configs: [{ targets: ['127.0.0.1:${exporter.port}'] }]
  - job_name: pleiad
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
  - job_name: gone
    static_configs: [{ targets: ['127.0.0.1:9'] }]
  - job_name: dropped
    static_configs: [{ targets: ['10.0.0.1:1'] }]
    relabel_configs: [{ source_labels: [__address__], regex: '(.*):.*', target_label: host }, { action: drop, source_labels: [host], regex: '10[.].*' }]
  - job_name: ${JSON.stringify(`zz ${payloads[0]!}`)}
    metrics_path: /broken
    static_configs: [{ targets: ['127.0.0.1:${exporter.port}'], labels: ${hostileLabels} }]
  - job_name: ${JSON.stringify(`zz ${payloads[1]!}`)}
    static_configs: [{ targets: ['10.0.0.2:1'], labels: ${hostileLabels} }]
    relabel_configs: [{ source_labels: [p0], target_label: copy }, { action: drop, source_labels: [p3], regex: ${JSON.stringify('.*' + payloads[3]!.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))} }]
`);
  const node: ChildProcess = spawn(pleiad, [`--storage.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, `--config.file=${join(folder, 'prometheus.yml')}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  node.stdout!.on('data', (text: Buffer) => { said = (said + text).slice(-20_000); });
  node.stderr!.on('data', (text: Buffer) => { said = (said + text).slice(-20_000); });
  const stop = async (): Promise<void> => {
    node.kill('SIGKILL');
    exporter.server.closeAllConnections();
    exporter.server.close();
    if (node.exitCode === null) await new Promise((resolve) => node.once('exit', resolve));
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await until(`${url} is ready`, 60_000, async () => (await fetch(`${url}/-/ready`)).ok);
    // Enough that every chart has lines.
    await until('ten scrapes of the shop are stored', 60_000, async () => {
      const answer = (await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent('count_over_time(shop_memory_bytes[2m])')}`)).json()) as { data: { result: { value: [number, string] }[] } };
      return Number(answer.data.result[0]?.value[1] ?? 0) >= 10;
    });
  } catch (failure) {
    await stop();
    throw new Error(`${String(failure)}\n${said}`);
  }

  if (!(await (await fetch(url)).text()).includes('id="root"')) {
    why = 'the node was built without the interface';
    console.log(`The browser tests are skipped: ${why}.`);
  }
  project.provide('missing', why ?? '');
  project.provide('url', url);
  return stop;
}
