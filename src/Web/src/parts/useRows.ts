import { useCallback, useState, type UIEvent } from 'react';

/** Rows beyond the edges that are there already when one scrolls. */
const ahead = 8;

/** The rows of a long list that can be seen, all of one height: which, and how to listen for scrolling. */
export function useRows(count: number, rowHeight: number, viewHeight: number): { from: number; to: number; height: number; onScroll: (event: UIEvent<HTMLElement>) => void } {
  const [first, setFirst] = useState(0);
  const onScroll = useCallback((event: UIEvent<HTMLElement>) => setFirst(Math.floor(event.currentTarget.scrollTop / rowHeight)), [rowHeight]);
  const shown = Math.ceil(viewHeight / rowHeight);
  const top = Math.max(0, Math.min(first, count - shown));
  return { from: Math.max(0, top - ahead), to: Math.min(count, top + shown + ahead), height: count * rowHeight, onScroll };
}
