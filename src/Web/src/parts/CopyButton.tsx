import { ActionIcon, CopyButton as MantineCopy, Tooltip } from '@mantine/core';
import { useText } from '../i18n/text';
import { IconCheck, IconCopy } from './icons';

export function CopyButton({ text }: { text: string }) {
  const { t } = useText();
  return (
    <MantineCopy value={text} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('common.copied') : t('common.copy')}>
          <ActionIcon variant="default" size="md" onClick={copy} aria-label={t('common.copy')}>{copied ? <IconCheck size={15} /> : <IconCopy size={15} />}</ActionIcon>
        </Tooltip>
      )}
    </MantineCopy>
  );
}
