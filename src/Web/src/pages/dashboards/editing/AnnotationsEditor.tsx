import { ActionIcon, Button } from '@mantine/core';
import type { AnnotationQuery } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconPlus, IconTrash } from '../../../parts/icons';
import { ColorBox, SwitchAt, TextAt, useAt } from './inputs';

const at = ['annotations', 'list'];

/** Events that queries find; Grafana's own list stays where it is. */
export function AnnotationsEditor() {
  const e = useEditing();
  const [value, set] = useAt(at);
  const list: AnnotationQuery[] = Array.isArray(value) ? (value as AnnotationQuery[]) : [];
  const mine = list.map((annotation, i) => ({ annotation, i })).filter(({ annotation }) => !annotation.builtIn);
  return (
    <>
      {mine.length === 0 && <div className="dim" style={{ fontSize: '0.84rem' }}>{e('annotation.none')}</div>}
      {mine.map(({ annotation, i }) => (
        <div key={i} className="override">
          <div className="edit-row">
            <ColorBox value={annotation.iconColor} label={`${e('color')} ${annotation.name ?? ''}`} onChange={(color) => set(list.map((one, place) => (place === i ? { ...one, iconColor: color } : one)))} />
            <b style={{ flex: 1, fontSize: '0.84rem' }}>{annotation.name}</b>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: annotation.name ?? '' })} onClick={() => set(list.filter((_, place) => place !== i))}><IconTrash size={14} /></ActionIcon>
          </div>
          <TextAt at={[...at, i, 'name']} label={e('variable.name')} />
          <TextAt at={annotation.target ? [...at, i, 'target', 'expr'] : [...at, i, 'expr']} label={e('annotation.query')} mono placeholder="changes(process_start_time_seconds[1m]) > 0" />
          <TextAt at={[...at, i, 'titleFormat']} label={e('annotation.title')} />
          <TextAt at={[...at, i, 'textFormat']} label={e('annotation.text')} />
          <TextAt at={[...at, i, 'step']} label={e('annotation.step')} placeholder="60s" />
          <SwitchAt at={[...at, i, 'enable']} label={e('annotation.enable')} otherwise />
          <SwitchAt at={[...at, i, 'hide']} label={e('annotation.hide')} />
        </div>
      ))}
      <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<IconPlus size={14} />} onClick={() => set([...list, { name: `${e('annotations')} ${mine.length + 1}`, enable: true, hide: false, iconColor: '#f2495c', expr: '', step: '60s', datasource: { type: 'prometheus' } }])}>{e('annotation.add')}</Button>
    </>
  );
}
