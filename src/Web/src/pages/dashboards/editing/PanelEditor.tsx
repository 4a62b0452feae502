import { useMemo, useState } from 'react';
import { Button, SegmentedControl } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { Panel } from '../../../dashboards/dashboard';
import { panelOf, unlinked, withAt, withPanel, type Path } from '../../../dashboards/editing/edits';
import { withoutQueries } from '../../../dashboards/editing/newPanels';
import { placeOf, type Placed } from '../../../dashboards/sections';
import { useEditing } from '../../../i18n/useEditing';
import { IconArrowLeft } from '../../../parts/icons';
import type { Board } from '../board';
import { PanelFrame } from '../PanelFrame';
import { Form } from './inputs';
import { JsonEditor } from './JsonEditor';
import { PanelOptions } from './PanelOptions';
import { QueriesEditor } from './QueriesEditor';
import { TransformationsEditor } from './TransformationsEditor';
import type { Edits } from './useEdits';

type Tab = 'queries' | 'transformations' | 'panelJson';
const previewPx = 340;

/** One panel with everything that can be said about it; every change is seen at once, and can be undone. */
export function PanelEditor({ id, edits, board, onClose }: { id: number; edits: Edits; board: Board; onClose: () => void }) {
  const e = useEditing();
  const { dashboard, change } = edits;
  const panel = panelOf(dashboard, id);
  const asks = panel ? !withoutQueries.includes(panel.type) : false;
  const [tab, setTab] = useState<Tab>('queries');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const placed = useMemo<Placed | null>(() => panel ? { key: String(panel.id), panel: { ...panel, gridPos: { ...placeOf(panel), w: Math.max(placeOf(panel).w, 16) } }, at: placeOf(panel), scoped: firstOf(panel, board) } : null, [panel, board]);
  if (!panel || !placed) return null;
  const set = (path: Path, to: unknown): void => change((now) => withPanel(now, id, (one) => unlinked(withAt(one, path, to))), `panel ${id} ${path.join('.')}`);
  const now: Tab = asks ? tab : 'panelJson';
  return (
    <Form value={panel} set={set}>
      <div className="panel-editor" data-testid="panel-editor">
        <div style={{ minWidth: 0, display: 'flex', flexDirection: 'column', gap: 12 }}>
          <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
            <Button size="xs" h={32} variant="default" leftSection={<IconArrowLeft size={15} />} onClick={onClose}>{e('panel.back')}</Button>
            <b style={{ fontSize: '0.9rem' }}>{panel.title || e('panel.untitled', { id })}</b>
          </div>
          <div ref={ref} style={{ height: previewPx }}>{width > 0 && <PanelFrame placed={placed} board={board} heightPx={previewPx} />}</div>
          <div className="panel" style={{ padding: 12, display: 'flex', flexDirection: 'column', gap: 10 }}>
            <SegmentedControl size="sm" fz="xs" style={{ alignSelf: 'flex-start' }} value={now} onChange={(next) => setTab(next as Tab)} data={(asks ? ['queries', 'transformations', 'panelJson'] as const : ['panelJson'] as const).map((value) => ({ value, label: e(value) }))} />
            {now === 'queries' && <QueriesEditor />}
            {now === 'transformations' && <TransformationsEditor />}
            {now === 'panelJson' && <JsonEditor value={panel} label={e('panelJson')} rows={18} onApply={(value) => change((all) => withPanel(all, id, () => ({ ...(value as Panel), id })))} />}
          </div>
        </div>
        <div className="panel" style={{ alignSelf: 'start', minWidth: 0 }}><PanelOptions panel={panel} variables={dashboard.templating?.list ?? []} /></div>
      </div>
    </Form>
  );
}

/** A repeated panel is tried with the first of its values. */
function firstOf(panel: Panel, board: Board): Placed['scoped'] {
  const chosen = panel.repeat ? board.variables[panel.repeat] : undefined;
  return panel.repeat && chosen?.values[0] !== undefined ? { [panel.repeat]: { values: [chosen.values[0]], isList: chosen.isList, isAll: false } } : {};
}
