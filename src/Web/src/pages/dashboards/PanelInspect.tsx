import { useState } from 'react';
import { Button, Drawer } from '@mantine/core';
import { pictureOf } from '../../charts/picture';
import '../../theme/overlays';
import { csvOf } from '../../dashboards/csv';
import { isInstant } from '../../dashboards/panelData';
import { useBoard } from '../../i18n/useBoard';
import { useEditing } from '../../i18n/useEditing';
import { formatDuration } from '../../model/duration';
import { formatValue } from '../../model/units';
import { formatTime } from '../../model/zone';
import { CopyButton } from '../../parts/CopyButton';
import { download } from '../../parts/download';
import { IconDownload } from '../../parts/icons';
import { usePreferences } from '../../state/preferences';
import { PlanView } from '../explore/PlanView';
import type { PanelData } from './usePanelData';

/** Characters of an answer shown at most. */
const shownMax = 100_000;

/** What a panel asked, with its variables filled in, what that cost and on which shards, and what came back. */
export function PanelInspect({ title, panelKey, data, onClose }: { title: string; panelKey: string; data: PanelData; onClose: () => void }) {
  const e = useEditing();
  const b = useBoard();
  const { zone } = usePreferences();
  const [planned, setPlanned] = useState<number | null>(null);
  const csv = csvOf(data.frames);
  const chart = document.querySelector<HTMLCanvasElement>(`article[data-panel=${JSON.stringify(panelKey)}] canvas`);
  return (
    <Drawer opened onClose={onClose} title={e('inspect.title', { title })} position="right" size="xl" closeButtonProps={{ 'aria-label': b('close') }}>
      <div style={{ display: 'flex', flexDirection: 'column', gap: 12 }}>
        {data.asked.map(({ target, expr, grid }, i) => {
          const cost = data.costs[i];
          const result = data.answers.find((answer) => answer.target.refId === target.refId)?.data;
          const series = result && (result.resultType === 'matrix' || result.resultType === 'vector') ? result.result : [];
          const points = series.reduce((sum, one) => sum + ('values' in one && one.values ? one.values.length : 'histograms' in one && one.histograms ? one.histograms.length : 1), 0);
          const letter = target.refId ?? 'A';
          return (
            <div key={letter} className="override">
              <div className="edit-row"><b style={{ color: 'var(--accent)' }}>{letter}</b><code className="mono" style={{ flex: 1, overflowWrap: 'anywhere' }}>{expr}</code><CopyButton text={expr} /></div>
              <div className="dim tabular" style={{ fontSize: '0.78rem' }}>{isInstant(target) ? e('inspect.at', { time: formatTime(data.span.toMs, zone) }) : e('inspect.range', { from: formatTime(grid.startMs, zone), to: formatTime(grid.endMs, zone), step: formatDuration(grid.stepMs) })}</div>
              {cost && <div className="dim tabular" style={{ fontSize: '0.78rem' }}>{e('inspect.cost', { series: series.length, points, ms: Math.round(cost.tookMs), bytes: formatValue(cost.bytes, 'bytes') })}</div>}
              <Button size="compact-xs" variant="default" style={{ alignSelf: 'flex-start' }} aria-expanded={planned === i} onClick={() => setPlanned(planned === i ? null : i)}>{e('inspect.plan', { letter })}</Button>
              {planned === i && <PlanView expr={expr} grid={isInstant(target) ? { startMs: data.span.toMs, endMs: data.span.toMs, stepMs: grid.stepMs } : grid} />}
            </div>
          );
        })}
        {chart && <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<IconDownload size={14} />} onClick={() => void drawn(chart, title).then((blob) => download(`${title || 'panel'}.png`, blob, 'image/png'))}>{e('inspect.png')}</Button>}
        <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<IconDownload size={14} />} disabled={csv.rows === 0} onClick={() => download(`${title || 'panel'}.csv`, csv.text, 'text/csv')}>{e('inspect.csv', { rows: csv.rows })}</Button>
        <details className="option-group">
          <summary>{e('inspect.json')}</summary>
          <pre className="diff mono" tabIndex={0}>{JSON.stringify(data.answers.map((answer) => answer.data), null, 2).slice(0, shownMax)}</pre>
        </details>
      </div>
    </Drawer>
  );
}

/** A chart as it stands on the page, with what its legend shows. */
function drawn(chart: HTMLCanvasElement, title: string): Promise<Blob> {
  const article = chart.closest('article')!;
  const legend = [...article.querySelectorAll('.small-legend button, .legend-row')].flatMap((entry) => {
    const mark = entry.querySelector('i');
    return mark && entry.getAttribute('aria-pressed') !== 'false' ? [{ name: (entry.querySelector('i + span') ?? entry).textContent, color: getComputedStyle(mark).backgroundColor }] : [];
  });
  const style = getComputedStyle(article);
  return pictureOf(chart, title, legend, style.backgroundColor, style.color);
}
