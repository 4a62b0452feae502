import { useMemo, useState } from 'react';
import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { targets } from '../../api/queries';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/Combobox.css';
import { type ServerKey, useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { isWanted, poolsOf, type Health } from '../../model/targetGroups';
import { Empty } from '../../parts/Empty';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { RefreshPicker } from '../../parts/RefreshPicker';
import { IconSearch } from '../../parts/icons';
import { useAddress } from '../../routing/navigation';
import { parseDuration } from '../../model/duration';
import { TargetPool } from './TargetPool';

const states: Health[] = ['up', 'down', 'unknown'];

/** What is scraped and how it goes: by job, what is wrong first. */
export function TargetsPage() {
  const { t } = useText();
  const say = useServer();
  const [params, setParams] = useAddress();
  const refresh = params.refresh ?? '10s';
  const every = parseDuration(refresh);
  const query = useQuery({ queryKey: ['targets'], queryFn: ({ signal }) => targets(signal), refetchInterval: every ?? false });
  const [typed, setTyped] = useState(params.filter ?? '');
  const health = states.find((state) => state === params.health) ?? '';
  const pool = params.pool ?? '';
  const set = (key: string, value: string): void => {
    const { [key]: _, ...rest } = params;
    setParams(value ? { ...rest, [key]: value } : rest, { replace: true });
  };
  const all = useMemo(() => poolsOf(query.data?.data.activeTargets ?? []), [query.data]);

  return (
    <Page title={say('targets.title')} hint={say('targets.hint')} actions={<RefreshPicker refresh={refresh === 'off' ? '' : refresh} busy={query.isFetching && !query.isPending} onRefresh={() => void query.refetch()} onChange={(next) => set('refresh', next || 'off')} />}>
      <Loaded query={query}>
        {(data) => {
          const found = all.filter((one) => !pool || one.name === pool).map((one) => ({ ...one, targets: one.targets.filter((target) => isWanted(target, typed, health)) })).filter((one) => one.targets.length > 0);
          const count = (state: Health): number => data.activeTargets.filter((target) => target.health === state).length;
          return data.activeTargets.length === 0 ? <div className="panel"><Empty title={say('targets.empty')} hint={say('targets.empty.hint')} /></div> : (
            <>
              <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', alignItems: 'center' }}>
                <TextInput leftSection={<IconSearch size={15} />} style={{ flex: '1 1 240px', maxWidth: 460 }} value={typed} onChange={(event) => { setTyped(event.currentTarget.value); set('filter', event.currentTarget.value); }} placeholder={say('targets.filter')} aria-label={say('targets.filter')} />
                <Select w={190} value={pool} onChange={(value) => set('pool', value ?? '')} data={[{ value: '', label: say('targets.pool.all') }, ...all.map((one) => one.name)]} aria-label={say('targets.pool')} allowDeselect={false} searchable={all.length > 8} />
                <div role="group" aria-label={say('targets.state')} style={{ display: 'flex', gap: 6, flexWrap: 'wrap' }}>
                  {states.filter((state) => state !== 'unknown' || count(state) > 0 || health === state).map((state) => (
                    <Button key={state} variant={health === state ? 'light' : 'default'} px={10} fw={500} aria-pressed={health === state} onClick={() => set('health', health === state ? '' : state)}>
                      <span className={`state ${state}`}>{say(`targets.${state}` as ServerKey)}</span><span className="tabular" style={{ marginLeft: 7 }}>{count(state)}</span>
                    </Button>
                  ))}
                </div>
              </div>
              {found.length === 0 && <div className="panel"><Empty title={t('common.noMatch', { filter: [typed, health && say(`targets.${health}` as ServerKey), pool].filter(Boolean).join(', ') })} /></div>}
              {found.map((one) => <TargetPool key={one.name} pool={one} dropped={data.droppedTargetCounts[one.name] ?? 0} />)}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
