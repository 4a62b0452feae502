import { useEffect, useState } from 'react';
import { ActionIcon, Button, Checkbox, NativeSelect, TextInput, Tooltip } from '@mantine/core';
import { formatQuery } from '../../../api/queries';
import type { Target } from '../../../dashboards/dashboard';
import { nextRefId } from '../../../dashboards/editing/newPanels';
import { useEditing } from '../../../i18n/useEditing';
import { IconCopy, IconEye, IconEyeOff, IconPlus, IconTrash } from '../../../parts/icons';
import { PromqlEditor } from '../../../promql/PromqlEditor';
import { useAt } from './inputs';

/** The queries of a panel, each asked anew when it is left or run. */
export function QueriesEditor() {
  const e = useEditing();
  const [value, set] = useAt(['targets']);
  const targets: Target[] = Array.isArray(value) ? (value as Target[]) : [];
  const change = (i: number, to: Target | null): void => set(targets.flatMap((one, at) => (at !== i ? [one] : to === null ? [] : [to])));
  const refIds = targets.map((target) => target.refId);
  return (
    <>
      {targets.map((target, i) => (
        <OneQuery key={target.refId ?? i} target={target} onChange={(to) => change(i, to)} onRemove={targets.length > 1 ? () => change(i, null) : null} onDuplicate={() => set([...targets, { ...target, refId: nextRefId(refIds) }])} />
      ))}
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => set([...targets, { refId: nextRefId(refIds), expr: '', ...(targets[0] && 'datasource' in targets[0] ? { datasource: targets[0].datasource } : {}) } as Target])}>{e('query.add')}</Button>
    </>
  );
}

const formats = ['time_series', 'table', 'heatmap'] as const;

function OneQuery({ target, onChange, onRemove, onDuplicate }: { target: Target; onChange: (to: Target) => void; onRemove: (() => void) | null; onDuplicate: () => void }) {
  const e = useEditing();
  const letter = target.refId ?? 'A';
  const [draft, setDraft] = useState(target.expr ?? '');
  useEffect(() => setDraft(target.expr ?? ''), [target.expr]);
  const commit = (): void => { if (draft !== (target.expr ?? '')) onChange({ ...target, expr: draft }); };
  // The server knows no variables of dashboards: what it cannot read stays as it is.
  const format = (): void => void formatQuery(draft).then((answer) => onChange({ ...target, expr: answer.data }), () => undefined);
  const text = (name: 'legendFormat' | 'interval', label: string, placeholder: string) => <TextInput key={target[name]} size="xs" label={label} placeholder={placeholder} defaultValue={target[name] ?? ''} onBlur={(event) => { if (event.currentTarget.value !== (target[name] ?? '')) onChange({ ...target, [name]: event.currentTarget.value }); }} onKeyDown={(event) => { if (event.key === 'Enter') event.currentTarget.blur(); }} />;
  return (
    <div className="override" style={{ opacity: target.hide ? 0.6 : 1 }}>
      <div style={{ display: 'flex', gap: 8, alignItems: 'flex-start' }} onBlur={commit}>
        <b style={{ width: 22, lineHeight: '34px', color: 'var(--accent)' }}>{letter}</b>
        <PromqlEditor value={draft} onChange={setDraft} onRun={commit} onFormat={format} error={null} label={e('query', { letter })} placeholder={e('query.placeholder')} isTemplate />
        <ActionIcon.Group>
          <Tooltip label={e(target.hide ? 'query.show' : 'query.hide', { letter })}><ActionIcon variant="default" size={34} aria-label={e(target.hide ? 'query.show' : 'query.hide', { letter })} onClick={() => onChange({ ...target, hide: !target.hide })}>{target.hide ? <IconEyeOff size={15} /> : <IconEye size={15} />}</ActionIcon></Tooltip>
          <Tooltip label={e('panel.duplicate')}><ActionIcon variant="default" size={34} aria-label={`${e('panel.duplicate')} ${letter}`} onClick={onDuplicate}><IconCopy size={15} /></ActionIcon></Tooltip>
          {onRemove && <Tooltip label={e('query.remove', { letter })}><ActionIcon variant="default" size={34} aria-label={e('query.remove', { letter })} onClick={onRemove}><IconTrash size={15} /></ActionIcon></Tooltip>}
        </ActionIcon.Group>
      </div>
      <div style={{ display: 'flex', gap: 10, alignItems: 'flex-end', flexWrap: 'wrap', paddingLeft: 30 }}>
        {text('legendFormat', e('legend'), e('legend.hint'))}
        {text('interval', e('minStep'), '15s')}
        <NativeSelect size="xs" label={e('format')} value={String(target.format ?? 'time_series')} data={formats.map((one) => ({ value: one as string, label: e(`format.${one}`) }))} onChange={(event) => onChange({ ...target, format: event.currentTarget.value })} />
        <Checkbox size="xs" label={e('instant')} checked={target.instant === true && target.range !== true} pb={7} onChange={(event) => onChange({ ...target, instant: event.currentTarget.checked, range: !event.currentTarget.checked })} />
      </div>
    </div>
  );
}
