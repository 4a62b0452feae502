import { useState } from 'react';
import { Alert, Button, Textarea } from '@mantine/core';
import { useEditing } from '../../../i18n/useEditing';

/** The JSON behind something, to change by hand; it counts when it is applied. */
export function JsonEditor({ value, label, rows, onApply, check }: { value: object; label: string; rows: number; onApply: (value: object) => void; check?: (value: object) => string }) {
  const e = useEditing();
  const stored = JSON.stringify(value, null, 2);
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const apply = (): void => {
    try {
      const read: unknown = JSON.parse(draft ?? stored);
      const wrong = typeof read !== 'object' || read === null || Array.isArray(read) ? e('json.object') : check?.(read) ?? '';
      setProblem(wrong);
      if (wrong) return;
      onApply(read as object);
      setDraft(null);
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <>
      {problem && <Alert color="red" variant="light" p="xs" role="alert" styles={{ message: { color: 'var(--ink)' } }}>{e('json.bad', { problem })}</Alert>}
      <Textarea size="xs" rows={rows} aria-label={label} value={draft ?? stored} onChange={(event) => setDraft(event.currentTarget.value)} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', whiteSpace: 'pre', overflow: 'auto' } }} />
      <Button size="xs" style={{ alignSelf: 'flex-start' }} disabled={draft === null || draft === stored} onClick={apply}>{e('json.apply')}</Button>
    </>
  );
}
