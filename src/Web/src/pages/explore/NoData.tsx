import { useQuery } from '@tanstack/react-query';
import { labelValues } from '../../api/queries';
import { useText } from '../../i18n/text';
import { fuzzyFilter } from '../../model/fuzzy';
import type { Span, TimeRange } from '../../model/timeRange';
import { formatTime } from '../../model/zone';
import { Empty } from '../../parts/Empty';
import { LastSeen } from '../../parts/LastSeen';
import { usePreferences } from '../../state/preferences';

const nameOf = /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{[^}]*\})?\s*$/;
/** A range in which nothing answers: names that are nearly the one that was meant, and when there was something last. */
export function NoData({ expr, span, onInsert, onGo }: { expr: string; span: Span; onInsert: (expr: string) => void; onGo: (range: TimeRange) => void }) {
  const { t } = useText();
  const { zone } = usePreferences();
  const name = nameOf.exec(expr)?.[1];
  const names = useQuery({ queryKey: ['metric names'], queryFn: ({ signal }) => labelValues('__name__', [], signal), enabled: name !== undefined, staleTime: 30_000 });
  const known = names.data?.data ?? [];
  const near = name && names.data && !known.includes(name) ? nearest(name, known) : [];
  return (
    <Empty title={t('explore.noData')} hint={t('explore.noData.hint', { from: formatTime(span.fromMs, zone), to: formatTime(span.toMs, zone) })}>
      {near.length > 0 && (
        <div style={{ display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap', justifyContent: 'center' }}>
          <span className="dim" style={{ fontSize: '0.84rem' }}>{t('explore.didYouMean')}</span>
          {near.map((one) => <button key={one} type="button" className="label" style={{ cursor: 'pointer', color: 'var(--ink)' }} onClick={() => onInsert(one)}>{one}</button>)}
        </div>
      )}
      <LastSeen expr={expr} span={span} onGo={onGo} />
    </Empty>
  );
}

// The beginning of a mistyped name is mostly right: less and less of it is looked for.
function nearest(name: string, known: string[]): string[] {
  for (let length = name.length; length >= 3; length--) {
    const found = fuzzyFilter(name.slice(0, length), known, (one) => one, 3);
    if (found.length > 0) return found;
  }
  return [];
}
