import { useState } from 'react';
import { Alert, Button, Drawer } from '@mantine/core';
import '../../../theme/overlays';
import { useQuery } from '@tanstack/react-query';
import { restoreVersion, versionOf, versionsOf } from '../../../api/dashboards';
import type { Dashboard } from '../../../dashboards/dashboard';
import { useBoard } from '../../../i18n/useBoard';
import { useEditing } from '../../../i18n/useEditing';
import { formatTime } from '../../../model/zone';
import { ErrorNote } from '../../../parts/ErrorNote';
import { usePreferences } from '../../../state/preferences';
import { DiffView } from './DiffView';

/** The versions of a dashboard that are kept: how each differs from what is stored now, and back to it. */
export function VersionsDialog({ stored, isDirty, onClose, onRestored }: { stored: Dashboard; isDirty: boolean; onClose: () => void; onRestored: () => Promise<void> }) {
  const e = useEditing();
  const b = useBoard();
  const { zone } = usePreferences();
  const [chosen, setChosen] = useState<number | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const found = useQuery({ queryKey: ['versions', stored.uid, stored.version], queryFn: ({ signal }) => versionsOf(stored.uid, signal) });
  const old = useQuery({ queryKey: ['version', stored.uid, chosen], queryFn: ({ signal }) => versionOf(stored.uid, chosen!, signal), enabled: chosen !== null, staleTime: Infinity });
  const versions = found.data?.versions ?? [];
  const restore = async (version: number): Promise<void> => {
    try {
      await restoreVersion(stored.uid, version);
      await onRestored();
      onClose();
    } catch (failure) {
      setProblem(failure);
    }
  };
  return (
    <Drawer opened onClose={onClose} title={e('versions')} position="right" size="xl" closeButtonProps={{ 'aria-label': b('close') }}>
      <div style={{ display: 'flex', flexDirection: 'column', gap: 8 }}>
        {(problem !== null || found.error) && <ErrorNote error={problem ?? found.error} />}
        {isDirty && <Alert color="yellow" variant="light" p="xs" styles={{ message: { color: 'var(--ink)' } }}>{e('versions.unsaved')}</Alert>}
        {found.data && versions.length < 2 && <div className="dim" style={{ fontSize: '0.84rem' }}>{e('versions.none')}</div>}
        {versions.map((version) => {
          const isNow = version.version === stored.version;
          return (
            <div key={version.version} className="override">
              <div className="edit-row" style={{ flexWrap: 'wrap' }}>
                <b style={{ fontSize: '0.82rem' }}>{e('versions.version', { version: String(version.version) })}</b>
                {isNow && <span className="label">{e('versions.now')}</span>}
                <span className="dim tabular" style={{ fontSize: '0.78rem' }}>{formatTime(Date.parse(version.created), zone)}</span>
                {version.restoredFrom > 0 && <span className="dim" style={{ fontSize: '0.78rem' }}>{e('versions.restoredFrom', { version: String(version.restoredFrom) })}</span>}
                <span style={{ flex: 1, minWidth: 120, fontSize: '0.8rem', overflowWrap: 'anywhere' }}>{version.message}</span>
                {!isNow && <Button size="compact-xs" variant="default" aria-expanded={chosen === version.version} onClick={() => setChosen(chosen === version.version ? null : version.version)}>{e('versions.compare')}</Button>}
                {!isNow && <Button size="compact-xs" variant="light" disabled={isDirty} onClick={() => void restore(version.version)}>{e('versions.restore', { version: String(version.version) })}</Button>}
              </div>
              {chosen === version.version && (old.error ? <ErrorNote error={old.error} /> : old.data && <DiffView before={old.data.data} after={stored} label={e('versions.compare')} />)}
            </div>
          );
        })}
      </div>
    </Drawer>
  );
}
