import type { Panel } from '../../../dashboards/dashboard';
import { useText } from '../../../i18n/text';

/** Whether a panel wants its legend. */
export function showsLegend(panel: Panel): boolean {
  const legend = panel.options?.legend as { showLegend?: boolean; displayMode?: string } | undefined;
  return legend?.showLegend !== false && legend?.displayMode !== 'hidden';
}

/** Height of the small legend below a chart. */
export const legendPx = (count: number): number => Math.min(46, 22 * Math.ceil(count / 4) + 4);

/** Names and colours below a chart. */
export function ChartLegend({ items }: { items: { name: string; color: string }[] }) {
  const { t } = useText();
  return (
    <div className="small-legend" role="group" aria-label={t('legend.label')} tabIndex={0}>
      {items.map((item, i) => <span key={i} style={{ display: 'inline-flex', gap: 6, alignItems: 'center', maxWidth: '100%' }}><i style={{ background: item.color }} /><span title={item.name} style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{item.name}</span></span>)}
    </div>
  );
}
