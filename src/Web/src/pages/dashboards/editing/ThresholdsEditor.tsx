import { ActionIcon, Button, TextInput } from '@mantine/core';
import type { Threshold } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconPlus, IconTrash } from '../../../parts/icons';
import { ColorBox, SelectAt, useAt } from './inputs';

const at = ['fieldConfig', 'defaults', 'thresholds'];
const colours = ['yellow', 'orange', 'red', 'purple', 'blue'];

/** From which value on which colour; the first has no beginning. */
export function ThresholdsEditor() {
  const e = useEditing();
  const [value, set] = useAt([...at, 'steps']);
  const steps: Threshold[] = Array.isArray(value) && value.length > 0 ? (value as Threshold[]) : [{ value: null, color: 'green' }];
  const sorted = (next: Threshold[]): Threshold[] => [...next].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity));
  const change = (i: number, part: Partial<Threshold>): void => set(steps.map((step, at) => (at === i ? { ...step, ...part } : step)));
  return (
    <>
      {steps.map((step, i) => (
        <div key={i} className="edit-row">
          <ColorBox value={step.color} label={e('threshold.color', { n: i + 1 })} onChange={(color) => change(i, { color })} />
          {step.value === null || i === 0 ? <span style={{ flex: 1, fontSize: '0.78rem' }}>{e('threshold.base')}</span> : (
            <>
              <TextInput size="xs" type="number" step="any" style={{ flex: 1 }} aria-label={`${e('threshold.from')} ${i + 1}`} value={String(step.value)} onChange={(event) => { const number = event.currentTarget.valueAsNumber; if (!Number.isNaN(number)) change(i, { value: number }); }} onBlur={() => set(sorted(steps))} />
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: String(step.value) })} onClick={() => set(steps.filter((_, at) => at !== i))}><IconTrash size={14} /></ActionIcon>
            </>
          )}
        </div>
      ))}
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} />} onClick={() => set([...steps, { value: (steps.at(-1)?.value ?? 70) + 10, color: colours[(steps.length - 1) % colours.length]! }])}>{e('threshold.add')}</Button>
      <SelectAt at={[...at, 'mode']} label={e('threshold.mode')} otherwise="absolute" choices={[['absolute', e('absolute')], ['percentage', e('percentage')]]} />
    </>
  );
}
