// How long a dashboard takes until every panel in the window is drawn, from the first byte asked for; how far it shifts, and how it scrolls.
//   node drawn.mjs URL [RUNS]
import { chromium } from 'playwright-core';

const [url, runs = '5'] = process.argv.slice(2);
if (!url) {
  console.error('node drawn.mjs URL [RUNS]');
  process.exit(2);
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' })).newPage();
await page.addInitScript(() => {
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shift += entry.value; })).observe({ type: 'layout-shift', buffered: true });
});
let answers = 0;
page.on('requestfinished', (request) => { if (/\/api\/v1\/query/.test(request.url())) answers++; });

const drawn = () => {
  const panels = [...document.querySelectorAll('article[data-panel]')].filter((panel) => { const box = panel.getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0; });
  const isDone = (panel) => !panel.querySelector('.progress[data-busy=true]') && panel.querySelector('.board-body').childElementCount > 0 && [...panel.querySelectorAll('.chart')].every((chart) => chart.querySelector('canvas'));
  return panels.length > 0 && panels.every(isDone) && panels.length;
};

for (let run = 1; run <= Number(runs); run++) {
  answers = 0;
  const began = Date.now();
  await page.goto(url, { waitUntil: 'commit' });
  const panels = await (await page.waitForFunction(drawn, null, { timeout: 120_000, polling: 'raf' })).jsonValue();
  const took = Date.now() - began;
  const shift = await page.evaluate(() => window.shift);
  const frames = await page.evaluate(async () => {
    const times = [];
    const end = performance.now() + 2000;
    await new Promise((resolve) => {
      const next = (now) => {
        times.push(now);
        scrollBy(0, 24);
        if (now < end) requestAnimationFrame(next);
        else resolve();
      };
      requestAnimationFrame(next);
    });
    return { perSecond: (1000 * (times.length - 1)) / (times.at(-1) - times[0]), longestMs: Math.max(...times.slice(1).map((time, i) => time - times[i])) };
  });
  console.log(`run ${run}: ${panels} panels drawn after ${took} ms, ${answers} queries, layout shift ${shift.toFixed(3)}; scrolling ${frames.perSecond.toFixed(0)} frames a second, the longest ${frames.longestMs.toFixed(0)} ms`);
}
await browser.close();
