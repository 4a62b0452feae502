import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { openDashboard, type Opened } from '../../api/dashboards';
import type { Dashboard } from '../../dashboards/dashboard';
import { newDashboard } from '../../dashboards/editing/newPanels';
import '../../theme/dashboards.css';
import { useEditing } from '../../i18n/useEditing';
import { useText } from '../../i18n/text';
import { ErrorNote } from '../../parts/ErrorNote';
import { Page } from '../../parts/Page';
import { usePlace } from '../../routing/navigation';
import { BoardView } from './BoardView';

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
