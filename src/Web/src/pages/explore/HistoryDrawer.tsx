import { ActionIcon, Button, Drawer, Tooltip } from '@mantine/core';
import { useText } from '../../i18n/text';
import '../../theme/overlays';
import { agoText } from '../../parts/Ago';
import { Empty } from '../../parts/Empty';
import { IconStar, IconStarFilled } from '../../parts/icons';
import { forgetUnstarred, star, useHistory, type PastQuery } from '../../state/history';

/** Queries that were run in this browser; those with a star first. */
export function HistoryDrawer({ onClose, onChoose }: { onClose: () => void; onChoose: (expr: string) => void }) {
  const { t } = useText();
  const all = useHistory();
  const starred = all.filter((query) => query.starred);
  const recent = all.filter((query) => !query.starred);
  const list = (title: string, queries: PastQuery[]) => queries.length > 0 && (
    <section>
      <div className="nav-section" style={{ paddingLeft: 0 }}>{title}</div>
      {queries.map((query) => (
        <div key={query.expr} style={{ display: 'flex', gap: 6, alignItems: 'flex-start', padding: '4px 0', borderBottom: '1px solid var(--line)' }}>
          <Tooltip label={t(query.starred ? 'history.unstar' : 'history.star')}>
            <ActionIcon variant="subtle" color={query.starred ? 'yellow' : 'gray'} onClick={() => star(query.expr)} aria-label={t(query.starred ? 'history.unstar' : 'history.star')} aria-pressed={query.starred}>{query.starred ? <IconStarFilled size={15} /> : <IconStar size={15} />}</ActionIcon>
          </Tooltip>
          <button type="button" className="mono" onClick={() => onChoose(query.expr)} style={{ flex: 1, background: 'none', border: 0, color: 'var(--ink)', textAlign: 'left', cursor: 'pointer', overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', padding: '4px 0' }}>{query.expr}</button>
          <span className="dim tabular" style={{ fontSize: '0.74rem', paddingTop: 6, whiteSpace: 'nowrap' }}>{t('common.ago', { duration: agoText(Date.now() - query.atMs) })}</span>
        </div>
      ))}
    </section>
  );
  return (
    <Drawer opened onClose={onClose} position="right" title={t('history.title')} size="lg" styles={{ content: { background: 'var(--panel)' }, header: { background: 'var(--panel)' } }} closeButtonProps={{ 'aria-label': t('common.close') }}>
      {all.length === 0 && <Empty title={t('history.empty')} />}
      {list(t('history.starred'), starred)}
      {list(t('history.recent'), recent)}
      {recent.length > 0 && <Button mt="md" size="xs" variant="default" onClick={forgetUnstarred}>{t('history.clear')}</Button>}
    </Drawer>
  );
}
