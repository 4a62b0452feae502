import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { useText } from '../i18n/text';
import { IconChevronDown, IconRefresh } from './icons';

const choices = ['5s', '10s', '30s', '1m', '5m', '15m', '1h'];

/** Asks again now, and every so often. */
export function RefreshPicker({ refresh, busy, onRefresh, onChange }: { refresh: string; busy: boolean; onRefresh: () => void; onChange: (refresh: string) => void }) {
  const { t } = useText();
  return (
    <Button.Group>
      <Tooltip label={t('time.refresh')}>
        <ActionIcon variant="default" size={32} onClick={onRefresh} aria-label={t('time.refresh')} loading={busy} loaderProps={{ size: 14 }} style={{ borderTopRightRadius: 0, borderBottomRightRadius: 0 }}><IconRefresh size={16} /></ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button variant="default" h={32} px={7} fz="sm" fw={500} aria-label={`${t('time.refreshEvery')} ${refresh}`} style={{ borderTopLeftRadius: 0, borderBottomLeftRadius: 0, borderLeft: 0 }}>
            {refresh}<IconChevronDown size={13} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => onChange('')} fw={refresh ? 400 : 600}>{t('time.refreshOff')}</Menu.Item>
          {choices.map((choice) => <Menu.Item key={choice} onClick={() => onChange(choice)} fw={choice === refresh ? 600 : 400}>{choice}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
