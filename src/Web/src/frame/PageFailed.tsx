import { Button } from '@mantine/core';
import { useText } from '../i18n/text';
import { Empty } from '../parts/Empty';

/** Instead of a page that threw: the others go on. */
export function PageFailed({ error }: { error: unknown }) {
  const { t } = useText();
  return <div className="page"><div className="panel" role="alert"><Empty title={t('app.failed')} hint={error instanceof Error ? error.message : String(error)}><Button size="xs" mt={6} onClick={() => location.reload()}>{t('app.failed.reload')}</Button></Empty></div></div>;
}
