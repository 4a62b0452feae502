import { lazy, Suspense } from 'react';
import { interpolate } from '../../dashboards/interpolate';
import type { Section } from '../../dashboards/sections';
import { IconChevronDown, IconChevronRight } from '../../parts/icons';
import { useAddress } from '../../routing/navigation';
import type { Board } from './board';
import { PanelMenu } from './editing/PanelMenu';
import type { Edits } from './editing/useEdits';
import { PanelFrame } from './PanelFrame';

const EditableGrid = lazy(() => import('./editing/EditableGrid').then((m) => ({ default: m.EditableGrid })));
const RowMenu = lazy(() => import('./editing/RowMenu').then((m) => ({ default: m.RowMenu })));

interface SectionViewProps { section: Section; board: Board; edits: Edits | null; onView: (key: string | number) => void; onEdit: (id: number) => void }

/** A row with its panels, open or folded: as the address says, else as it is stored. */
export function SectionView({ section, board, edits, onView, onEdit }: SectionViewProps) {
  const [params, setParams] = useAddress();
  const name = `row-${section.key}`;
  const isStoredFolded = section.head?.collapsed ?? false;
  const folded = params[name] === undefined ? isStoredFolded : params[name] === 'folded';
  const toggle = (): void => {
    const { [name]: _, ...others } = params;
    setParams(folded === isStoredFolded ? { ...others, [name]: folded ? 'open' : 'folded' } : others, { replace: true });
  };
  const title = section.head && interpolate(section.head.title ?? '', { variables: { ...board.variables, ...section.scoped }, fromMs: board.span.fromMs, toMs: board.span.toMs, stepMs: 15_000, scrapeMs: 15_000 });
  return (
    <section aria-label={title ?? undefined} data-row={section.head?.id ?? ''}>
      {title !== null && (
        <button type="button" className="row-head" aria-expanded={!folded} onClick={toggle}>
          {folded ? <IconChevronRight size={16} /> : <IconChevronDown size={16} />}{title}
          {folded && <span className="dim" style={{ fontWeight: 400 }}>({section.panels.length})</span>}
        </button>
      )}
      <Suspense>
        {edits && section.head && !folded && <RowMenu row={section.head} edits={edits} />}
        {!folded && section.panels.length > 0 && (edits ? <EditableGrid section={section} board={board} edits={edits} onView={onView} onEdit={onEdit} /> : (
          <div className="board">
            {section.panels.map((placed) => (
              <div key={placed.key} className="board-cell" style={{ gridColumn: `${placed.at.x + 1} / span ${placed.at.w}`, gridRow: `${placed.at.y + 1} / span ${placed.at.h}`, ['--rows' as string]: placed.at.h }}>
                <PanelFrame placed={placed} board={board} heightPx={placed.at.h * 38 - 8} tools={(onInspect) => <PanelMenu panel={placed.panel} title={placed.panel.title || `#${placed.panel.id}`} edits={null} onInspect={onInspect} onView={() => onView(placed.key)} onEdit={() => onEdit(placed.panel.id)} />} />
              </div>
            ))}
          </div>
        ))}
      </Suspense>
    </section>
  );
}
