import { Fragment } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Grid } from '../../api/queries';
import { explainRange, type PlanNode } from '../../api/running';
import { useExploreText } from '../../i18n/explore';
import { formatDuration } from '../../model/duration';
import { formatValue } from '../../model/units';
import { formatTime, type Zone } from '../../model/zone';
import { ErrorNote } from '../../parts/ErrorNote';
import { usePreferences } from '../../state/preferences';

/** The steps of a part of a plan, `at 1700000000000` or `1700000000000..1700000060000 by 1000`, in words: the server counts milliseconds. */
const stepsText = (steps: string, zone: Zone): string => {
  const [, from, to, by] = /^(?:at )?(-?\d+)(?:\.\.(-?\d+) by (\d+))?$/.exec(steps) ?? [];
  if (from === undefined) return steps;
  const start = formatTime(Number(from), zone);
  return to === undefined ? start : `${start} – ${formatTime(Number(to), zone)} / ${formatDuration(Number(by))}`;
};

const seconds = (value: number): string => formatValue(value, 's');

/** What the server did to answer a query: each step with its cost, and which shard answered in how long. */
export function PlanView({ expr, grid }: { expr: string; grid: Grid }) {
  const x = useExploreText();
  const found = useQuery({ queryKey: ['plan', expr, grid.startMs, grid.endMs, grid.stepMs], queryFn: ({ signal }) => explainRange(expr, grid, signal), staleTime: Infinity });
  const stats = found.data?.data.stats;
  return (
    <section aria-label={x('plan')} style={{ marginTop: 10 }}>
      <h3 style={{ fontSize: '0.86rem', margin: '0 0 4px' }}>{x('plan')}</h3>
      <div className="dim" style={{ fontSize: '0.78rem', marginBottom: 6 }}>{x('plan.hint')}</div>
      {found.error && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {stats && <div className="dim tabular" style={{ fontSize: '0.78rem', marginBottom: 6 }}>{x('plan.total', { samples: stats.samplesTotal, series: stats.seriesRead, peak: stats.samplesPeak, parse: seconds(stats.parseSeconds), eval: seconds(stats.evalSeconds) })}</div>}
      {found.data && (
        <div className="scroll-x" tabIndex={0}>
          <table className="sheet">
            <thead><tr><th scope="col">{x('plan.step')}</th><th scope="col" className="number">{x('plan.time')}</th><th scope="col" className="number">{x('plan.series')}</th><th scope="col" className="number">{x('plan.samples')}</th><th scope="col" className="number">{x('plan.bytes')}</th></tr></thead>
            <tbody><Step node={found.data.data.plan} depth={0} /></tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Step({ node, depth }: { node: PlanNode; depth: number }) {
  const x = useExploreText();
  const { zone } = usePreferences();
  const cell = (value: number | undefined, unit: string) => <td className="number">{value === undefined ? '' : formatValue(value, unit)}</td>;
  return (
    <>
      <tr><td style={{ paddingLeft: 12 + 18 * depth }}><code className="mono">{node.operation}</code> <span className="dim">{stepsText(node.steps, zone)}</span></td>{cell(node.seconds, 's')}{cell(node.series, 'none')}{cell(node.samples, 'none')}{cell(node.bytes, 'bytes')}</tr>
      {node.shards?.map((shard) => (
        <tr key={`shard ${shard.shard}`} className="dim"><td style={{ paddingLeft: 30 + 18 * depth }}>{x('plan.shard', { shard: String(shard.shard) })} · {x('plan.read', { series: shard.seriesRead, samples: shard.samplesRead })}</td>{cell(shard.seconds, 's')}{cell(shard.series, 'none')}<td />{cell(shard.bytes, 'bytes')}</tr>
      ))}
      {node.inputs.map((input, i) => <Fragment key={i}><Step node={input} depth={depth + 1} /></Fragment>)}
    </>
  );
}
