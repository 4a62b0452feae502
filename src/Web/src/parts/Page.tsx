import { useEffect, type ReactNode } from 'react';

/** The frame of a page: its title, what it is for, and what one can do at once. */
export function Page({ title, hint, actions, children }: { title: string; hint?: string; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => { document.title = `${title} · Pleiad`; }, [title]);
  return (
    <div className="page">
      <header style={{ display: 'flex', alignItems: 'center', gap: 12, flexWrap: 'wrap', minHeight: 36 }}>
        <h1 style={{ fontSize: '1.2rem', fontWeight: 600, margin: 0 }}>{title}</h1>
        {hint && <span className="dim" style={{ fontSize: '0.82rem' }}>{hint}</span>}
        <div style={{ marginLeft: 'auto', display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap' }}>{actions}</div>
      </header>
      {children}
    </div>
  );
}
