import type { ReactNode } from 'react';

/** Where there is nothing to show: why, and what to do about it. */
export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div style={{ padding: '36px 20px', textAlign: 'center', display: 'flex', flexDirection: 'column', alignItems: 'center', gap: 8 }}>
      <div style={{ fontWeight: 600, fontSize: '0.95rem' }}>{title}</div>
      {hint && <div className="dim" style={{ fontSize: '0.84rem', maxWidth: 560 }}>{hint}</div>}
      {children}
    </div>
  );
}
