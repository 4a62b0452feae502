import { useState } from 'react';
import { ActionIcon } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/client';
import { cancelQuery, runningQueries, type QueryRecord } from '../../api/running';
import { useExploreText } from '../../i18n/explore';
import { useText } from '../../i18n/text';
import { formatValue } from '../../model/units';
import { formatTime } from '../../model/zone';
import { Empty } from '../../parts/Empty';
import { ErrorNote } from '../../parts/ErrorNote';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { IconPlayerStop } from '../../parts/icons';
import { Link } from '../../routing/Link';
import { usePreferences } from '../../state/preferences';

/** Milliseconds between two looks. */
const everyMs = 1000;
const shownMax = 100;

/** What is asked of all nodes now, with a way to end it; and what was asked lately. */
export function QueriesPage() {
  const x = useExploreText();
  const client = useQueryClient();
  const [problem, setProblem] = useState<unknown>(null);
  const found = useQuery({ queryKey: ['running'], queryFn: ({ signal }) => runningQueries(signal), refetchInterval: everyMs });
  const cancel = async (id: string): Promise<void> => {
    setProblem(null);
    try {
      await cancelQuery(id);
    } catch (failure) {
      setProblem(failure instanceof ApiError && failure.status === 404 ? new ApiError('not_found', x('queries.gone', { id }), 404) : failure);
    }
    await client.invalidateQueries({ queryKey: ['running'] });
  };
  return (
    <Page title={x('queries.title')} hint={x('queries.hint')}>
      {problem !== null && <ErrorNote error={problem} />}
      <Loaded query={found}>
        {({ running, recent }) => (
          <>
            <Records title={x('queries.running')} none={x('queries.none')} records={running} onCancel={(id) => void cancel(id)} />
            <Records title={x('queries.recent')} none={x('queries.noneRecent')} records={recent.slice(0, shownMax)} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Records({ title, none, records, onCancel }: { title: string; none: string; records: QueryRecord[]; onCancel?: (id: string) => void }) {
  const x = useExploreText();
  const { t } = useText();
  const { zone } = usePreferences();
  const inCluster = records.some((record) => record.node !== undefined);
  return (
    <section className="panel" aria-label={title}>
      <div className="panel-head"><h2 style={{ margin: 0, fontSize: '0.9rem' }}>{title}</h2><span className="dim tabular" style={{ fontSize: '0.8rem' }}>{records.length}</span></div>
      {records.length === 0 ? <Empty title={none} /> : (
        <div className="scroll-x" tabIndex={0}>
          <table className="sheet">
            <thead><tr><th scope="col">{x('queries.state')}</th><th scope="col">{x('queries.query')}</th>{inCluster && <th scope="col">{x('queries.node')}</th>}<th scope="col">{x('queries.started')}</th><th scope="col" className="number">{x('queries.took')}</th><th scope="col" className="number">{x('queries.samples')}</th>{onCancel && <th scope="col" />}</tr></thead>
            <tbody>
              {records.map((record) => (
                <tr key={record.id}>
                  <td><span className={`state ${record.state === 'failed' ? 'down' : record.state === 'done' ? 'up' : 'unknown'}`}>{x(`state.${record.state}`)}</span></td>
                  <td style={{ minWidth: 220 }}><Link className="quiet mono" to="/query" params={{ 'g0.expr': record.query }}>{record.query}</Link>{record.error && <div style={{ color: 'var(--bad)', fontSize: '0.76rem', overflowWrap: 'anywhere' }}>{record.error}</div>}</td>
                  {inCluster && <td style={{ whiteSpace: 'nowrap' }}>{record.node}</td>}
                  <td className="tabular" style={{ whiteSpace: 'nowrap' }}>{formatTime(Date.parse(record.startedAt), zone)}</td>
                  <td className="number">{formatValue(record.elapsedSeconds, 's')}{onCancel && record.shardsAsked !== undefined && <div className="dim" style={{ whiteSpace: 'nowrap' }}>{t('progress.shards', { done: record.shardsDone ?? 0, asked: record.shardsAsked })}</div>}</td>
                  <td className="number">{record.samplesTotal === undefined ? x('queries.peak', { held: record.samplesHeld, peak: record.samplesPeak }) : record.samplesTotal.toLocaleString('en-US')}</td>
                  {onCancel && <td><ActionIcon variant="light" color="red" size="sm" aria-label={x('queries.cancel', { id: record.id })} onClick={() => onCancel(record.id)}><IconPlayerStop size={14} /></ActionIcon></td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
