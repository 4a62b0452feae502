import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.css';
import type { Path } from '../../../dashboards/editing/edits';
import type { DataLink } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconPlus, IconTrash } from '../../../parts/icons';
import { useAt } from './inputs';

/** Links of a panel or of its values; their addresses may hold variables. */
export function LinksEditor({ at }: { at: Path }) {
  const e = useEditing();
  const [value, set] = useAt(at);
  const links: DataLink[] = Array.isArray(value) ? (value as DataLink[]) : [];
  const change = (i: number, part: Partial<DataLink> | null): void => { const next = links.flatMap((one, place) => (place !== i ? [one] : part === null ? [] : [{ ...one, ...part }])); set(next.length > 0 ? next : undefined); };
  return (
    <>
      {links.map((link, i) => (
        <div key={i} className="override">
          <div className="edit-row">
            <TextInput size="xs" style={{ flex: 1 }} aria-label={e('link.title', { n: i + 1 })} placeholder={e('title')} value={link.title ?? ''} onChange={(event) => change(i, { title: event.currentTarget.value })} />
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: link.title || String(i + 1) })} onClick={() => change(i, null)}><IconTrash size={14} /></ActionIcon>
          </div>
          <TextInput size="xs" aria-label={e('link.url', { n: i + 1 })} placeholder="/d/uid?${__url_time_range}" value={link.url ?? ''} onChange={(event) => change(i, { url: event.currentTarget.value })} />
          <Checkbox size="xs" label={e('link.blank')} checked={link.targetBlank ?? false} onChange={(event) => change(i, { targetBlank: event.currentTarget.checked })} />
        </div>
      ))}
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} />} onClick={() => set([...links, { title: '', url: '' }])}>{e('link.add')}</Button>
    </>
  );
}
