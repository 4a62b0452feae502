import { useState } from 'react';
import { useText } from '../i18n/text';
import { IconAlertTriangle, IconInfoCircle } from './icons';

/** Warnings and remarks of an answer; more than one is folded. */
export function Notes({ warnings, infos }: { warnings: string[]; infos: string[] }) {
  return (
    <>
      <NoteList kind="warnings" texts={warnings} />
      <NoteList kind="infos" texts={infos} />
    </>
  );
}

function NoteList({ kind, texts }: { kind: 'warnings' | 'infos'; texts: string[] }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  if (texts.length === 0) return null;
  const isWarning = kind === 'warnings';
  const one = texts.length === 1;
  return (
    <div role={isWarning ? 'status' : undefined} style={{ display: 'flex', gap: 8, alignItems: 'flex-start', fontSize: '0.8rem', padding: '6px 10px', borderRadius: 8, background: isWarning ? 'var(--warn-soft)' : 'var(--accent-soft)' }}>
      <span style={{ color: isWarning ? 'var(--warn)' : 'var(--accent)', flex: 'none', lineHeight: 0, paddingTop: 2 }}>{isWarning ? <IconAlertTriangle size={15} /> : <IconInfoCircle size={15} />}</span>
      <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        {one ? texts[0] : (
          <>
            <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} style={{ background: 'none', border: 0, padding: 0, font: 'inherit', color: 'inherit', cursor: 'pointer', fontWeight: 600 }}>
              {t(`notes.${kind}`, { count: texts.length })} {open ? '▾' : '▸'}
            </button>
            {open && <ul style={{ margin: '4px 0 0', paddingLeft: 18 }}>{texts.map((text) => <li key={text}>{text}</li>)}</ul>}
          </>
        )}
      </div>
    </div>
  );
}
