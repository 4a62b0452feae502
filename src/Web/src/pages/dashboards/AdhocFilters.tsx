import { useState } from 'react';
import { ActionIcon, Autocomplete, Button, NativeSelect, Popover, Select } from '@mantine/core';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/Combobox.css';
import { useQuery } from '@tanstack/react-query';
import { labelNames, labelValues } from '../../api/queries';
import { filtersOf, filterText, operators, type Filter } from '../../dashboards/adhoc';
import type { Variable } from '../../dashboards/dashboard';
import { useBoard } from '../../i18n/useBoard';
import { IconPlus, IconX } from '../../parts/icons';
import { listSeparator } from '../../routing/address';
import { useAddress } from '../../routing/navigation';

/** The ad hoc filters of a variable: each is one click away from being gone, and more can be added. */
export function AdhocFilters({ variable }: { variable: Variable }) {
  const b = useBoard();
  const [params, setParams] = useAddress();
  const name = `var-${variable.name}`;
  const filters = filtersOf(variable, params[name]?.split(listSeparator));
  const set = (next: Filter[]): void => setParams({ ...params, [name]: next.map(filterText).join(listSeparator) });
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 6, flexWrap: 'wrap' }}>
      {variable.hide !== 1 && <span className="variable-label">{variable.label || variable.name}</span>}
      {filters.map((filter, i) => {
        const text = `${filter.key} ${filter.operator} ${filter.value}`;
        return <Button key={i} size="compact-sm" variant="default" rightSection={<IconX size={12} />} aria-label={b('filter.remove', { filter: text })} onClick={() => set(filters.filter((_, at) => at !== i))} maw={320}>{text}</Button>;
      })}
      <NewFilter onAdd={(filter) => set([...filters, filter])} />
    </div>
  );
}

function NewFilter({ onAdd }: { onAdd: (filter: Filter) => void }) {
  const b = useBoard();
  const [isOpen, setOpen] = useState(false);
  const [key, setKey] = useState<string | null>(null);
  const [operator, setOperator] = useState<string>('=');
  const [value, setValue] = useState('');
  const names = useQuery({ queryKey: ['filter names'], queryFn: ({ signal }) => labelNames([], signal), enabled: isOpen, staleTime: 60_000 });
  const values = useQuery({ queryKey: ['filter values', key], queryFn: ({ signal }) => labelValues(key!, [], signal), enabled: isOpen && key !== null, staleTime: 60_000 });
  const add = (): void => {
    if (key === null) return;
    onAdd({ key, operator, value });
    setOpen(false);
    setKey(null);
    setValue('');
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus withinPortal>
      <Popover.Target><ActionIcon variant="default" size={28} aria-label={b('filter.add')} title={b('filter.add')} onClick={() => setOpen(!isOpen)}><IconPlus size={14} /></ActionIcon></Popover.Target>
      <Popover.Dropdown>
        <form style={{ display: 'flex', gap: 6, flexWrap: 'wrap', maxWidth: 460 }} onSubmit={(event) => { event.preventDefault(); add(); }}>
          <Select size="xs" w={150} searchable limit={200} aria-label={b('filter.label')} placeholder={b('filter.label')} data={names.data?.data ?? []} value={key} onChange={setKey} comboboxProps={{ withinPortal: false }} />
          <NativeSelect size="xs" w={64} aria-label={b('filter.operator')} data={[...operators]} value={operator} onChange={(event) => setOperator(event.currentTarget.value)} />
          <Autocomplete size="xs" w={150} limit={200} aria-label={b('filter.value')} placeholder={b('filter.value')} data={values.data?.data ?? []} value={value} onChange={setValue} comboboxProps={{ withinPortal: false }} />
          <Button size="xs" type="submit" disabled={key === null}>{b('filter.add')}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
