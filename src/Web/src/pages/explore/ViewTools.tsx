import { useEffect, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

/** Puts a view's own tools into the head of the panel, beside the choice of views. */
export function ViewTools({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  useEffect(() => setPlace(document.getElementById('view-tools')), []);
  return place && createPortal(children, place);
}
