import { ActionIcon, Menu, TextInput } from '@mantine/core';
import type { Panel } from '../../../dashboards/dashboard';
import { withoutRow, withPanel } from '../../../dashboards/editing/edits';
import { storedSections } from '../../../dashboards/sections';
import { useEditing } from '../../../i18n/useEditing';
import { IconDots, IconTrash } from '../../../parts/icons';
import type { Edits } from './useEdits';

/** The title of a row, and what can be done with the row. */
export function RowMenu({ row, edits }: { row: Panel; edits: Edits }) {
  const e = useEditing();
  const title = row.title ?? '';
  const removeAll = (): void => edits.change((now) => {
    const gone = new Set(storedSections(now.panels ?? []).find((section) => section.head?.id === row.id)?.panels.map((panel) => panel.id));
    return { ...now, panels: (now.panels ?? []).filter((panel) => panel.id !== row.id && !gone.has(panel.id)) };
  });
  return (
    <div className="edit-row" style={{ marginBottom: 6 }}>
      <TextInput size="xs" w={260} aria-label={e('row.name')} value={title} onChange={(event) => { const to = event.currentTarget.value; edits.change((now) => withPanel(now, row.id, (one) => ({ ...one, title: to })), `row ${row.id}`); }} />
      <Menu position="bottom-start" withinPortal>
        <Menu.Target><ActionIcon variant="default" size={30} aria-label={e('row.menu', { title })}><IconDots size={15} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconTrash size={14} />} onClick={() => edits.change((now) => withoutRow(now, row.id))}>{e('row.remove')}</Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={removeAll}>{e('row.removeAll')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
