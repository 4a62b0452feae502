import { ActionIcon, Button } from '@mantine/core';
import type { Variable } from '../../../dashboards/dashboard';
import { useEditing } from '../../../i18n/useEditing';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '../../../parts/icons';
import { Group, SelectAt, SwitchAt, TextAt, useAt } from './inputs';

const types = ['query', 'custom', 'textbox', 'constant', 'interval', 'datasource', 'adhoc'] as const;
const at = ['templating', 'list'];

/** The variables of a dashboard; one may use those above it. */
export function VariablesEditor() {
  const e = useEditing();
  const [value, set] = useAt(at);
  const list: Variable[] = Array.isArray(value) ? (value as Variable[]) : [];
  const swap = (i: number, by: -1 | 1): void => { const next = [...list]; [next[i], next[i + by]] = [next[i + by]!, next[i]!]; set(next); };
  return (
    <>
      {list.length === 0 && <div className="dim" style={{ fontSize: '0.84rem' }}>{e('variable.none')}</div>}
      {list.map((variable, i) => (
        <div key={i} className="override">
          <div className="edit-row">
            <b className="mono" style={{ flex: 1 }}>${variable.name}</b>
            <ActionIcon variant="subtle" color="gray" size="sm" disabled={i === 0} aria-label={`${e('up')} ${variable.name}`} onClick={() => swap(i, -1)}><IconArrowUp size={14} /></ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" disabled={i === list.length - 1} aria-label={`${e('down')} ${variable.name}`} onClick={() => swap(i, 1)}><IconArrowDown size={14} /></ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={e('remove', { name: variable.name })} onClick={() => set(list.filter((_, place) => place !== i))}><IconTrash size={14} /></ActionIcon>
          </div>
          <div className="halves" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(160px, 1fr))', gap: 8 }}>
            <TextAt at={[...at, i, 'name']} label={e('variable.name')} mono />
            <SelectAt at={[...at, i, 'type']} label={e('type')} choices={types.map((type) => [type, e(`variable.type.${type}`)] as const)} />
            <TextAt at={[...at, i, 'label']} label={e('variable.label')} />
          </div>
          {variable.type !== 'adhoc' && (
            // A query of newer Grafanas is an object with the text within.
            typeof variable.query === 'object' && variable.query !== null ? <TextAt at={[...at, i, 'query', 'query']} label={e('variable.query')} mono /> : <TextAt at={[...at, i, 'query']} label={e('variable.query')} placeholder={variable.type === 'query' ? 'label_values(up, job)' : '1m,5m,1h'} mono />
          )}
          <Group title={e('group.look')} open={i === list.length - 1}>
            {variable.type === 'query' && <TextAt at={[...at, i, 'regex']} label={e('variable.regex')} mono placeholder="/(.*):9100/" />}
            <SwitchAt at={[...at, i, 'multi']} label={e('variable.multi')} />
            <SwitchAt at={[...at, i, 'includeAll']} label={e('variable.includeAll')} />
            {variable.includeAll && <TextAt at={[...at, i, 'allValue']} label={e('variable.allValue')} mono placeholder=".*" />}
            <SelectAt at={[...at, i, 'hide']} label={e('variable.hide')} otherwise="0" isNumber choices={[['0', e('variable.hide.0')], ['1', e('variable.hide.1')], ['2', e('variable.hide.2')]]} />
          </Group>
        </div>
      ))}
      <Button size="xs" variant="default" style={{ alignSelf: 'flex-start' }} leftSection={<IconPlus size={14} />} onClick={() => set([...list, { name: freeName(list), type: 'query', query: '', refresh: 2, sort: 1, multi: false, includeAll: false, datasource: { type: 'prometheus' } }])}>{e('variable.add')}</Button>
    </>
  );
}

function freeName(list: readonly Variable[]): string {
  let n = list.length + 1;
  while (list.some((one) => one.name === `variable${n}`)) n++;
  return `variable${n}`;
}
