import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { Button, Switch } from '@mantine/core';
import type { Opened } from '../../api/dashboards';
import { annotationQueries } from '../../dashboards/annotations';
import type { AnnotationQuery, Dashboard } from '../../dashboards/dashboard';
import type { Chosen } from '../../dashboards/interpolate';
import { withDuplicate, withPanel } from '../../dashboards/editing/edits';
import { sectionsOf } from '../../dashboards/sections';
import { zoneNamed } from '../../dashboards/zones';
import { useBoard } from '../../i18n/useBoard';
import { useEditing } from '../../i18n/useEditing';
import { useShortcuts } from '../../keyboard/useShortcuts';
import { Empty } from '../../parts/Empty';
import { Page } from '../../parts/Page';
import { RefreshPicker } from '../../parts/RefreshPicker';
import { TimePicker } from '../../parts/TimePicker';
import { IconPencil } from '../../parts/icons';
import { hrefOf, useAddress, usePlace } from '../../routing/navigation';
import { suggestZone, usePreferences } from '../../state/preferences';
import { rememberDashboard } from '../../state/recentDashboards';
import type { Board } from './board';
import { BoardLinks } from './BoardLinks';
import { BoardMenu, type BoardDialog } from './editing/BoardMenu';
import { useEdits } from './editing/useEdits';
import { PanelAlone } from './PanelAlone';
import { SectionView } from './SectionView';
import { useAnnotations } from './useAnnotations';
import { useFilters } from './useFilters';
import { useSlowPanels } from './useSlowPanels';
import { useBoardTime } from './useBoardTime';
import { VariableBar } from './VariableBar';

// Nobody who only looks needs the code of editing.
const EditMode = lazy(() => import('./editing/EditMode').then((m) => ({ default: m.EditMode })));
const PanelEditor = lazy(() => import('./editing/PanelEditor').then((m) => ({ default: m.PanelEditor })));

