import type { ReactNode } from 'react';
import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '../api/client';
import { useText } from '../i18n/text';
import { ErrorNote } from './ErrorNote';
import { Notes } from './Notes';

/** Shows an answer: a placeholder until it is there, what went wrong, and the last good one below that. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<Answer<T>>; children: (data: T) => ReactNode }) {
  const { t } = useText();
  const { data, error, refetch } = query;
  return (
    <>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data ? (
        <>
          <Notes warnings={data.warnings} infos={data.infos} />
          {children(data.data)}
        </>
      ) : !error && (
        <div aria-busy="true" aria-label={t('common.loading')} style={{ display: 'flex', flexDirection: 'column', gap: 10 }}>
          {[48, 120, 120].map((height, i) => <Skeleton key={i} height={height} radius="md" />)}
        </div>
      )}
    </>
  );
}
