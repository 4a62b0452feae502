import { Kbd, Modal } from '@mantine/core';
import { useText } from '../i18n/text';
import '../theme/overlays';
import { useAllShortcuts } from '../keyboard/useShortcuts';

/** All shortcuts that work now. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const offered = useAllShortcuts();
  const rows: [string, string][] = [
    ['Ctrl K', t('keys.search')],
    ...offered.map((one): [string, string] => [one.keys, one.label]),
    ['Enter', t('keys.run')], ['Shift Enter', t('keys.newline')], ['Shift Alt F', t('keys.format')], ['Ctrl Space', t('keys.complete')],
  ];
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} size="md" closeButtonProps={{ 'aria-label': t('common.close') }}>
      <table className="sheet"><tbody>
        {rows.map(([keys, label]) => <tr key={keys}><td>{label}</td><td style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>{keys.split(' ').map((key, i) => <Kbd key={i} size="xs" ml={4}>{key}</Kbd>)}</td></tr>)}
      </tbody></table>
    </Modal>
  );
}
