import { Button } from '@mantine/core';
import { useText } from '../i18n/text';
import { Link } from '../routing/Link';
import { Empty } from '../parts/Empty';

export function NotFound() {
  const { t } = useText();
  return <div className="page"><div className="panel"><Empty title={t('app.notFound')} hint={t('app.notFound.hint')}><Button component={Link} to="/query" size="xs" mt={6}>{t('app.toExplore')}</Button></Empty></div></div>;
}
