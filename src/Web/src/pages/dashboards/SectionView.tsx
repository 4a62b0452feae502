import { lazy, Suspense, useState } from 'react';
import { interpolate } from '../../dashboards/interpolate';
import type { Section } from '../../dashboards/sections';
import { IconChevronDown, IconChevronRight } from '../../parts/icons';
import type { Board } from './board';
import { PanelMenu } from './editing/PanelMenu';
import type { Edits } from './editing/useEdits';
import { PanelFrame } from './PanelFrame';

const EditableGrid = lazy(() => import('./editing/EditableGrid').then((m) => ({ default: m.EditableGrid })));
const RowMenu = lazy(() => import('./editing/RowMenu').then((m) => ({ default: m.RowMenu })));

interface SectionViewProps { section: Section; board: Board; edits: Edits | null; onView: (key: string | number) => void; onEdit: (id: number) => void }

/** A row with its panels, open or folded. */
export function SectionView({ section, board, edits, onView, onEdit }: SectionViewProps) {
  const [folded, setFolded] = useState(section.head?.collapsed ?? false);
  const title = section.head && interpolate(section.head.title ?? '', { variables: { ...board.variables, ...section.scoped }, fromMs: board.span.fromMs, toMs: board.span.toMs, stepMs: 15_000, scrapeMs: 15_000 });
  return (
    <section aria-label={title ?? undefined}>
      {title !== null && (
        <button type="button" className="row-head" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
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
