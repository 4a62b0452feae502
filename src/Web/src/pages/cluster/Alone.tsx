import { useClusterText } from '../../i18n/cluster';
import { CopyButton } from '../../parts/CopyButton';

const tryIt = './cluster 3';
const join = 'pleiad --cluster.postgres="Host=db;Username=pleiad;Database=pleiad"';

/** What a node by itself says: it is well as it is, and how several become one. */
export function Alone() {
  const c = useClusterText();
  return (
    <section className="panel" style={{ maxWidth: 820 }}>
      <div className="panel-head"><h2 style={{ margin: 0, fontSize: '0.95rem' }}>{c('alone')}</h2></div>
      <div className="panel-body" style={{ lineHeight: 1.6 }}>
        <p style={{ margin: '0 0 12px' }}>{c('alone.hint')}</p>
        <Command label={c('alone.try')} text={tryIt} />
        <Command label={c('alone.join')} text={join} />
      </div>
    </section>
  );
}

function Command({ label, text }: { label: string; text: string }) {
  return (
    <>
      <div style={{ display: 'flex', alignItems: 'center', gap: 6 }}><span className="dim">{label}</span><CopyButton text={text} /></div>
      <pre className="mono command" tabIndex={0}>{text}</pre>
    </>
  );
}
