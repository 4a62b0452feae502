import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { instantQuery, labelValues, parseQuery } from '../../api/queries';
import type { SyntaxNode } from '../../api/types';
import { useExploreText } from '../../i18n/explore';
import { useText } from '../../i18n/text';
import { fuzzyFilter } from '../../model/fuzzy';
import { absoluteRange, type Span, type TimeRange } from '../../model/timeRange';
import { formatTime } from '../../model/zone';
import { Empty } from '../../parts/Empty';
import { childrenOf, nodeText } from '../../promql/syntaxTree';
import { usePreferences } from '../../state/preferences';

const nameOf = /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{[^}]*\})?\s*$/;
/** How far back a series is looked for, and in which steps. */
const lookedFor = '30d:1h';
/** What is shown around the time it was seen, to either side. */
const aroundMs = 3_600_000;

/** A range in which nothing answers: names that are nearly the one that was meant, and when there was something last. */
export function NoData({ expr, span, onInsert, onGo }: { expr: string; span: Span; onInsert: (expr: string) => void; onGo: (range: TimeRange) => void }) {
  const { t } = useText();
  const x = useExploreText();
  const { zone } = usePreferences();
  const name = nameOf.exec(expr)?.[1];
  const names = useQuery({ queryKey: ['metric names'], queryFn: ({ signal }) => labelValues('__name__', [], signal), enabled: name !== undefined, staleTime: 30_000 });
  const known = names.data?.data ?? [];
  const near = name && names.data && !known.includes(name) ? nearest(name, known) : [];
  const seen = useQuery({
    queryKey: ['last seen', expr], staleTime: 60_000,
    queryFn: async ({ signal }): Promise<number | null> => {
      const selector = firstSelector((await parseQuery(expr, signal)).data);
      if (!selector) return null;
      const { data } = await instantQuery(`max(timestamp(${selector})) or max(max_over_time(timestamp(${selector})[${lookedFor}]))`, Date.now(), signal);
      return data.resultType === 'vector' && data.result[0]?.value ? Number(data.result[0].value[1]) * 1000 : null;
    },
  });
  const at = seen.data;
  return (
    <Empty title={t('explore.noData')} hint={t('explore.noData.hint', { from: formatTime(span.fromMs, zone), to: formatTime(span.toMs, zone) })}>
      {near.length > 0 && (
        <div style={{ display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap', justifyContent: 'center' }}>
          <span className="dim" style={{ fontSize: '0.84rem' }}>{t('explore.didYouMean')}</span>
          {near.map((one) => <button key={one} type="button" className="label" style={{ cursor: 'pointer', color: 'var(--ink)' }} onClick={() => onInsert(one)}>{one}</button>)}
        </div>
      )}
      {at && (at < span.fromMs || at > span.toMs) && (
        <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap', justifyContent: 'center', marginTop: 6 }}>
          <span className="dim" style={{ fontSize: '0.84rem' }}>{x('lastSeen', { time: formatTime(at, zone) })}</span>
          <Button size="compact-sm" variant="light" onClick={() => onGo(absoluteRange({ fromMs: at - aroundMs, toMs: at + aroundMs }))}>{x('goThere')}</Button>
        </div>
      )}
    </Empty>
  );
}

/** The first series that a query asks for, without the time it asks for. */
function firstSelector(node: SyntaxNode): string | null {
  if (node.type === 'vectorSelector' || node.type === 'matrixSelector') return nodeText({ type: 'vectorSelector', name: node.name, matchers: node.matchers });
  for (const child of childrenOf(node)) {
    const found = firstSelector(child);
    if (found) return found;
  }
  return null;
}

// The beginning of a mistyped name is mostly right: less and less of it is looked for.
function nearest(name: string, known: string[]): string[] {
  for (let length = name.length; length >= 3; length--) {
    const found = fuzzyFilter(name.slice(0, length), known, (one) => one, 3);
    if (found.length > 0) return found;
  }
  return [];
}
