import { useState } from 'react';
import { ActionIcon, Button, Divider, Popover, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { useText, type MessageKey, type Say } from '../i18n/text';
import { canonical, editable, quickRanges, resolve, type TimeRange } from '../model/timeRange';
import { formatOffset, type Zone } from '../model/zone';
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from './icons';

interface TimePickerProps {
  range: TimeRange;
  zone: Zone;
  onChange: (range: TimeRange) => void;
  onShift: (direction: -1 | 1) => void;
  onZoomOut: () => void;
}

/** A range in words: the name of a quick one, else both ends. */
export function rangeText(range: TimeRange, zone: Zone, t: Say): string {
  const quick = quickRanges.find((one) => one.from === range.from && one.to === range.to);
  if (quick) return quickText(quick, t);
  return `${editable(range.from, zone)} → ${editable(range.to, zone)}`;
}

const quickText = (quick: (typeof quickRanges)[number], t: Say): string =>
  quick.count !== undefined ? t('time.last', { count: quick.count, unit: t(`time.unit.${quick.unit!}`, { count: quick.count }) }) : t(`time.${quick.key}` as MessageKey);

/** Chooses a range: a quick one, two times as typed, or a step earlier, later and out. */
export function TimePicker({ range, zone, onChange, onShift, onZoomOut }: TimePickerProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const text = rangeText(range, zone, t);
  return (
    <div style={{ display: 'flex', gap: 4 }}>
      <Tooltip label={t('time.earlier')}><ActionIcon variant="default" size={32} onClick={() => onShift(-1)} aria-label={t('time.earlier')}><IconChevronLeft size={16} /></ActionIcon></Tooltip>
      <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" withinPortal trapFocus>
        <Popover.Target>
          <Button variant="default" h={32} px={10} fz="sm" fw={500} leftSection={<IconClock size={15} />} rightSection={<IconChevronDown size={13} />} onClick={() => setOpen(!open)} aria-label={t('time.picker', { range: text })} styles={{ label: { overflow: 'hidden', textOverflow: 'ellipsis', maxWidth: '46vw' } }}>
            {text}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={0} maw="94vw">
          <RangeForm key={`${range.from} ${range.to} ${zone}`} range={range} zone={zone} onApply={(next) => { setOpen(false); onChange(next); }} />
        </Popover.Dropdown>
      </Popover>
      <Tooltip label={t('time.later')}><ActionIcon variant="default" size={32} onClick={() => onShift(1)} aria-label={t('time.later')}><IconChevronRight size={16} /></ActionIcon></Tooltip>
      <Tooltip label={t('time.zoomOut')}><ActionIcon variant="default" size={32} onClick={onZoomOut} aria-label={t('time.zoomOut')}><IconZoomOut size={16} /></ActionIcon></Tooltip>
    </div>
  );
}

function RangeForm({ range, zone, onApply }: { range: TimeRange; zone: Zone; onApply: (range: TimeRange) => void }) {
  const { t } = useText();
  const [from, setFrom] = useState(editable(range.from, zone));
  const [to, setTo] = useState(editable(range.to, zone));
  const now = Date.now();
  const problem = resolve({ from, to }, now, zone);
  const wrong = typeof problem === 'string' ? problem : null;
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap' }}>
      <form
        style={{ padding: 14, width: 264, display: 'flex', flexDirection: 'column', gap: 10 }}
        onSubmit={(event) => { event.preventDefault(); if (!wrong) onApply({ from: canonical(from, zone, false), to: canonical(to, zone, true) }); }}
      >
        <div style={{ fontWeight: 600, fontSize: '0.84rem' }}>{t('time.absolute')}</div>
        <TextInput size="xs" label={t('time.from')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} error={wrong === 'time.badFrom' ? t(wrong) : undefined} data-autofocus />
        <TextInput size="xs" label={t('time.to')} value={to} onChange={(event) => setTo(event.currentTarget.value)} error={wrong && wrong !== 'time.badFrom' ? t(wrong) : undefined} />
        <div className="dim" style={{ fontSize: '0.74rem' }}>{t('time.hint')} · {formatOffset(now, zone)}</div>
        <Button type="submit" size="xs" disabled={wrong !== null}>{t('time.apply')}</Button>
      </form>
      <Divider orientation="vertical" />
      <div role="group" aria-label={t('time.quick')} style={{ padding: 8, maxHeight: 330, overflowY: 'auto', minWidth: 170 }}>
        {quickRanges.map((quick) => {
          const chosen = quick.from === range.from && quick.to === range.to;
          return (
            <UnstyledButton key={quick.from + quick.to} className="nav-link" aria-pressed={chosen} data-status={chosen ? 'active' : undefined} style={{ height: 28, width: '100%' }} onClick={() => onApply({ from: quick.from, to: quick.to })}>
              {quickText(quick, t)}
            </UnstyledButton>
          );
        })}
      </div>
    </div>
  );
}
