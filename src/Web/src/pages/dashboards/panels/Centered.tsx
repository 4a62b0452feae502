/** What a panel says instead of data. */
export function Centered({ children, bad }: { children: string; bad?: boolean }) {
  return <div className={bad ? undefined : 'dim'} style={{ height: '100%', display: 'grid', placeItems: 'center', textAlign: 'center', padding: '0 12px', fontSize: '0.8rem', overflow: 'hidden', overflowWrap: 'anywhere', color: bad ? 'var(--bad)' : undefined }}>{children}</div>;
}
