import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import type { Override } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconPlus, IconTrash } from '../../../parts/icons';
import { ColorBox, useAt } from './inputs';

const matchers = ['byName', 'byRegexp', 'byFrameRefID', 'byType'] as const;

/** What can be said about some fields alone, each with what it begins as. */
const properties: Record<string, unknown> = {
  unit: 'short', displayName: '', decimals: 1, min: 0, max: 100, noValue: '', color: { mode: 'fixed', fixedColor: '#5794f2' }, 'custom.axisPlacement': 'right', 'custom.drawStyle': 'bars', 'custom.lineWidth': 2, 'custom.fillOpacity': 20,
  'custom.transform': 'negative-Y', 'custom.stacking': { mode: 'none' }, 'custom.hideFrom': { viz: true, legend: true, tooltip: true }, 'custom.hidden': true, 'custom.width': 120, 'custom.align': 'right', 'custom.cellOptions': { type: 'color-background' },
};

/** Exceptions for the fields that match; properties that are not offered here are changed as JSON. */
export function OverridesEditor() {
  const e = useEditing();
  const [value, set] = useAt(['fieldConfig', 'overrides']);
  const overrides: Override[] = Array.isArray(value) ? (value as Override[]) : [];
  const change = (i: number, to: Override | null): void => set(overrides.flatMap((one, at) => (at !== i ? [one] : to === null ? [] : [to])));
  return (
    <>
      {overrides.map((override, i) => {
        // An imported one may lack either.
        const matcher = override.matcher ?? { id: '' };
        const own = (override.properties ?? []).filter((one) => typeof one?.id === 'string');
        const isSimple = typeof matcher.options === 'string' || matcher.options === undefined;
        const setProperty = (at: number, to: unknown): void => change(i, { ...override, properties: own.flatMap((one, place) => (place !== at ? [one] : to === undefined ? [] : [{ ...one, value: to }])) });
        return (
          <div key={i} className="override">
            <div className="edit-row">
              <NativeSelect size="xs" aria-label={e('override.by')} value={String(matcher.id)} data={[...matchers.map((id) => ({ value: id as string, label: e(`override.${id}`) })), ...(matchers.includes(matcher.id as 'byName') ? [] : [String(matcher.id)])]} onChange={(event) => change(i, { ...override, matcher: { ...matcher, id: event.currentTarget.value } })} />
              {isSimple && <TextInput size="xs" style={{ flex: 1, minWidth: 60 }} aria-label={e('override.which')} placeholder={e('override.which')} value={String(matcher.options ?? '')} onChange={(event) => change(i, { ...override, matcher: { ...matcher, options: event.currentTarget.value } })} />}
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: String(matcher.options ?? matcher.id) })} onClick={() => change(i, null)}><IconTrash size={14} /></ActionIcon>
            </div>
            {own.map((property, at) => (
              <div key={at} className="edit-row">
                <span style={{ flex: 'none', width: 96, fontSize: '0.74rem', overflowWrap: 'anywhere' }}>{property.id.replace('custom.', '')}</span>
                <PropertyValue id={property.id} value={property.value} onChange={(to) => setProperty(at, to)} />
                <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: property.id })} onClick={() => setProperty(at, undefined)}><IconTrash size={14} /></ActionIcon>
              </div>
            ))}
            <NativeSelect size="xs" aria-label={e('override.property')} value="" data={[{ value: '', label: e('override.property') }, ...Object.keys(properties).filter((id) => !own.some((one) => one.id === id)).map((id) => ({ value: id, label: id.replace('custom.', '') }))]} onChange={(event) => { if (event.currentTarget.value) change(i, { ...override, properties: [...own, { id: event.currentTarget.value, value: structuredClone(properties[event.currentTarget.value]) }] }); }} />
          </div>
        );
      })}
      <Button size="compact-xs" variant="default" leftSection={<IconPlus size={12} />} onClick={() => set([...overrides, { matcher: { id: 'byName', options: '' }, properties: [] }])}>{e('override.add')}</Button>
    </>
  );
}

function PropertyValue({ id, value, onChange }: { id: string; value: unknown; onChange: (to: unknown) => void }) {
  const e = useEditing();
  const label = e('override.value', { name: id });
  if (id === 'color') return <ColorBox value={(value as { fixedColor?: string } | undefined)?.fixedColor} label={label} onChange={(fixedColor) => onChange({ mode: 'fixed', fixedColor })} />;
  if (typeof value === 'number') return <TextInput size="xs" type="number" step="any" style={{ flex: 1 }} aria-label={label} value={String(value)} onChange={(event) => { if (!Number.isNaN(event.currentTarget.valueAsNumber)) onChange(event.currentTarget.valueAsNumber); }} />;
  if (typeof value === 'string') return <TextInput size="xs" style={{ flex: 1 }} aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  const text = JSON.stringify(value);
  return <TextInput key={text} size="xs" style={{ flex: 1 }} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} aria-label={label} defaultValue={text} onBlur={(event) => { try { onChange(JSON.parse(event.currentTarget.value)); } catch { event.currentTarget.value = text; } }} />;
}
