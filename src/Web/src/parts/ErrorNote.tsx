import { Alert, Button } from '@mantine/core';
import { ApiError } from '../api/client';
import { useText, type MessageKey } from '../i18n/text';
import { en } from '../i18n/en';
import { IconAlertCircle } from './icons';

/** What went wrong, in words: what kind it is, and what the server said about it. */
export function ErrorNote({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useText();
  const kind = error instanceof ApiError ? error.kind : 'unknown';
  const key = (`error.${kind}` in en ? `error.${kind}` : 'error.unknown') as MessageKey;
  const message = kind === 'network' ? t('error.network.hint') : error instanceof Error ? error.message : String(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={18} />} title={t(key)} role="alert" styles={{ message: { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', color: 'var(--ink)' }, title: { color: 'var(--bad)' } }}>
      {message}
      {onRetry && <div><Button mt="xs" size="compact-xs" variant="light" color="red" onClick={onRetry}>{t('common.retry')}</Button></div>}
    </Alert>
  );
}
