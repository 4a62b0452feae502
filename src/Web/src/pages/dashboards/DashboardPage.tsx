import { useCallback, useEffect, useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { openDashboard } from '../../api/dashboards';
import type { Dashboard } from '../../dashboards/dashboard';
import { interpolate, type Chosen } from '../../dashboards/interpolate';
import { sectionsOf, type Section } from '../../dashboards/sections';
import '../../theme/dashboards.css';
import { useBoard } from '../../i18n/useBoard';
import { useText } from '../../i18n/text';
import { useShortcuts } from '../../keyboard/useShortcuts';
import { parseDuration } from '../../model/duration';
import { absoluteRange, resolveOrDefault, shifted, zoomedOut, type TimeRange } from '../../model/timeRange';
import { Empty } from '../../parts/Empty';
import { ErrorNote } from '../../parts/ErrorNote';
import { Page } from '../../parts/Page';
import { RefreshPicker } from '../../parts/RefreshPicker';
import { TimePicker } from '../../parts/TimePicker';
import { IconChevronDown, IconChevronRight } from '../../parts/icons';
import { useAddress, usePlace } from '../../routing/navigation';
import { usePreferences } from '../../state/preferences';
import { rememberDashboard } from '../../state/recentDashboards';
import type { Board } from './board';
import { BoardLinks } from './BoardLinks';
import { PanelFrame } from './PanelFrame';
import { VariableBar } from './VariableBar';

/** One dashboard, drawn as it is stored. */
export function DashboardPage() {
  const { t } = useText();
  const { path } = usePlace();
  const uid = decodeURIComponent(path.split('/')[2] ?? '');
  const opened = useQuery({ queryKey: ['dashboard', uid], queryFn: ({ signal }) => openDashboard(uid, signal), staleTime: 60_000 });
  if (opened.error) return <Page title={t('nav.dashboards')}><ErrorNote error={opened.error} onRetry={() => void opened.refetch()} /></Page>;
  return opened.data ? <Opened key={uid} dashboard={opened.data.dashboard} /> : <div className="page" aria-busy="true" />;
}

function Opened({ dashboard }: { dashboard: Dashboard }) {
  const { t } = useText();
  const b = useBoard();
  const { zone } = usePreferences();
  const [params, setParams] = useAddress();
  const [ranAt, setRanAt] = useState(() => Date.now());
  const [variables, setVariables] = useState<Record<string, Chosen> | null>(null);
  const from = params.from ?? dashboard.time?.from ?? 'now-6h';
  const to = params.to ?? dashboard.time?.to ?? 'now';
  const refresh = params.refresh ?? (typeof dashboard.refresh === 'string' ? dashboard.refresh : '');
  const span = useMemo(() => resolveOrDefault({ from, to }, ranAt, zone), [from, to, ranAt, zone]);
  const setRange = useCallback((range: TimeRange) => { setRanAt(Date.now()); setParams({ ...params, from: range.from, to: range.to }); }, [params, setParams]);
  const zoomOut = useCallback(() => setRange(absoluteRange(zoomedOut(span, Date.now()))), [setRange, span]);
  const shift = useCallback((direction: -1 | 1) => setRange(absoluteRange(shifted(span, direction))), [setRange, span]);

  useEffect(() => rememberDashboard(dashboard.uid), [dashboard.uid]);
  const everyMs = parseDuration(refresh);
  useEffect(() => {
    if (everyMs === null || everyMs < 1000) return;
    const tick = (): void => { if (!document.hidden) setRanAt(Date.now()); };
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs]);
  useShortcuts(useMemo(() => [
    { keys: 'd r', label: t('keys.refresh'), run: () => setRanAt(Date.now()) },
    { keys: 't z', label: t('keys.zoomOut'), run: zoomOut },
    { keys: 't ←', label: t('keys.earlier'), run: () => shift(-1) },
    { keys: 't →', label: t('keys.later'), run: () => shift(1) },
  ], [t, zoomOut, shift]));

  const { uid } = dashboard;
  const board = useMemo<Board | null>(() => variables && { dashboard, span, range: { from, to }, variables, syncKey: dashboard.graphTooltip ? `dashboard ${uid}` : undefined, setRange, zoomOut }, [dashboard, uid, span, from, to, variables, setRange, zoomOut]);
  const sections = useMemo(() => (variables ? sectionsOf(dashboard, variables) : null), [dashboard, variables]);
  return (
    <Page title={dashboard.title} actions={
      <>
        {board && (dashboard.links?.length ?? 0) > 0 && <BoardLinks links={dashboard.links!} board={board} />}
        <TimePicker range={{ from, to }} zone={zone} onChange={setRange} onShift={shift} onZoomOut={zoomOut} />
        <RefreshPicker refresh={refresh} busy={false} onRefresh={() => setRanAt(Date.now())} onChange={(next) => setParams({ ...params, refresh: next || '0' })} />
      </>
    }>
      <VariableBar list={dashboard.templating?.list ?? []} span={span} onChosen={setVariables} />
      {sections?.length === 0 && <div className="panel"><Empty title={b('noPanels')} /></div>}
      {board && sections?.map((section) => <SectionView key={section.key} section={section} board={board} />)}
    </Page>
  );
}

function SectionView({ section, board }: { section: Section; board: Board }) {
  const [folded, setFolded] = useState(section.head?.collapsed ?? false);
  const title = section.head && interpolate(section.head.title ?? '', { variables: { ...board.variables, ...section.scoped }, fromMs: board.span.fromMs, toMs: board.span.toMs, stepMs: 15_000, scrapeMs: 15_000 });
  return (
    <section aria-label={title ?? undefined}>
      {title !== null && (
        <button type="button" className="row-head" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
          {folded ? <IconChevronRight size={16} /> : <IconChevronDown size={16} />}{title}
          {folded && <span className="dim" style={{ fontWeight: 400 }}>({section.panels.length})</span>}
        </button>
      )}
      {!folded && section.panels.length > 0 && (
        <div className="board">
          {section.panels.map((placed) => (
            <div key={placed.key} className="board-cell" style={{ gridColumn: `${placed.at.x + 1} / span ${placed.at.w}`, gridRow: `${placed.at.y + 1} / span ${placed.at.h}`, ['--rows' as string]: placed.at.h }}>
              <PanelFrame placed={placed} board={board} heightPx={placed.at.h * 38 - 8} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
