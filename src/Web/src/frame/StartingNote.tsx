import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client';
import { useText } from '../i18n/text';

interface Replay { min: number; max: number; current: number; state: string }

/** While the node reads its journal after a start: how far it is. When it is done, everything is asked again. */
export function StartingNote() {
  const { t } = useText();
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: ['replay'],
    queryFn: async ({ signal }) => {
      const before = client.getQueryData<{ data: Replay }>(['replay']);
      const now = await call<Replay>('status/walreplay', {}, { signal });
      if (before && before.data.state !== 'done' && now.data.state === 'done') void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'replay' });
      return now;
    },
    refetchInterval: (query) => (query.state.data?.data.state === 'done' ? false : 1000),
    staleTime: Infinity,
  });
  if (!data || data.data.state === 'done') return null;
  const { current, max } = data.data;
  return (
    <div role="status" style={{ padding: '10px 20px', background: 'var(--warn-soft)', fontSize: '0.84rem' }}>
      {t('app.starting', { read: current, total: max })}
      <progress value={current} max={Math.max(1, max)} aria-label={t('common.loading')} style={{ display: 'block', width: '100%', height: 6, marginTop: 6 }} />
    </div>
  );
}
