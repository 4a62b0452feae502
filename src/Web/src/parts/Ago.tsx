import { Tooltip } from '@mantine/core';
import { useText } from '../i18n/text';
import { formatTime } from '../model/zone';
import { usePreferences } from '../state/preferences';
import { useNow } from './useNow';

/** How long ago something was; its time on hovering. Nothing for the zero time of the API. */
export function Ago({ time }: { time: string }) {
  const { t } = useText();
  const { zone } = usePreferences();
  const now = useNow(1000);
  const at = Date.parse(time);
  if (Number.isNaN(at) || at <= 0) return <span className="dim">{t('common.never')}</span>;
  return <Tooltip label={formatTime(at, zone)}><span className="tabular">{t('common.ago', { duration: agoText(now - at) })}</span></Tooltip>;
}

/** One unit is enough: 12 s, 3 min, 5 h. */
export function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
