import { createContext, use, useId, type ReactNode } from 'react';
import { NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { valueAt, type Path } from '../../../dashboards/editing/edits';
import { colorOf } from '../../../dashboards/fields';

interface Target { value: unknown; set: (path: Path, to: unknown) => void }
const Current = createContext<Target>({ value: {}, set: () => undefined });

/** What the inputs within change: each one member of a value, by its path. */
export const Form = ({ value, set, children }: Target & { children: ReactNode }) => <Current value={{ value, set }}>{children}</Current>;

/** A member of the value that is being changed, and how to change it. */
export function useAt(at: Path): [unknown, (to: unknown) => void] {
  const { value, set } = use(Current);
  return [valueAt(value, at), (to) => set(at, to)];
}

interface At { at: Path; label: string; placeholder?: string }

/** A text; empty takes the member away. */
export function TextAt({ at, label, placeholder, lines, mono }: At & { lines?: number; mono?: boolean }) {
  const [value, set] = useAt(at);
  const text = typeof value === 'string' ? value : '';
  const styles = mono ? { input: { fontFamily: 'var(--mantine-font-family-monospace)' } } : undefined;
  return lines
    ? <Textarea size="xs" label={label} placeholder={placeholder} rows={lines} value={text} styles={styles} onChange={(event) => set(event.currentTarget.value || undefined)} />
    : <TextInput size="xs" label={label} placeholder={placeholder} value={text} styles={styles} onChange={(event) => set(event.currentTarget.value || undefined)} />;
}

/** A number; empty takes the member away. */
export function NumberAt({ at, label, placeholder, min, max }: At & { min?: number; max?: number }) {
  const [value, set] = useAt(at);
  return (
    <TextInput size="xs" type="number" step="any" min={min} max={max} label={label} placeholder={placeholder} value={typeof value === 'number' ? String(value) : ''} onChange={(event) => {
      const number = event.currentTarget.valueAsNumber;
      set(Number.isNaN(number) ? undefined : number);
    }} />
  );
}

/** Yes or no. */
export function SwitchAt({ at, label, otherwise = false }: At & { otherwise?: boolean }) {
  const [value, set] = useAt(at);
  return <Switch size="xs" label={label} checked={typeof value === 'boolean' ? value : otherwise} onChange={(event) => set(event.currentTarget.checked)} />;
}

/** One of a few; what is stored and not among them stays choosable. */
export function SelectAt({ at, label, choices, otherwise = '', isNumber }: At & { choices: readonly (readonly [value: string, label: string])[]; otherwise?: string; isNumber?: boolean }) {
  const [value, set] = useAt(at);
  const now = value === undefined || value === null ? otherwise : String(value);
  const data = [...choices, ...(choices.some(([one]) => one === now) ? [] : [[now, now] as const])].map(([one, text]) => ({ value: one, label: text }));
  return <NativeSelect size="xs" label={label} value={now} data={data} onChange={(event) => set(event.currentTarget.value === '' ? undefined : isNumber ? Number(event.currentTarget.value) : event.currentTarget.value)} />;
}

/** Texts with commas between. */
export function ListAt({ at, label, placeholder }: At) {
  const [value, set] = useAt(at);
  const text = Array.isArray(value) ? value.map(String).join(', ') : '';
  return <TextInput key={text} size="xs" label={label} placeholder={placeholder} defaultValue={text} onBlur={(event) => { if (event.currentTarget.value !== text) set(event.currentTarget.value.split(',').map((one) => one.trim()).filter(Boolean)); }} onKeyDown={(event) => { if (event.key === 'Enter') event.currentTarget.blur(); }} />;
}

/** A text with suggestions. */
export function SuggestAt({ at, label, placeholder, suggestions }: At & { suggestions: readonly string[] }) {
  const [value, set] = useAt(at);
  const id = useId();
  return (
    <>
      <TextInput size="xs" label={label} placeholder={placeholder} list={id} value={typeof value === 'string' ? value : ''} onChange={(event) => set(event.currentTarget.value || undefined)} />
      <datalist id={id}>{suggestions.map((one) => <option key={one} value={one} />)}</datalist>
    </>
  );
}

/** A colour. */
export function ColorBox({ value, label, onChange }: { value: string | undefined; label: string; onChange: (color: string) => void }) {
  const color = colorOf(value, '#808080');
  return <input type="color" className="color-box" aria-label={label} title={label} value={/^#[0-9a-f]{6}$/i.test(color) ? color : '#808080'} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** Inputs that belong together, below a title. */
export function Group({ title, children, open = false }: { title: string; children: ReactNode; open?: boolean }) {
  return <details className="option-group" open={open}><summary>{title}</summary><div>{children}</div></details>;
}
