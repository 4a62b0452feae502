import { colorOf, fieldOf, reduced, shown, thresholdOf } from '../../../dashboards/fields';
import type { PanelProps } from '../PanelFrame';

const shownMax = 100;

/** Gauges and bar gauges: how far each series is between its least and its most, in the colour of its threshold. */
export function BarsPanel({ panel, series, heightPx }: PanelProps) {
  const calc = (panel.options?.reduceOptions as { calcs?: string[] } | undefined)?.calcs?.[0] ?? 'lastNotNull';
  const rows = series.slice(0, shownMax).map((one) => ({ one, field: fieldOf(panel, one), value: reduced(one.values, calc) }));
  const most = Math.max(0, ...rows.map(({ value }) => value ?? 0));
  if (panel.type === 'gauge') {
    return (
      <div className="stats" style={{ gridTemplateColumns: `repeat(${Math.ceil(Math.sqrt(rows.length))}, minmax(0, 1fr))` }}>
        {rows.map(({ one, field, value }) => {
          const min = field.min ?? 0;
          const max = field.max ?? (field.unit === 'percentunit' ? 1 : 100);
          const share = value === null ? 0 : Math.max(0, Math.min(1, (value - min) / (max - min || 1)));
          const text = shown(field, value);
          const color = colorOf(text.color ?? thresholdOf(field, value ?? min)?.color, 'var(--accent)');
          // A half circle of radius 40, so π · 40 long.
          const length = Math.PI * 40;
          return (
            <div key={one.id} className="stat">
              <svg viewBox="0 0 100 62" style={{ width: '100%', maxHeight: Math.max(50, heightPx - (rows.length > 1 ? 40 : 24)) }} role="img" aria-label={`${one.name}: ${text.text}`}>
                <path d="M10 52 A40 40 0 0 1 90 52" fill="none" stroke="var(--panel-sunk)" strokeWidth="11" />
                <path d="M10 52 A40 40 0 0 1 90 52" fill="none" stroke={color} strokeWidth="11" strokeDasharray={`${share * length} ${length}`} />
                <text x="50" y="51" textAnchor="middle" fontSize="13" fontWeight="600" fill="var(--ink)">{text.text}</text>
              </svg>
              {rows.length > 1 && <div className="stat-name" title={one.name}>{one.name}</div>}
            </div>
          );
        })}
      </div>
    );
  }
  return (
    <div style={{ height: '100%', overflowY: 'auto', padding: '4px 12px 8px', boxSizing: 'border-box', display: 'flex', flexDirection: 'column', gap: 6, justifyContent: rows.length < 8 ? 'center' : 'flex-start' }}>
      {rows.map(({ one, field, value }) => {
        const min = field.min ?? 0;
        const max = field.max ?? most;
        const text = shown(field, value);
        const color = colorOf(text.color ?? thresholdOf(field, value ?? 0)?.color, 'var(--accent)');
        return (
          <div key={one.id} className="bar-row">
            <span title={one.name} style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{one.name}</span>
            <span className="bar-track"><i style={{ width: `${value === null ? 0 : Math.max(0, Math.min(100, (100 * (value - min)) / (max - min || 1)))}%`, background: color }} /></span>
            <b className="tabular">{text.text}</b>
          </div>
        );
      })}
    </div>
  );
}
