import { Button } from '@mantine/core';
import { useExploreText } from '../i18n/explore';
import { absoluteRange, type Span, type TimeRange } from '../model/timeRange';
import { formatTime } from '../model/zone';
import { useLastSeen } from '../promql/useLastSeen';
import { usePreferences } from '../state/preferences';

/** What is shown around the time it was seen, to either side. */
const aroundMs = 3_600_000;

/** When what a query asks for was there last, and the way there; nothing where it never was, or is within the range. */
export function LastSeen({ expr, span, onGo }: { expr: string; span: Span; onGo: (range: TimeRange) => void }) {
  const x = useExploreText();
  const { zone } = usePreferences();
  const at = useLastSeen(expr);
  if (!at || (at >= span.fromMs && at <= span.toMs)) return null;
  return (
    <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap', justifyContent: 'center', marginTop: 6 }}>
      <span className="dim" style={{ fontSize: '0.84em' }}>{x('lastSeen', { time: formatTime(at, zone) })}</span>
      <Button size="compact-sm" variant="light" onClick={() => onGo(absoluteRange({ fromMs: at - aroundMs, toMs: at + aroundMs }))}>{x('goThere')}</Button>
    </div>
  );
}
