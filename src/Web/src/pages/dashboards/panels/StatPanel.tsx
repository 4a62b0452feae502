import { useComputedColorScheme } from '@mantine/core';
import { entriesOf, numberIn } from '../../../dashboards/entries';
import { colorOf, shown } from '../../../dashboards/fields';
import { paintOf } from '../../../dashboards/paint';
import { numbersOf, ranging } from '../../../dashboards/ranges';
import { inkOn } from '../../../theme/ink';
import type { PanelProps } from '../PanelFrame';
import { ValueLink } from '../ValueLink';
import { Spark } from './Spark';

/** Values of one panel shown at most. */
const shownMax = 60;

/** A text that is longer is broken into lines. */
const longChars = 18;

interface StatOptions { colorMode?: string; graphMode?: string; textMode?: string; orientation?: string }

/** A number a series, large, in the colour of its threshold, with the way it took behind it. */
export function StatPanel({ panel, board, frames, fill, scope }: PanelProps) {
  const isDark = useComputedColorScheme('light') === 'dark';
  const { colorMode = 'value', graphMode = 'none', textMode = 'auto', orientation = 'auto' } = (panel.options ?? {}) as StatOptions;
  const entries = entriesOf(panel, frames, fill).slice(0, shownMax);
  const ranged = ranging(() => numbersOf(frames));
  const named = textMode === 'value_and_name' || (entries.length > 1 && textMode !== 'value');
  const columns = orientation === 'horizontal' ? 1 : orientation === 'vertical' ? entries.length : Math.ceil(Math.sqrt(entries.length));
  const background = colorMode.startsWith('background');
  return (
    <div className="stats" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {entries.map((entry, i) => {
        const text = shown(entry.config, entry.value);
        const value = numberIn(entry.value);
        const color = colorOf(text.color, value === null ? 'var(--ink)' : entry.config.color || entry.config.thresholds ? paintOf(ranged(entry.config, entry.values), value, i, isDark, 'thresholds') : 'var(--ink)');
        const ink = inkOn(color);
        const written = textMode === 'name' ? entry.name : textMode === 'none' ? '' : text.text;
        return (
          <div key={entry.id} className="stat" style={background ? { background: color, color: ink } : undefined}>
            {graphMode === 'area' && entry.values.length > 2 && <Spark className="stat-spark" values={entry.values} color={background ? `color-mix(in srgb, ${ink} 33%, transparent)` : color} />}
            <div className="stat-value" data-long={written.length > longChars} style={{ ['--chars' as string]: Math.min(longChars, Math.max(5, written.length)), color: background || colorMode === 'none' ? undefined : `color-mix(in srgb, ${color} 78%, var(--ink))` }}>
              <ValueLink links={entry.config.links} scope={scope} range={board.range} context={{ name: entry.name, labels: entry.labels, value: entry.value, text: text.text, row: entry.row }}>{written}</ValueLink>
            </div>
            {named && textMode !== 'name' && <div className="stat-name" title={entry.name} style={background ? { color: ink } : undefined}>{entry.name}</div>}
          </div>
        );
      })}
    </div>
  );
}
