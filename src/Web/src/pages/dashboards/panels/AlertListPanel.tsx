import { useQuery } from '@tanstack/react-query';
import { alerts } from '../../../api/queries';
import type { Panel } from '../../../dashboards/dashboard';
import { useBoard } from '../../../i18n/useBoard';
import { formatTime } from '../../../model/zone';
import { Labels } from '../../../parts/Labels';
import { usePreferences } from '../../../state/preferences';
import { Centered } from './Centered';

/** Alerts that are pending or fire, the firing ones first. */
export function AlertListPanel({ panel }: { panel: Panel }) {
  const b = useBoard();
  const { zone } = usePreferences();
  const found = useQuery({ queryKey: ['alerts'], queryFn: ({ signal }) => alerts(signal), refetchInterval: 15_000 });
  const most = (panel.options?.maxItems as number | undefined) ?? 50;
  const list = [...(found.data?.data.alerts ?? [])].sort((a, b) => Number(b.state === 'firing') - Number(a.state === 'firing')).slice(0, most);
  if (found.error) return <Centered bad>{found.error.message}</Centered>;
  if (found.data && list.length === 0) return <Centered>{b('alerts.none')}</Centered>;
  return (
    <div className="prose" tabIndex={0}>
      {list.map((alert, i) => (
        <div key={i} className="list-row">
          <span className={`state ${alert.state === 'firing' ? 'down' : 'unknown'}`}>{alert.state}</span><b>{alert.labels.alertname}</b>
          <Labels labels={Object.fromEntries(Object.entries(alert.labels).filter(([name]) => name !== 'alertname'))} />
          <span className="dim">{b('alerts.since', { time: formatTime(Date.parse(alert.activeAt), zone) })}</span>
        </div>
      ))}
    </div>
  );
}
