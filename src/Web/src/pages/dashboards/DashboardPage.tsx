import { useEffect, useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { newestVersion, openDashboard, type Opened } from '../../api/dashboards';
import type { Dashboard } from '../../dashboards/dashboard';
import { newDashboard } from '../../dashboards/editing/newPanels';
import '../../theme/dashboards.css';
import { useEditing } from '../../i18n/useEditing';
import { useText } from '../../i18n/text';
import { ErrorNote } from '../../parts/ErrorNote';
import { Page } from '../../parts/Page';
import { usePlace } from '../../routing/navigation';
import { BoardView } from './BoardView';

/** Milliseconds between two looks whether somebody, or a file on disk, has changed what is shown. */
const lookEveryMs = 5000;

/** One dashboard, drawn as it is stored; or a new one, where the address names none. */
export function DashboardPage() {
  const { t } = useText();
  const { path } = usePlace();
  const uid = decodeURIComponent(path.split('/')[2] ?? '');
  const stored = useQuery({ queryKey: ['dashboard', uid], queryFn: ({ signal }) => openDashboard(uid, signal), staleTime: 60_000, enabled: uid !== '' });
  const reload = async (): Promise<Dashboard> => {
    const { data, error } = await stored.refetch();
    if (!data) throw error;
    return data.dashboard;
  };
  const shown = stored.data?.dashboard.version;
  const newest = useQuery({ queryKey: ['newest version', uid], queryFn: ({ signal }) => newestVersion(uid, signal), enabled: uid !== '' && shown !== undefined, staleTime: lookEveryMs, refetchInterval: lookEveryMs });
  const isOld = typeof newest.data === 'number' && shown !== undefined && newest.data !== shown && newest.dataUpdatedAt > stored.dataUpdatedAt;
  const { refetch } = stored;
  useEffect(() => { if (isOld) void refetch(); }, [isOld, refetch]);
  if (uid === '') return <NewBoard />;
  if (stored.error && !stored.data) return <Page title={t('nav.dashboards')}><ErrorNote error={stored.error} onRetry={() => void stored.refetch()} /></Page>;
  return stored.data ? <BoardView key={uid} opened={stored.data} reload={reload} /> : <div className="page" aria-busy="true" />;
}

function NewBoard() {
  const e = useEditing();
  // Its title is a text like any other from here on: another language does not change it.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const opened = useMemo<Opened>(() => ({ dashboard: newDashboard(e('new')), meta: { canSave: true } }), []);
  return <BoardView opened={opened} reload={() => Promise.resolve(opened.dashboard)} />;
}
