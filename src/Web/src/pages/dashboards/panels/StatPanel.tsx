import { colorOf, fieldOf, reduced, shown, thresholdOf } from '../../../dashboards/fields';
import type { PanelProps } from '../PanelFrame';

/** Series of one panel shown at most. */
const shownMax = 60;

/** A number a series, large, in the colour of its threshold. */
export function StatPanel({ panel, series, fill }: PanelProps) {
  const options = panel.options ?? {};
  const calc = (options.reduceOptions as { calcs?: string[] } | undefined)?.calcs?.[0] ?? 'lastNotNull';
  const mode = String(options.colorMode ?? 'value');
  const named = options.textMode === 'name' || options.textMode === 'value_and_name' || (series.length > 1 && options.textMode !== 'value');
  const columns = Math.ceil(Math.sqrt(Math.min(series.length, shownMax)));
  return (
    <div className="stats" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {series.slice(0, shownMax).map((one) => {
        const field = fieldOf(panel, one);
        const value = reduced(one.values, calc);
        const text = shown(field, value);
        const fixed = field.color?.mode === 'fixed' ? field.color.fixedColor : undefined;
        const color = colorOf(text.color ?? fixed ?? (value === null ? undefined : thresholdOf(field, value)?.color), 'var(--ink)');
        const background = mode.startsWith('background');
        return (
          <div key={one.id} className="stat" style={background ? { background: color, color: '#101318' } : undefined}>
            <div className="stat-value" style={{ color: background || mode === 'none' ? undefined : `color-mix(in srgb, ${color} 78%, var(--ink))` }}>{options.textMode === 'name' ? one.name : text.text}</div>
            {named && options.textMode !== 'name' && <div className="stat-name" title={one.name} style={background ? { color: '#101318' } : undefined}>{field.displayName ? fill(field.displayName) : one.name}</div>}
          </div>
        );
      })}
    </div>
  );
}
