import { ActionIcon, Button, TextInput } from '@mantine/core';
import type { Mapping } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconPlus, IconTrash } from '../../../parts/icons';
import { ColorBox, useAt } from './inputs';

interface Meaning { text?: string; color?: string; index?: number }

/** What values and ranges are shown as; mappings of other kinds stay as they are. */
export function MappingsEditor() {
  const e = useEditing();
  const [value, set] = useAt(['fieldConfig', 'defaults', 'mappings']);
  const mappings: Mapping[] = Array.isArray(value) ? (value as Mapping[]) : [];
  const replace = (i: number, options: Record<string, unknown> | null): void => set(mappings.flatMap((one, at) => (at !== i ? [one] : options === null ? [] : [{ ...one, options }])));
  const values = mappings.findIndex((one) => one.type === 'value');
  const addValue = (): void => {
    if (values < 0) return set([...mappings, { type: 'value', options: { 0: { text: '' } } }]);
    const { options } = mappings[values]!;
    let next = 0;
    while (String(next) in options) next++;
    replace(values, { ...options, [next]: { text: '' } });
  };
  let n = 0;
  const meaning = (now: Meaning, change: (to: Meaning) => void) => {
    const number = ++n;
    return (
      <>
        <TextInput size="xs" style={{ flex: 1, minWidth: 60 }} aria-label={e('mapping.text', { n: number })} value={now.text ?? ''} onChange={(event) => change({ ...now, text: event.currentTarget.value })} />
        <ColorBox value={now.color} label={e('mapping.color', { n: number })} onChange={(color) => change({ ...now, color })} />
      </>
    );
  };
  const trash = (name: string, run: () => void) => <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name })} onClick={run}><IconTrash size={14} /></ActionIcon>;
  const number = (text: number | null | undefined, label: string, change: (to: number | null) => void) => <TextInput size="xs" type="number" step="any" w={64} aria-label={label} value={text ?? ''} onChange={(event) => change(Number.isNaN(event.currentTarget.valueAsNumber) ? null : event.currentTarget.valueAsNumber)} />;
  return (
    <>
      {mappings.flatMap((mapping, i) => {
        if (mapping.type === 'value') {
          return Object.entries(mapping.options as Record<string, Meaning>).map(([key, now], row) => (
            <div key={`${i} ${row}`} className="edit-row">
              <TextInput size="xs" w={72} aria-label={e('mapping.value', { n: row + 1 })} value={key} onChange={(event) => { const name = event.currentTarget.value; if (!(name in mapping.options)) replace(i, Object.fromEntries(Object.entries(mapping.options).map(([old, one]) => [old === key ? name : old, one]))); }} />
              {meaning(now, (to) => replace(i, { ...mapping.options, [key]: to }))}
              {trash(key, () => { const rest = Object.fromEntries(Object.entries(mapping.options).filter(([name]) => name !== key)); replace(i, Object.keys(rest).length > 0 ? rest : null); })}
            </div>
          ));
        }
        if (mapping.type !== 'range') return [<div key={i} className="edit-row dim" style={{ fontSize: '0.76rem' }}><span style={{ flex: 1 }}>{mapping.type}</span>{trash(mapping.type, () => replace(i, null))}</div>];
        const options = mapping.options as { from?: number | null; to?: number | null; result?: Meaning };
        return [
          <div key={i} className="edit-row">
            {number(options.from, e('mapping.from', { n: i + 1 }), (from) => replace(i, { ...options, from }))}{number(options.to, e('mapping.to', { n: i + 1 }), (to) => replace(i, { ...options, to }))}
            {meaning(options.result ?? {}, (result) => replace(i, { ...options, result }))}
            {trash(`${options.from ?? ''}–${options.to ?? ''}`, () => replace(i, null))}
          </div>,
        ];
      })}
      <div className="edit-row">
        <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} />} onClick={addValue}>{e('mapping.addValue')}</Button>
        <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} />} onClick={() => set([...mappings, { type: 'range', options: { from: 0, to: 100, result: { text: '' } } }])}>{e('mapping.addRange')}</Button>
      </div>
    </>
  );
}
