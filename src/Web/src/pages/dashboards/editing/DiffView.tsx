import { useMemo } from 'react';
import { diffLines, hunksOf, jsonLines } from '../../../dashboards/editing/diff';
import { useEditing } from '../../../i18n/useEditing';

/** How two dashboards differ, line by line. */
export function DiffView({ before, after, label }: { before: object; after: object; label: string }) {
  const e = useEditing();
  const lines = useMemo(() => diffLines(jsonLines(before), jsonLines(after)), [before, after]);
  const [added, removed] = [lines.filter((line) => line.kind === 'added').length, lines.filter((line) => line.kind === 'removed').length];
  if (added + removed === 0) return <div className="dim" style={{ fontSize: '0.8rem' }}>{e('versions.same')}</div>;
  return (
    <>
      <div className="dim" style={{ fontSize: '0.78rem' }}>{e('save.lines', { added, removed })}</div>
      <pre className="diff mono" tabIndex={0} aria-label={label}>
        {hunksOf(lines).map((line, i) => (line === null ? <span key={i} className="dim">{'⋯\n'}</span> : <span key={i} data-kind={line.kind}>{`${line.kind === 'added' ? '+' : line.kind === 'removed' ? '−' : ' '} ${line.text}\n`}</span>))}
      </pre>
    </>
  );
}
