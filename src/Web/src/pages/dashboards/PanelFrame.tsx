import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Menu, Tooltip } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import type { Placed } from '../../dashboards/sections';
import { foreignSources } from '../../dashboards/sources';
import { useBoard } from '../../i18n/useBoard';
import { formatTime } from '../../model/zone';
import { IconAlertTriangle, IconCompass, IconExternalLink, IconInfoCircle, IconLink } from '../../parts/icons';
import { ProgressBar } from '../../parts/ProgressBar';
import { useProgress } from '../../parts/useProgress';
import { useSlow } from '../../parts/useSlow';
import { Link } from '../../routing/Link';
import { usePreferences } from '../../state/preferences';
import type { Board } from './board';
import { Centered } from './panels/Centered';
import { PanelBoundary } from './PanelBoundary';
import { drawsData, PanelBody, type PanelProps } from './PanelBody';
import { usePanelData } from './usePanelData';
import { AnyLink, followed } from './ValueLink';

const PanelInspect = lazy(() => import('./PanelInspect').then((m) => ({ default: m.PanelInspect })));

/** How the server begins to say that shards nobody answered for are missing. */
const partialMark = 'partial:';

export type { PanelProps };

/** One panel: its title, its data once it can be seen, and what is wrong with it without taking the others down. */
export function PanelFrame({ placed, board, heightPx, tools, handle }: { placed: Placed; board: Board; heightPx: number; tools?: (inspect: () => void) => ReactNode; handle?: ReactNode }) {
  const [inspecting, setInspecting] = useState(false);
  const b = useBoard();
  const { zone } = usePreferences();
  const { panel, scoped, key } = placed;
  const { ref, inViewport } = useInViewport<HTMLElement>();
  const data = usePanelData(panel, board, scoped, drawsData(panel.type) && inViewport);
  const isSlow = useSlow(data.fetching);
  const progress = useProgress(isSlow, data.sent);
  const isWaiting = isSlow || (data.fetching && !data.answered);
  const { fill, asked, error, staleSinceMs } = data;
  const partial = data.notes.find((note) => note.startsWith(partialMark));
  const unasked = data.asked.length > 0 ? foreignSources(panel).map((type) => b('foreign', { type })) : [];
  const notes = [...data.notes.filter((note) => note !== partial), ...unasked];
  const title = fill(panel.title ?? '');
  const ownTime = panel.hideTimeOverride ? '' : [panel.timeFrom && b('time.last', { time: panel.timeFrom.replace(/^now-/, '') }), panel.timeShift && b('time.shifted', { time: panel.timeShift.replace(/^now-/, '') })].filter(Boolean).join(', ');
  const links = followed(panel.links, data.scope, board.range, {});
  const hasHead = title !== '' || error !== null || partial !== undefined || tools !== undefined || links.length > 0;
  const inExplore = Object.fromEntries([...asked.map((one, i) => [`g${i}.expr`, one.expr]), ['from', board.range.from], ['to', board.range.to]]);
  const said = error ? error.message : notes.join('\n');
  return (
    <article ref={ref} className={panel.transparent ? 'board-panel' : 'board-panel panel'} aria-label={title} data-testid={`panel-${key}`} data-panel={key}>
      {hasHead && (
        <header>
          {handle}
          <span title={title}>{title}</span>
          {ownTime && <span className="dim" style={{ flex: 'none', fontSize: '0.74rem', fontWeight: 400 }}>{ownTime}</span>}
          {panel.description && <Tooltip label={fill(panel.description)} multiline maw={360}><span style={{ color: 'var(--ink-dim)', lineHeight: 0, flex: 'none' }}><IconInfoCircle size={14} /></span></Tooltip>}
          {said && <Tooltip label={said} multiline maw={420}><span role="note" aria-label={said} style={{ color: error ? 'var(--bad)' : 'var(--warn)', lineHeight: 0, flex: 'none' }}><IconAlertTriangle size={14} /></span></Tooltip>}
          {partial && <span className="head-badge" role="status" title={partial}>{partial}</span>}
          {staleSinceMs !== null && <span className="head-badge" data-bad="true" role="status">{b('stale', { time: formatTime(staleSinceMs, zone).slice(11) })}</span>}
          {links.length > 0 && (
            <Menu position="bottom-start" withinPortal>
              <Menu.Target><button type="button" className="head-tool" aria-label={b('links')} title={b('links')}><IconLink size={14} /></button></Menu.Target>
              <Menu.Dropdown>{links.map((link, i) => <Menu.Item key={i} component="div" leftSection={<IconExternalLink size={13} />}><AnyLink to={link} className="quiet">{link.title}</AnyLink></Menu.Item>)}</Menu.Dropdown>
            </Menu>
          )}
          <span className="head-tools">
            {asked.length > 0 && <Link to="/query" params={inExplore} aria-label={b('explore')} title={b('explore')}><IconCompass size={15} /></Link>}
            {tools?.(() => setInspecting(true))}
          </span>
        </header>
      )}
      <ProgressBar busy={isWaiting} progress={progress} />
      <Suspense>{inspecting && <PanelInspect title={title} panelKey={key} data={data} onClose={() => setInspecting(false)} />}</Suspense>
      <div className="board-body" data-stale={staleSinceMs !== null}>
        <PanelBoundary panel={panel} failed={(failure) => <Centered bad>{b('failed', { problem: failure instanceof Error ? failure.message : String(failure) })}</Centered>}>
          <PanelBody panel={panel} board={board} data={data} heightPx={heightPx - (hasHead ? 30 : 6)} />
        </PanelBoundary>
      </div>
    </article>
  );
}
