import { useState } from 'react';
import { Alert, Button, Modal, NativeSelect, Switch, TextInput } from '@mantine/core';
import '../../../theme/overlays';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../../api/client';
import { allFolders, saveDashboard, type Opened } from '../../../api/dashboards';
import { forgetDraft } from '../../../dashboards/editing/drafts';
import { useEditing } from '../../../i18n/useEditing';
import { useBoard } from '../../../i18n/useBoard';
import { ErrorNote } from '../../../parts/ErrorNote';
import { navigate } from '../../../routing/navigation';
import { DiffView } from './DiffView';
import type { Edits } from './useEdits';

interface SaveDialogProps {
  edits: Edits;
  opened: Opened;
  /** Whether another dashboard is made of it. */
  asCopy: boolean;
  onClose: () => void;
  /** Fetches what is stored now and shows it. */
  onSaved: () => Promise<void>;
}

/** Saves a dashboard with a message; where somebody else was faster it says so, and what can be done. */
export function SaveDialog({ edits, opened, asCopy, onClose, onSaved }: SaveDialogProps) {
  const e = useEditing();
  const b = useBoard();
  const client = useQueryClient();
  const isNew = opened.dashboard.uid === '';
  const [title, setTitle] = useState(asCopy ? e('copyOf', { title: edits.dashboard.title }) : edits.dashboard.title);
  const [message, setMessage] = useState('');
  const [folder, setFolder] = useState(opened.meta.folderUid ?? '');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [shows, setShows] = useState(false);
  const folders = useQuery({ queryKey: ['folders'], queryFn: ({ signal }) => allFolders(signal) });
  const conflict = problem instanceof ApiError && problem.status === 412;

  const save = async (how: 'save' | 'copy' | 'overwrite'): Promise<void> => {
    setBusy(true);
    try {
      const copies = how === 'copy' || asCopy;
      // Members stay in their places: what was not changed is stored as it was.
      const { dashboard: now } = edits;
      const named = copies || isNew ? { ...now, uid: '', title: asCopy || isNew ? title : e('copyOf', { title: now.title }), version: 0 } : { ...now, version: edits.version };
      const saved = await saveDashboard({ dashboard: named, message, folderUid: folder, overwrite: how === 'overwrite' });
      await client.invalidateQueries({ queryKey: ['dashboards'] });
      if (copies || isNew) {
        // What was changed is in the new one: the old one is as it was.
        forgetDraft(opened.dashboard.uid);
        edits.discard();
        navigate(saved.url);
      } else {
        await onSaved();
      }
      onClose();
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  };
  const reload = async (): Promise<void> => {
    setBusy(true);
    await onSaved();
    onClose();
  };

  return (
    <Modal opened onClose={onClose} title={e(asCopy ? 'saveCopy' : 'save.title')} size="lg" closeButtonProps={{ 'aria-label': b('close') }}>
      <form style={{ display: 'flex', flexDirection: 'column', gap: 12 }} onSubmit={(event) => { event.preventDefault(); void save(asCopy ? 'copy' : 'save'); }}>
        {conflict ? (
          <Alert color="yellow" variant="light" title={e('conflict')} role="alert" styles={{ message: { color: 'var(--ink)' }, title: { color: 'var(--warn)' } }}>
            {e('conflict.hint')}
            <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginTop: 10 }}>
              <Button size="xs" variant="default" disabled={busy} onClick={() => void save('copy')}>{e('conflict.copy')}</Button>
              <Button size="xs" variant="default" disabled={busy} onClick={() => void reload()}>{e('conflict.reload')}</Button>
              <Button size="xs" color="red" variant="light" disabled={busy} onClick={() => void save('overwrite')}>{e('conflict.overwrite')}</Button>
            </div>
          </Alert>
        ) : problem !== null && <ErrorNote error={problem} />}
        {(asCopy || isNew) && <TextInput size="sm" label={e('save.name')} value={title} onChange={(event) => setTitle(event.currentTarget.value)} required data-autofocus />}
        <TextInput size="sm" label={e('save.message')} value={message} onChange={(event) => setMessage(event.currentTarget.value)} {...(asCopy || isNew ? {} : { 'data-autofocus': true })} />
        <NativeSelect size="sm" label={e('save.folder')} value={folder} onChange={(event) => setFolder(event.currentTarget.value)} data={[{ value: '', label: b('general') }, ...(folders.data ?? []).map((one) => ({ value: one.uid, label: one.title }))]} />
        {!asCopy && !isNew && <Switch size="xs" label={e('save.show')} checked={shows} onChange={(event) => setShows(event.currentTarget.checked)} />}
        {shows && <DiffView before={opened.dashboard} after={edits.dashboard} label={e('save.show')} />}
        <Button type="submit" disabled={busy || title.trim() === ''}>{e(asCopy ? 'saveCopy' : 'save')}</Button>
      </form>
    </Modal>
  );
}
