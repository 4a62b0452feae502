import { useBoard } from '../../../i18n/useBoard';
import { LastSeen } from '../../../parts/LastSeen';
import type { Board } from '../board';
import type { PanelData } from '../usePanelData';

/** A panel whose queries found nothing: when there was something last, and the way there. */
export function NoSeries({ data, board }: { data: PanelData; board: Board }) {
  const b = useBoard();
  return (
    <div className="dim" style={{ height: '100%', display: 'flex', flexDirection: 'column', alignItems: 'center', justifyContent: 'center', textAlign: 'center', padding: '0 12px', fontSize: '0.8rem', overflow: 'hidden' }}>
      {b('noDataInRange')}
      <LastSeen expr={data.asked[0]!.expr} span={data.span} onGo={board.setRange} />
    </div>
  );
}
