import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { useText } from '../i18n/text';
import { IconChevronDown, IconRefresh, IconX } from './icons';

const choices = ['5s', '10s', '30s', '1m', '5m', '15m', '1h'];

interface RefreshPickerProps {
  refresh: string;
  busy: boolean;
  onRefresh: () => void;
  /** There while it takes long enough to give up. */
  onCancel?: (() => void) | undefined;
  onChange: (refresh: string) => void;
}

/** Asks again now, and every so often; or gives up. */
export function RefreshPicker({ refresh, busy, onRefresh, onCancel, onChange }: RefreshPickerProps) {
  const { t } = useText();
  const label = t(onCancel ? 'common.cancel' : 'time.refresh');
  return (
    <Button.Group>
      <Tooltip label={label}>
        <ActionIcon variant="default" size={32} onClick={onCancel ?? onRefresh} aria-label={label} loading={busy} loaderProps={{ size: 14 }} style={{ borderTopRightRadius: 0, borderBottomRightRadius: 0 }}>{onCancel ? <IconX size={16} /> : <IconRefresh size={16} />}</ActionIcon>
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
