import { useMemo } from 'react';
import { ActionIcon, Alert, Button, Menu, Tooltip } from '@mantine/core';
import { withNewPanel } from '../../../dashboards/editing/edits';
import { newPanel, newRow, panelTypes } from '../../../dashboards/editing/newPanels';
import { useEditing } from '../../../i18n/useEditing';
import { useShortcuts } from '../../../keyboard/useShortcuts';
import { formatTime } from '../../../model/zone';
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy, IconPlus, IconSettings } from '../../../parts/icons';
import { usePreferences } from '../../../state/preferences';
import type { SettingsTab } from './SettingsDialog';
import type { Edits } from './useEdits';

interface EditBarProps { edits: Edits; canSave: boolean; onAdded: (id: number) => void; onSave: () => void; onSettings: (tab: SettingsTab) => void; onStop: () => void }

/** What is at hand while a dashboard is edited. */
export function EditBar({ edits, canSave, onAdded, onSave, onSettings, onStop }: EditBarProps) {
  const e = useEditing();
  const { zone } = usePreferences();
  const { undo, redo } = edits;
  useShortcuts(useMemo(() => [{ keys: 'u', label: e('undo'), run: undo }, { keys: 'r', label: e('redo'), run: redo }], [e, undo, redo]));
  const add = (type: string): void => {
    const added = withNewPanel(edits.dashboard, newPanel(type));
    edits.change(added.dashboard);
    onAdded(added.id);
  };
  return (
    <>
      <div className="panel edit-bar" role="toolbar" aria-label={e('edit')}>
        <Menu position="bottom-start" withinPortal>
          <Menu.Target><Button size="xs" h={32} leftSection={<IconPlus size={14} />}>{e('add')}</Button></Menu.Target>
          <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
            {Object.keys(panelTypes).map((type) => <Menu.Item key={type} onClick={() => add(type)}>{type}</Menu.Item>)}
            <Menu.Divider />
            <Menu.Item onClick={() => edits.change((now) => withNewPanel(now, newRow(e('add.row')), { w: 24, h: 1 }).dashboard)}>{e('add.row')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Tooltip label={`${e('undo')} (u)`}><ActionIcon variant="default" size={32} disabled={!edits.canUndo} onClick={undo} aria-label={e('undo')}><IconArrowBackUp size={16} /></ActionIcon></Tooltip>
        <Tooltip label={`${e('redo')} (r)`}><ActionIcon variant="default" size={32} disabled={!edits.canRedo} onClick={redo} aria-label={e('redo')}><IconArrowForwardUp size={16} /></ActionIcon></Tooltip>
        <Button size="xs" h={32} variant="default" leftSection={<IconSettings size={14} />} onClick={() => onSettings('general')}>{e('settings')}</Button>
        <Button size="xs" h={32} variant="default" onClick={() => onSettings('json')}>{e('json')}</Button>
        <span style={{ marginLeft: 'auto' }} />
        {edits.isDirty && <span className="label" role="status">{e('unsaved')}</span>}
        {edits.isDirty && <Button size="xs" h={32} variant="default" onClick={() => edits.discard()}>{e('discard')}</Button>}
        {!edits.isDirty && <Button size="xs" h={32} variant="default" onClick={onStop}>{e('stop')}</Button>}
        <Button size="xs" h={32} leftSection={<IconDeviceFloppy size={15} />} disabled={!edits.isDirty && canSave} onClick={onSave}>{e(canSave ? 'save' : 'saveCopy')}</Button>
      </div>
      {!canSave && <Note>{e('provisioned')}</Note>}
      {edits.broughtBack && <Note>{e(edits.broughtBack.isOld ? 'draft.old' : 'draft', { time: formatTime(edits.broughtBack.atMs, zone) })}</Note>}
      {edits.isFull && <Note>{e('draft.full')}</Note>}
    </>
  );
}

const Note = ({ children }: { children: string }) => <Alert color="yellow" variant="light" p="xs" role="status" styles={{ message: { color: 'var(--ink)' } }}>{children}</Alert>;
