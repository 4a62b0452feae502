import { useState } from 'react';
import { Button, Modal } from '@mantine/core';
import '../../../theme/overlays';
import { useText } from '../../../i18n/text';
import { useBoard } from '../../../i18n/useBoard';
import { useEditing } from '../../../i18n/useEditing';
import { ErrorNote } from '../../../parts/ErrorNote';

/** Asks before something is gone. */
export function DeleteDialog({ title, hint, onClose, onDelete }: { title: string; hint: string; onClose: () => void; onDelete: () => Promise<void> }) {
  const e = useEditing();
  const b = useBoard();
  const { t } = useText();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    try {
      await onDelete();
    } catch (failure) {
      setProblem(failure);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': b('close') }}>
      {problem !== null && <ErrorNote error={problem} />}
      <p style={{ marginTop: 0, fontSize: '0.86rem' }}>{hint}</p>
      <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose} data-autofocus>{t('common.cancel')}</Button>
        <Button color="red" disabled={busy} onClick={() => void run()}>{e('delete')}</Button>
      </div>
    </Modal>
  );
}
