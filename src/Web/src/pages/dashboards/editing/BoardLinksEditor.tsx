import { ActionIcon, Button } from '@mantine/core';
import type { DashboardLink } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconPlus, IconTrash } from '../../../parts/icons';
import { ListAt, SelectAt, SwitchAt, TextAt, useAt } from './inputs';

/** The links beside the title of a dashboard. */
export function BoardLinksEditor() {
  const e = useEditing();
  const [value, set] = useAt(['links']);
  const links: DashboardLink[] = Array.isArray(value) ? (value as DashboardLink[]) : [];
  return (
    <>
      {links.map((link, i) => (
        <div key={i} className="override">
          <div className="edit-row">
            <b style={{ flex: 1, fontSize: '0.84rem' }}>{link.title}</b>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: link.title ?? String(i + 1) })} onClick={() => set(links.filter((_, at) => at !== i))}><IconTrash size={14} /></ActionIcon>
          </div>
          <TextAt at={['links', i, 'title']} label={e('link.title', { n: i + 1 })} />
          <SelectAt at={['links', i, 'type']} label={e('link.kind')} otherwise="link" choices={[['link', e('link.kind.link')], ['dashboards', e('link.kind.dashboards')]]} />
          {link.type === 'dashboards' ? <ListAt at={['links', i, 'tags']} label={e('link.tags', { n: i + 1 })} /> : <TextAt at={['links', i, 'url']} label={e('link.url', { n: i + 1 })} placeholder="/d/uid or https://…" />}
          <SwitchAt at={['links', i, 'keepTime']} label={e('link.keepTime')} /><SwitchAt at={['links', i, 'includeVars']} label={e('link.includeVars')} /><SwitchAt at={['links', i, 'targetBlank']} label={e('link.blank')} />
        </div>
      ))}
      <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<IconPlus size={14} />} onClick={() => set([...links, { type: 'link', title: '', url: '', tags: [], keepTime: true, includeVars: false, targetBlank: false }])}>{e('link.add')}</Button>
    </>
  );
}
