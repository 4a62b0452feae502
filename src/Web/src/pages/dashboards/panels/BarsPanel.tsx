import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { entriesOf, numberIn, type Entry } from '../../../dashboards/entries';
import { barBackground, barModeOf } from '../../../dashboards/bars';
import type { FieldDefaults } from '../../../dashboards/dashboard';
import { colorOf, shown, stepsOf } from '../../../dashboards/fields';
import { colorScaleOf, paintOf } from '../../../dashboards/paint';
import type { PanelProps } from '../PanelFrame';
import { ValueLink } from '../ValueLink';
import { Bar } from './Bar';

const shownMax = 100;
/** A standing bar is at least so wide. */
const columnPxMin = 56;

/** The shares of a gauge that lie within each of its thresholds. */
function limitsOf(field: FieldDefaults, min: number, max: number): { from: number; to: number; color: string }[] {
  const steps = stepsOf(field);
  const share = (value: number): number => Math.max(0, Math.min(1, (value - min) / (max - min || 1)));
  return steps.map(({ value, color }, i) => ({ from: typeof value === 'number' ? share(value) : 0, to: i + 1 < steps.length ? share(steps[i + 1]!.value ?? min) : 1, color: colorOf(color, '#8e8e8e') })).filter(({ from, to }) => to > from);
}

/** Gauges and bar gauges: how far each value is between its least and its most, in the colour of its threshold. */
export function BarsPanel({ panel, board, frames, heightPx, fill, scope }: PanelProps) {
  const isDark = useComputedColorScheme('light') === 'dark';
  const entries = entriesOf(panel, frames, fill).slice(0, shownMax);
  const most = Math.max(0, ...entries.map(({ value }) => numberIn(value) ?? 0));
  const rows = entries.map((entry, i) => {
    const value = numberIn(entry.value);
    const min = entry.config.min ?? 0;
    const max = entry.config.max ?? (panel.type === 'bargauge' ? most : entry.config.unit === 'percentunit' ? 1 : 100);
    const config = { ...entry.config, min, max };
    const text = shown(config, entry.value);
    const percent = value === null ? 0 : Math.max(0, Math.min(100, (100 * (value - min)) / (max - min || 1)));
    const color = colorOf(text.color, config.color || config.thresholds ? paintOf(config, value ?? min, i, isDark, 'thresholds') : 'var(--accent)');
    // What a mapping gives its colour has that alone.
    return { entry, percent, min, max, limits: config.thresholds ? limitsOf(config, min, max) : [], text: text.text, color, scale: text.color ? null : colorScaleOf(config, isDark, 'thresholds') };
  });
  const { ref, width } = useElementSize<HTMLDivElement>();
  const { orientation = 'auto', displayMode, showThresholdMarkers } = (panel.options ?? {}) as { orientation?: string; displayMode?: unknown; showThresholdMarkers?: unknown };
  const mode = barModeOf(displayMode);
  const linked = (entry: Entry, text: string, children: string) => <ValueLink links={entry.config.links} scope={scope} range={board.range} context={{ name: entry.name, labels: entry.labels, value: entry.value, text, row: entry.row }}>{children}</ValueLink>;
  if (panel.type === 'gauge') {
    return (
      <div className="stats" style={{ gridTemplateColumns: `repeat(${Math.ceil(Math.sqrt(rows.length))}, minmax(0, 1fr))` }}>
        {rows.map(({ entry, percent, text, color, limits }) => {
          // A half circle of radius 40, so π · 40 long; its thresholds lie around it.
          const length = Math.PI * 40;
          const around = Math.PI * 47;
          return (
            <div key={entry.id} className="stat">
              <svg viewBox="0 0 100 62" style={{ width: '100%', maxHeight: Math.max(50, heightPx - (rows.length > 1 ? 40 : 24)) }} role="img" aria-label={`${entry.name}: ${text}`}>
                <path d="M10 52 A40 40 0 0 1 90 52" fill="none" stroke="var(--panel-sunk)" strokeWidth="11" />
                <path d="M10 52 A40 40 0 0 1 90 52" fill="none" stroke={color} strokeWidth="11" strokeDasharray={`${(percent / 100) * length} ${length}`} />
                {showThresholdMarkers !== false && limits.length > 1 && limits.map((limit, i) => <path key={i} d="M3 52 A47 47 0 0 1 97 52" fill="none" stroke={limit.color} strokeWidth="2" strokeDasharray={`0 ${limit.from * around} ${(limit.to - limit.from) * around} ${around}`} />)}
                <text x="50" y="51" textAnchor="middle" fontSize="13" fontWeight="600" fill="var(--ink)">{text}</text>
              </svg>
              {(rows.length > 1 || entry.config.links?.length) && <div className="stat-name" title={entry.name}>{linked(entry, text, entry.name)}</div>}
            </div>
          );
        })}
      </div>
    );
  }
  // As in Grafana bars stand where the panel is wider than high; where each would be too narrow for its name they lie.
  const stands = rows.length > 0 && width / rows.length >= columnPxMin && (orientation === 'vertical' || (orientation === 'auto' && width > heightPx));
  if (stands) {
    return (
      <div ref={ref} tabIndex={0} className="bar-columns">
        {rows.map((row) => (
          <div key={row.entry.id} className="bar-column">
            <b className="tabular">{row.text}</b>
            <Bar percent={row.percent} mode={mode} isUpright background={barBackground(mode, row.color, row.scale, row.min, row.max, 'top')} />
            <span className="bar-name" title={row.entry.name}>{linked(row.entry, row.text, row.entry.name)}</span>
          </div>
        ))}
      </div>
    );
  }
  return (
    <div ref={ref} tabIndex={0} className="bar-list" style={{ height: '100%', overflowY: 'auto', padding: '4px 12px 8px', boxSizing: 'border-box', display: 'flex', flexDirection: 'column', gap: 6, justifyContent: rows.length < 8 ? 'center' : 'flex-start' }}>
      {rows.map((row) => (
        <div key={row.entry.id} className="bar-row">
          <span title={row.entry.name} style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{linked(row.entry, row.text, row.entry.name)}</span>
          <Bar percent={row.percent} mode={mode} background={barBackground(mode, row.color, row.scale, row.min, row.max, 'right')} />
          <b className="tabular">{row.text}</b>
        </div>
      ))}
    </div>
  );
}
