import { useLayoutEffect, useRef, useState } from 'react';
import { Button } from '@mantine/core';
import { useElementSize, useViewportSize } from '@mantine/hooks';
import { useEditing } from '../../i18n/useEditing';
import type { Placed } from '../../dashboards/sections';
import { IconArrowLeft } from '../../parts/icons';
import type { Board } from './board';
import { PanelFrame } from './PanelFrame';

const heightPxMin = 260;
const belowPx = 20;

/** One panel as large as the window. */
export function PanelAlone({ placed, board, onBack }: { placed: Placed; board: Board; onBack: () => void }) {
  const e = useEditing();
  const { height } = useViewportSize();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const { frame, topPx } = useTop(width);
  const heightPx = Math.max(heightPxMin, height - topPx - belowPx);
  const wide: Placed = { ...placed, panel: { ...placed.panel, gridPos: { x: 0, y: 0, w: 24, h: placed.at.h } } };
  return (
    <>
      <Button size="xs" h={32} variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<IconArrowLeft size={15} />} onClick={onBack}>{e('panel.back')}</Button>
      <div ref={frame}><div ref={ref} style={{ height: heightPx }}>{width > 0 && <PanelFrame placed={wide} board={board} heightPx={heightPx} />}</div></div>
    </>
  );
}

/** Where an element begins on the page: what stands above it takes more lines the narrower the window is. */
function useTop(width: number): { frame: React.RefObject<HTMLDivElement | null>; topPx: number } {
  const frame = useRef<HTMLDivElement>(null);
  const [topPx, setTop] = useState(210);
  useLayoutEffect(() => { if (frame.current) setTop(frame.current.getBoundingClientRect().top + window.scrollY); }, [width]);
  return { frame, topPx };
}
