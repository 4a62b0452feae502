import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { MultiSelect, Pill, Select, TextInput, Tooltip } from '@mantine/core';
import '@mantine/core/styles/ScrollArea.css';
import '@mantine/core/styles/Pill.css';
import '@mantine/core/styles/PillsInput.css';
import '@mantine/core/styles/Combobox.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/client';
import type { Variable } from '../../dashboards/dashboard';
import type { Chosen, Scope } from '../../dashboards/interpolate';
import { all, askedBy, chosenOf, optionsOf, type Option } from '../../dashboards/variables';
import { useBoard } from '../../i18n/useBoard';
import { useText } from '../../i18n/text';
import type { Span } from '../../model/timeRange';
import { IconAlertTriangle } from '../../parts/icons';
import { listSeparator } from '../../routing/address';
import { useAddress } from '../../routing/navigation';

const AdhocFilters = lazy(() => import('./AdhocFilters').then((m) => ({ default: m.AdhocFilters })));

/** Kinds of variables that nobody chooses here. */
const notChosen = ['datasource', 'constant', 'groupby', 'system'];

/** How what is chosen and no longer there looks. */
const struck = { textDecoration: 'line-through' } as const;

interface Resolved { options: Record<string, Option[]>; chosen: Record<string, Chosen>; failed: Record<string, string> }

/** What can be chosen, each value once: a stored list may have one twice, and one may be called as that for all of them is. */
const once = <T extends { value: string }>(choices: T[]): T[] => [...new Map(choices.toReversed().map((choice) => [choice.value, choice])).values()].toReversed();

/** The variables of a dashboard, each with its choices; one that depends on another is asked for after it. */
export function VariableBar({ list, span, onChosen }: { list: Variable[]; span: Span; onChosen: (chosen: Record<string, Chosen>) => void }) {
  const { t } = useText();
  const b = useBoard();
  const client = useQueryClient();
  const [params, setParams] = useAddress();
  const mine = useMemo(() => list.filter((one) => one.type !== 'adhoc' && one.name), [list]);
  const given = mine.map((one) => params[`var-${one.name}`] ?? '').join('\u0000');
  const at = `${Math.round(span.toMs / 60_000)} ${span.toMs - span.fromMs}`;
  const resolved = useQuery({
    queryKey: ['variables', JSON.stringify(mine), given, at],
    queryFn: async ({ signal }): Promise<Resolved> => {
      const options: Record<string, Option[]> = {};
      const failed: Record<string, string> = {};
      const chosen: Record<string, Chosen> = {};
      for (const variable of mine) {
        signal.throwIfAborted();
        const scope: Scope = { variables: chosen, fromMs: span.fromMs, toMs: span.toMs, stepMs: 15_000, scrapeMs: 15_000 };
        try {
          // Only what depends on a choice is asked for again when that changes.
          options[variable.name] = await client.fetchQuery({ queryKey: ['choices', JSON.stringify(variable), askedBy(variable, scope), at], queryFn: (asked) => optionsOf(variable, scope, asked.signal), staleTime: Infinity, gcTime: 600_000 });
        } catch (failure) {
          // A node that went away makes all fail: what was chosen before stays. One query that is wrong leaves the others as they are.
          if (signal.aborted || (failure instanceof ApiError && failure.status === 0)) throw failure;
          options[variable.name] = [];
          failed[variable.name] = failure instanceof Error ? failure.message : String(failure);
        }
        const text = params[`var-${variable.name}`];
        chosen[variable.name] = chosenOf(variable, text === undefined ? undefined : text.split(listSeparator).map((one) => (one === 'All' && variable.includeAll ? all : one)), options[variable.name]!);
      }
      return { options, chosen, failed };
    },
    placeholderData: (before) => before,
    staleTime: Infinity,
  });
  const { error } = resolved;
  const last = useRef<Resolved>(undefined);
  const data = last.current = resolved.data ?? last.current;
  const stamp = data && JSON.stringify(data.chosen);
  useEffect(() => {
    if (stamp) onChosen(JSON.parse(stamp) as Record<string, Chosen>);
    else if (error) onChosen({});
  }, [stamp, error, onChosen]);

  const set = (name: string, values: string[]): void => setParams({ ...params, [`var-${name}`]: values.join(listSeparator) });
  const shown = mine.filter((one) => one.hide !== 2 && !notChosen.includes(one.type));
  const adhoc = list.filter((one) => one.type === 'adhoc' && one.name && one.hide !== 2);
  if (shown.length + adhoc.length === 0 || !data) return null;
  return (
    <div style={{ display: 'flex', gap: 10, flexWrap: 'wrap', alignItems: 'center' }}>
      {shown.map((variable) => {
        const label = variable.label || variable.name;
        const chosen = data.chosen[variable.name];
        const options = data.options[variable.name] ?? [];
        if (!chosen) return null;
        const missing = chosen.isAll || variable.type === 'textbox' ? [] : chosen.values.filter((value) => value !== '' && !options.some((option) => option.value === value));
        const choices = once([...(variable.includeAll ? [{ value: all, label: t('common.all') }] : []), ...options.map(({ value, text }) => ({ value, label: text })), ...missing.map((value) => ({ value, label: value }))]);
        return (
          <div key={variable.name} style={{ display: 'flex', alignItems: 'center' }}>
            {variable.hide !== 1 && <span className="variable-label">{label}</span>}
            {data.failed[variable.name] && <Tooltip label={data.failed[variable.name]} multiline maw={420}><span role="note" aria-label={data.failed[variable.name]} style={{ color: 'var(--bad)', lineHeight: 0, marginRight: 4 }}><IconAlertTriangle size={14} /></span></Tooltip>}
            {variable.type === 'textbox' ? <TextInput size="xs" key={chosen.values[0]} defaultValue={chosen.values[0]} aria-label={label} onBlur={(event) => { if (event.currentTarget.value !== chosen.values[0]) set(variable.name, [event.currentTarget.value]); }} />
              : variable.multi ? <MultiSelect size="xs" maw={420} miw={140} searchable renderPill={({ option, value, onRemove }) => <Pill withRemoveButton {...(onRemove ? { onRemove } : {})} {...(missing.includes(value ?? '') ? { style: struck } : {})}>{(option as { label: string } | undefined)?.label ?? value}</Pill>} aria-label={label} data={choices} limit={300} value={chosen.isAll ? [all] : chosen.values} onChange={(values) => set(variable.name, values.length === 0 ? [all] : values.at(-1) === all ? [all] : values.filter((one) => one !== all))} />
              : <Select size="xs" w={190} searchable {...(missing.length > 0 ? { styles: { input: struck } } : {})} aria-label={label} data={choices} limit={300} allowDeselect={false} value={chosen.isAll ? all : chosen.values[0] ?? null} onChange={(value) => value !== null && set(variable.name, [value])} />}
            {missing.length > 0 && <span className="variable-missing" role="note">{b('notFound')}</span>}
          </div>
        );
      })}
      <Suspense>{adhoc.map((variable) => <AdhocFilters key={variable.name} variable={variable} />)}</Suspense>
    </div>
  );
}
