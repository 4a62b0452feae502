import { useCallback, useEffect, useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { openDashboard } from '../../api/dashboards';
import { sectionsOf, placed, type Dashboard, type Section } from '../../dashboards/dashboard';
import type { Chosen } from '../../dashboards/interpolate';
import '../../theme/dashboards.css';
import { useText } from '../../i18n/text';
import { useShortcuts } from '../../keyboard/useShortcuts';
import { parseDuration } from '../../model/duration';
import { absoluteRange, resolveOrDefault, shifted, zoomedOut, type Span, type TimeRange } from '../../model/timeRange';
import { Empty } from '../../parts/Empty';
import { ErrorNote } from '../../parts/ErrorNote';
import { Page } from '../../parts/Page';
import { RefreshPicker } from '../../parts/RefreshPicker';
import { TimePicker } from '../../parts/TimePicker';
import { IconChevronDown, IconChevronRight } from '../../parts/icons';
import { useAddress, usePlace } from '../../routing/navigation';
import { usePreferences } from '../../state/preferences';
import { PanelFrame } from './PanelFrame';
import { VariableBar } from './VariableBar';

/** What every panel of a dashboard shares. */
export interface Board { span: Span; range: TimeRange; variables: Readonly<Record<string, Chosen>>; syncKey: string | undefined; setRange: (range: TimeRange) => void; zoomOut: () => void }

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

  const sections = useMemo(() => sectionsOf(dashboard.panels ?? []), [dashboard]);
  const board: Board | null = variables && { span, range: { from, to }, variables, syncKey: dashboard.graphTooltip ? `dashboard ${dashboard.uid}` : undefined, setRange, zoomOut };
  return (
    <Page title={dashboard.title} actions={
      <>
        <TimePicker range={{ from, to }} zone={zone} onChange={setRange} onShift={shift} onZoomOut={zoomOut} />
        <RefreshPicker refresh={refresh} busy={false} onRefresh={() => setRanAt(Date.now())} onChange={(next) => setParams({ ...params, refresh: next || '0' })} />
      </>
    }>
      <VariableBar list={dashboard.templating?.list ?? []} span={span} onChosen={setVariables} />
      {sections.length === 0 && <div className="panel"><Empty title={t('dashboards.noPanels')} /></div>}
      {board && sections.map((section, i) => <SectionView key={section.head?.id ?? `top ${i}`} section={section} board={board} />)}
    </Page>
  );
}

function SectionView({ section, board }: { section: Section; board: Board }) {
  const [folded, setFolded] = useState(section.head?.collapsed ?? false);
  return (
    <section aria-label={section.head?.title}>
      {section.head && (
        <button type="button" className="row-head" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
          {folded ? <IconChevronRight size={16} /> : <IconChevronDown size={16} />}{section.head.title}
          {folded && <span className="dim" style={{ fontWeight: 400 }}>({section.panels.length})</span>}
        </button>
      )}
      {!folded && section.panels.length > 0 && (
        <div className="board">
          {placed(section.panels).map(({ panel, at }) => (
            <div key={panel.id} className="board-cell" style={{ gridColumn: `${at.x + 1} / span ${at.w}`, gridRow: `${at.y + 1} / span ${at.h}`, ['--rows' as string]: at.h }}>
              <PanelFrame panel={panel} board={board} heightPx={at.h * 38 - 8} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}
