import { Menu } from '@mantine/core';
import type { Dashboard, Panel } from '../../../dashboards/dashboard';
import { withDuplicate, withPanel, withPanelInRow } from '../../../dashboards/editing/edits';
import { storedSections } from '../../../dashboards/sections';
import { useEditing } from '../../../i18n/useEditing';
import { IconArrowDown, IconCopy, IconDots, IconListSearch, IconMaximize, IconPencil, IconTrash } from '../../../parts/icons';
import type { Edits } from './useEdits';

/** What can be done with one panel. */
export function PanelMenu({ panel, title, edits, onView, onEdit, onInspect }: { panel: Panel; title: string; edits: Edits | null; onView: () => void; onEdit: () => void; onInspect: () => void }) {
  const e = useEditing();
  const rows = edits ? rowsBeside(edits.dashboard, panel) : [];
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target><button type="button" className="head-tool" aria-label={e('panel.menu', { title })}><IconDots size={16} /></button></Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconMaximize size={14} />} onClick={onView}>{e('panel.view')}</Menu.Item>
        <Menu.Item leftSection={<IconPencil size={14} />} onClick={onEdit}>{e('panel.edit')}</Menu.Item>
        {(panel.targets?.length ?? 0) > 0 && <Menu.Item leftSection={<IconListSearch size={14} />} onClick={onInspect}>{e('panel.inspect')}</Menu.Item>}
        {edits && (
          <>
            <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => edits.change((now) => withDuplicate(now, panel.id).dashboard)}>{e('panel.duplicate')}</Menu.Item>
            {rows.map((row) => <Menu.Item key={row.id ?? 'top'} leftSection={<IconArrowDown size={14} />} onClick={() => edits.change((now) => withPanelInRow(now, panel.id, row.id))}>{e('panel.toRow', { row: row.title || e('panel.top') })}</Menu.Item>)}
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => edits.change((now) => withPanel(now, panel.id, () => null))}>{e('panel.remove')}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The rows that a panel could be moved to; where there is none there is no choice. */
function rowsBeside(dashboard: Dashboard, panel: Panel): { id: number | null; title: string }[] {
  const sections = storedSections(dashboard.panels ?? []);
  return sections.length < 2 ? [] : sections.filter((section) => !section.panels.some((one) => one.id === panel.id)).map((section) => ({ id: section.head?.id ?? null, title: section.head?.title ?? '' }));
}
