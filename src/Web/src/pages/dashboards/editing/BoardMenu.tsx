import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { exportUrl, setStar, type Opened } from '../../../api/dashboards';
import { useEditing } from '../../../i18n/useEditing';
import { IconCopy, IconDots, IconDownload, IconHistory, IconStar, IconStarFilled, IconTrash } from '../../../parts/icons';

export type BoardDialog = 'save' | 'copy' | 'versions' | 'delete';

/** The star of a dashboard, and what is done seldom. */
export function BoardMenu({ opened, onOpen }: { opened: Opened; onOpen: (dialog: BoardDialog) => void }) {
  const e = useEditing();
  const client = useQueryClient();
  const { uid } = opened.dashboard;
  const isStarred = opened.meta.isStarred ?? false;
  const toggle = async (): Promise<void> => {
    await setStar(uid, !isStarred);
    client.setQueryData<Opened>(['dashboard', uid], (now) => now && { ...now, meta: { ...now.meta, isStarred: !isStarred } });
    await client.invalidateQueries({ queryKey: ['dashboards'] });
  };
  return (
    <>
      <Tooltip label={e(isStarred ? 'unstar' : 'star')}><ActionIcon variant="default" size={32} aria-pressed={isStarred} aria-label={e(isStarred ? 'unstar' : 'star')} onClick={() => void toggle()}>{isStarred ? <span style={{ color: 'var(--warn)', lineHeight: 0 }}><IconStarFilled size={16} /></span> : <IconStar size={16} />}</ActionIcon></Tooltip>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target><ActionIcon variant="default" size={32} aria-label={e('more')}><IconDots size={16} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconHistory size={14} />} onClick={() => onOpen('versions')}>{e('versions')}</Menu.Item>
          <Menu.Item leftSection={<IconDownload size={14} />} component="a" href={exportUrl(uid)} download={`${uid}.json`}>{e('export')}</Menu.Item>
          <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => onOpen('copy')}>{e('saveCopy')}</Menu.Item>
          {opened.meta.canDelete !== false && <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => onOpen('delete')}>{e('delete')}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
