import { useText } from '../../i18n/text';
import { Empty } from '../../parts/Empty';

/** Queries that any node answers: it scrapes something. */
const examples = ['up', 'sum by (job) (up)', 'rate(scrape_duration_seconds[5m])', 'topk(10, count by (__name__) ({__name__!=""}))'];

/** Before anything was asked. */
export function Beginning({ onChoose }: { onChoose: (expr: string) => void }) {
  const { t } = useText();
  return (
    <Empty title={t('explore.empty')} hint={t('explore.empty.hint')}>
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', justifyContent: 'center', marginTop: 8 }}>
        {examples.map((expr) => <button key={expr} type="button" className="label" style={{ cursor: 'pointer', padding: '4px 10px', color: 'var(--ink)', fontSize: '0.78rem' }} onClick={() => onChoose(expr)}>{expr}</button>)}
      </div>
    </Empty>
  );
}
