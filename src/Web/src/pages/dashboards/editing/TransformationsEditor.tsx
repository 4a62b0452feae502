import { ActionIcon, NativeSelect, Switch, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Transformation } from '../../../dashboards/dashboard';
import { transformationIds } from '../../../dashboards/transformations/transform';
import { useEditing } from '../../../i18n/useEditing';
import { IconArrowDown, IconArrowUp, IconTrash } from '../../../parts/icons';
import { useAt } from './inputs';

/** What a transformation begins with. */
const beginnings: Record<string, Record<string, unknown>> = {
  organize: { excludeByName: { Time: true }, indexByName: {}, renameByName: {} }, joinByField: { byField: 'Time', mode: 'outer' }, renameByRegex: { regex: '(.*)', renamePattern: '$1' }, filterFieldsByName: { include: { names: [] } }, groupBy: { fields: {} },
  calculateField: { mode: 'reduceRow', reduce: { reducer: 'sum' } }, labelsToFields: { mode: 'columns' }, sortBy: { sort: [{ field: 'Value', desc: true }] }, reduce: { reducers: ['lastNotNull'] }, filterByValue: { type: 'include', match: 'any', filters: [{ fieldName: 'Value', config: { id: 'greater', options: { value: 0 } } }] },
  filterByRefId: { include: 'A' }, prepareTimeSeries: { format: 'wide' }, convertFieldType: { conversions: [] }, extractFields: { source: '', format: 'auto' }, groupingToMatrix: { rowField: '', columnField: '', valueField: 'Value' }, limit: { limitField: 10 }, concatenate: { frameNameMode: 'field' }, joinByLabels: { value: '' }, partitionByValues: { fields: [] },
};

/** The transformations of a panel, in their order. */
export function TransformationsEditor() {
  const e = useEditing();
  const [value, set] = useAt(['transformations']);
  const steps: Transformation[] = Array.isArray(value) ? (value as Transformation[]) : [];
  const put = (next: Transformation[]): void => set(next.length > 0 ? next : undefined);
  const change = (i: number, part: Partial<Transformation>): void => put(steps.map((one, at) => (at === i ? { ...one, ...part } : one)));
  const swap = (i: number, by: -1 | 1): void => { const next = [...steps]; [next[i], next[i + by]] = [next[i + by]!, next[i]!]; put(next); };
  return (
    <>
      <div className="dim" style={{ fontSize: '0.76rem' }}>{e('transform.hint')}</div>
      {steps.map((step, i) => (
        <div key={`${i} ${step.id}`} className="override">
          <div className="edit-row">
            <b style={{ flex: 1, fontSize: '0.8rem' }}>{step.id}</b>
            <Switch size="xs" label={e('transform.off')} checked={step.disabled ?? false} onChange={(event) => change(i, { disabled: event.currentTarget.checked })} />
            <ActionIcon variant="subtle" color="gray" size="sm" disabled={i === 0} aria-label={`${e('up')} ${step.id}`} onClick={() => swap(i, -1)}><IconArrowUp size={14} /></ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" disabled={i === steps.length - 1} aria-label={`${e('down')} ${step.id}`} onClick={() => swap(i, 1)}><IconArrowDown size={14} /></ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: step.id })} onClick={() => put(steps.filter((_, at) => at !== i))}><IconTrash size={14} /></ActionIcon>
          </div>
          <JsonBox value={step.options ?? {}} label={e('transform.options', { name: step.id })} onChange={(options) => change(i, { options: options as Record<string, unknown> })} />
        </div>
      ))}
      <NativeSelect size="xs" w={240} aria-label={e('transform.add')} value="" data={[{ value: '', label: e('transform.add') }, ...transformationIds]} onChange={(event) => { if (event.currentTarget.value) put([...steps, { id: event.currentTarget.value, options: structuredClone(beginnings[event.currentTarget.value] ?? {}) }]); }} />
    </>
  );
}

/** JSON to type; it counts as soon as it can be read. */
function JsonBox({ value, label, onChange }: { value: unknown; label: string; onChange: (value: unknown) => void }) {
  const e = useEditing();
  const stored = JSON.stringify(value, null, 2);
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? stored;
  let bad = false;
  try { JSON.parse(text); } catch { bad = true; }
  return (
    <Textarea size="xs" autosize={false} rows={Math.min(12, text.split('\n').length)} aria-label={label} value={text} error={bad ? e('transform.bad') : undefined} spellCheck={false} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      onChange={(event) => { const typed = event.currentTarget.value; setDraft(typed); try { onChange(JSON.parse(typed)); } catch { /* Half-typed: the last that could be read stands. */ } }} onBlur={() => { if (!bad) setDraft(null); }} />
  );
}