/** A dashboard to look at and to edit; all of it, one panel alone, or the editor of one. */
export function BoardView({ opened, reload }: { opened: Opened; reload: () => Promise<Dashboard> }) {
  const b = useBoard();
  const e = useEditing();
  const { zone } = usePreferences();
  const [params, setParams] = useAddress();
  const [variables, setVariables] = useState<Record<string, Chosen> | null>(null);
  const [dialog, setDialog] = useState<BoardDialog | null>(null);
  const edits = useEdits(opened.dashboard);
  const { dashboard } = edits;
  const { uid } = opened.dashboard;
  const time = useBoardTime(dashboard);
  const isEditing = params.edit === '1' || params.editPanel !== undefined || uid === '' || edits.isDirty;

  const go = useCallback((change: Record<string, string | undefined>): void => {
    const next = { ...params, ...change };
    setParams(Object.fromEntries(Object.entries(next).filter((entry): entry is [string, string] => entry[1] !== undefined)));
  }, [params, setParams]);
  const onView = useCallback((key: string | number) => go({ viewPanel: String(key), editPanel: undefined }), [go]);
  const onEdit = useCallback((id: number) => go({ edit: '1', editPanel: String(id), viewPanel: undefined }), [go]);
  const back = useCallback(() => go({ editPanel: undefined, viewPanel: undefined }), [go]);
  useEffect(() => { if (uid) rememberDashboard(uid); }, [uid]);
  useLayoutEffect(() => {
    suggestZone(zoneNamed(dashboard.timezone));
    return () => suggestZone(null);
  }, [dashboard.timezone]);
  const { path } = usePlace();
  const { change } = edits;
  const { isSlow, cancel } = useSlowPanels();
  const isKiosk = params.kiosk !== undefined;
  const isAlone = params.viewPanel !== undefined || params.editPanel !== undefined;
  useShortcuts(useMemo(() => [
    ...(isSlow ? [{ keys: 'Escape', label: b('cancel'), run: cancel }] : []),
    { keys: 'e', label: e('panel.edit'), run: () => { const id = pointedAt()?.split('-')[0]; if (id) onEdit(Number(id)); } },
    { keys: 'v', label: e('panel.view'), run: () => { const key = pointedAt(); if (key) onView(key); } },
    { keys: 'p s', label: e('panel.share'), run: () => { const key = pointedAt(); if (key) void navigator.clipboard?.writeText(new URL(hrefOf(path, { ...params, viewPanel: key }), location.href).href); } },
    { keys: 'p d', label: e('panel.duplicate'), run: () => { const id = pointedAt()?.split('-')[0]; if (id) { go({ edit: '1' }); change((now) => withDuplicate(now, Number(id)).dashboard); } } },
    { keys: 'p r', label: e('panel.remove'), run: () => { const id = pointedAt()?.split('-')[0]; if (id) { go({ edit: '1' }); change((now) => withPanel(now, Number(id), () => null)); } } },
    { keys: 'd k', label: e('kiosk'), run: () => go({ kiosk: isKiosk ? undefined : '1' }) },
    ...(isKiosk && !isAlone ? [{ keys: 'Escape', label: e('kiosk.leave'), run: () => go({ kiosk: undefined }) }] : []),
    ...(isAlone ? [{ keys: 'Escape', label: e('panel.back'), run: back }] : []),
  ], [b, e, isSlow, cancel, onEdit, onView, back, isAlone, isKiosk, go, path, params, change]));

  const { span, ranAt, range, setRange, zoomOut } = time;
  const [switched, setSwitched] = useState<Readonly<Record<string, boolean>>>({});
  const isOn = (annotation: AnnotationQuery): boolean => switched[annotation.name ?? ''] ?? annotation.enable ?? true;
  const events = useAnnotations(dashboard, span, variables, isOn);
  const filtered = useFilters(dashboard);
  const board = useMemo<Board | null>(() => variables && filtered && { dashboard, span, ranAt, range, variables, events, filtered, syncKey: dashboard.graphTooltip ? `dashboard ${uid}` : undefined, setRange, zoomOut }, [dashboard, uid, span, ranAt, range, variables, events, filtered, setRange, zoomOut]);
  const sections = useMemo(() => (variables ? sectionsOf(dashboard, variables, !isEditing || params.viewPanel !== undefined) : null), [dashboard, variables, isEditing, params.viewPanel]);
  const alone = params.viewPanel === undefined ? undefined : sections?.flatMap((section) => section.panels).find((placed) => placed.key === params.viewPanel!.replace(/^panel-/, ''));
  const editor = params.editPanel === undefined ? undefined : Number(params.editPanel);
  return (
    <Page title={dashboard.title} actions={
      <>
        {board && (dashboard.links?.length ?? 0) > 0 && <BoardLinks links={dashboard.links!} board={board} />}
        <TimePicker range={range} zone={zone} onChange={setRange} onShift={time.shift} onZoomOut={zoomOut} />
        <RefreshPicker refresh={time.refresh} busy={false} onRefresh={time.run} onCancel={isSlow ? cancel : undefined} onChange={(next) => go({ refresh: next || '0' })} />
        {!isEditing && <Button h={32} size="xs" variant="default" leftSection={<IconPencil size={14} />} onClick={() => go({ edit: '1' })}>{e('edit')}</Button>}
        {uid !== '' && <BoardMenu opened={opened} onOpen={setDialog} />}
      </>
    }>
      <Suspense>
        {(isEditing || dialog) && <EditMode edits={edits} opened={opened} isEditing={isEditing} dialog={dialog} onDialog={setDialog} onAdded={(id) => go({ edit: '1', editPanel: String(id) })} onStop={() => go({ edit: undefined, editPanel: undefined })} reload={reload} />}
      </Suspense>
      <VariableBar list={dashboard.templating?.list ?? []} span={span} onChosen={setVariables} />
      {annotationQueries(dashboard).some((one) => !one.hide) && (
        <div role="group" aria-label={e('annotations')} style={{ display: 'flex', gap: 16, flexWrap: 'wrap' }}>
          {annotationQueries(dashboard).filter((one) => !one.hide).map((one, i) => {
            const failed = events.find(({ annotation }) => annotation === one)?.error;
            return <Switch key={i} size="xs" label={one.name} title={failed?.message} error={failed ? failed.message : undefined} checked={isOn(one)} onChange={(event) => setSwitched({ ...switched, [one.name ?? '']: event.currentTarget.checked })} />;
          })}
        </div>
      )}
      {board && editor !== undefined ? <Suspense><PanelEditor id={editor} edits={edits} board={board} onClose={back} /></Suspense>
        : board && alone ? <PanelAlone placed={alone} board={board} onBack={back} />
        : (
          <>
            {sections?.length === 0 && <div className="panel"><Empty title={isEditing ? e('empty') : b('noPanels')} hint={isEditing ? e('empty.hint') : ''} /></div>}
            {board && sections?.map((section) => <SectionView key={section.key} section={section} board={board} edits={isEditing ? edits : null} onView={onView} onEdit={onEdit} />)}
          </>
        )}
    </Page>
  );
}

/** The panel that the pointer is over, or that has the focus, by its key. */
function pointedAt(): string | undefined {
  const over = document.querySelector<HTMLElement>('article[data-panel]:hover') ?? document.activeElement?.closest<HTMLElement>('article[data-panel]');
  return over?.dataset.panel;
}
