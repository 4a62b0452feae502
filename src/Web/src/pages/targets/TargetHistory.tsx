import { useMemo } from 'react';
import { useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { rangeQuery } from '../../api/queries';
import type { Labels } from '../../api/types';
import type { LineStyle } from '../../charts/plotOptions';
import { TimeSeriesChart } from '../../charts/TimeSeriesChart';
import { useServer } from '../../i18n/server';
import { columnOf, timesOf, type Line } from '../../model/series';
import { seriesText } from '../../model/seriesName';
import { gridOf } from '../../model/step';
import { ErrorNote } from '../../parts/ErrorNote';
import { usePreferences } from '../../state/preferences';
import { seriesColor } from '../../theme/seriesColors';

/** How far back one looks, and the points of that. */
const backMs = 3_600_000;
const points = 240;

/** How long the scrapes of a target took in the last hour, and which of them failed. */
export function TargetHistory({ labels, intervalMs }: { labels: Labels; intervalMs: number }) {
  const say = useServer();
  const { zone } = usePreferences();
  const isDark = useComputedColorScheme('light') === 'dark';
  const own = { job: labels.job ?? '', instance: labels.instance ?? '' };
  const found = useQuery({
    queryKey: ['target history', own], refetchInterval: 15_000,
    queryFn: async ({ signal }) => {
      const toMs = Date.now();
      const grid = gridOf({ fromMs: toMs - backMs, toMs }, Math.max(intervalMs, backMs / points));
      const [took, up] = await Promise.all([seriesText({ __name__: 'scrape_duration_seconds', ...own }), seriesText({ __name__: 'up', ...own })].map((expr) => rangeQuery(expr, grid, signal)));
      return { grid, took: took!.data, up: up!.data };
    },
  });
  const drawn = useMemo(() => {
    if (!found.data || found.data.took.resultType !== 'matrix' || found.data.up.resultType !== 'matrix') return null;
    const { grid, took, up } = found.data;
    const column = took.result[0] ? columnOf(took.result[0], grid) : timesOf(grid).map(() => null);
    const state = up.result[0] ? columnOf(up.result[0], grid) : [];
    const line = (id: string, name: string, values: (number | null)[]): Line => ({ id, name, labels: {}, query: 0, values });
    return { times: timesOf(grid), span: [grid.startMs / 1000, grid.endMs / 1000] as [number, number], lines: [line('took', say('targets.duration'), column), line('failed', say('targets.failedScrape'), column.map((value, i) => (state[i] === 0 ? value ?? 0 : null)))] };
  }, [found.data, say]);
  const styles = useMemo<LineStyle[]>(() => [
    { name: 'took', color: seriesColor(0, isDark), width: 1.5, fill: 0.12, draw: 'line', step: false, spanGaps: false, show: true, rightAxis: false, stack: null },
    { name: 'failed', color: isDark ? '#ff8b85' : '#c22a2a', width: 1, fill: 0, draw: 'points', step: false, spanGaps: false, show: true, rightAxis: false, stack: null },
  ], [isDark]);
  if (found.error && !found.data) return <ErrorNote error={found.error} />;
  if (!drawn) return <div style={{ height: 120 }} aria-busy="true" />;
  return <TimeSeriesChart times={drawn.times} lines={drawn.lines} styles={styles} span={drawn.span} height={120} unit="s" min={0} zone={zone} />;
}
