import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { deleteDashboard, type Opened } from '../../../api/dashboards';
import type { Dashboard } from '../../../dashboards/dashboard';
import { forgetDraft } from '../../../dashboards/editing/drafts';
import { useEditing } from '../../../i18n/useEditing';
import { useShortcuts } from '../../../keyboard/useShortcuts';
import { navigate } from '../../../routing/navigation';
import type { BoardDialog } from './BoardMenu';
import { DeleteDialog } from './DeleteDialog';
import { EditBar } from './EditBar';
import { SaveDialog } from './SaveDialog';
import type { SettingsTab } from './SettingsDialog';
import type { Edits } from './useEdits';
import { VersionsDialog } from './VersionsDialog';

const SettingsDialog = lazy(() => import('./SettingsDialog').then((m) => ({ default: m.SettingsDialog })));

interface EditModeProps {
  edits: Edits;
  opened: Opened;
  isEditing: boolean;
  /** The dialog that is open, by the menu of the dashboard or by this. */
  dialog: BoardDialog | null;
  onDialog: (dialog: BoardDialog | null) => void;
  onAdded: (id: number) => void;
  onStop: () => void;
  /** Fetches the dashboard as it is stored now. */
  reload: () => Promise<Dashboard>;
}

/** The toolbar of editing, and the dialogs about a dashboard as a whole. */
export function EditMode({ edits, opened, isEditing, dialog, onDialog, onAdded, onStop, reload }: EditModeProps) {
  const e = useEditing();
  const client = useQueryClient();
  const [settings, setSettings] = useState<SettingsTab | null>(null);
  const canSave = opened.meta.canSave !== false;
  const { uid, title } = opened.dashboard;
  // What is saved or restored takes the place of what was changed.
  const adopt = async (): Promise<void> => {
    edits.discard(await reload());
  };
  useShortcuts(useMemo(() => (isEditing && edits.isDirty ? [{ keys: 'd s', label: e('save'), run: () => onDialog(canSave ? 'save' : 'copy') }] : []), [e, isEditing, edits.isDirty, canSave, onDialog]));
  useEffect(() => {
    if (!edits.isDirty) return;
    const warn = (event: BeforeUnloadEvent): void => { if (edits.isFull) event.preventDefault(); };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [edits.isDirty, edits.isFull]);
  const close = (): void => onDialog(null);
  return (
    <>
      {isEditing && <EditBar edits={edits} canSave={canSave} onAdded={onAdded} onSave={() => onDialog(canSave ? 'save' : 'copy')} onSettings={setSettings} onStop={onStop} />}
      <Suspense>{settings && <SettingsDialog edits={edits} begin={settings} onClose={() => setSettings(null)} />}</Suspense>
      {(dialog === 'save' || dialog === 'copy') && <SaveDialog edits={edits} opened={opened} asCopy={dialog === 'copy'} onClose={close} onSaved={adopt} />}
      {dialog === 'versions' && <VersionsDialog stored={opened.dashboard} isDirty={edits.isDirty} onClose={close} onRestored={adopt} />}
      {dialog === 'delete' && (
        <DeleteDialog title={e('delete.title', { title })} hint={e('delete.hint')} onClose={close} onDelete={async () => {
          await deleteDashboard(uid);
          edits.discard();
          forgetDraft(uid);
          client.removeQueries({ queryKey: ['dashboard', uid] });
          await client.invalidateQueries({ queryKey: ['dashboards'] });
          navigate('/dashboards');
        }} />
      )}
    </>
  );
}
