import { NativeSelect } from '@mantine/core';
import { reducerNames } from '../../../dashboards/reducers';
import { useEditing } from '../../../i18n/useEditing';
import { useAt } from './inputs';

/** Which figure of a series is shown. */
export function FigureSelect() {
  const e = useEditing();
  const [calcs, set] = useAt(['options', 'reduceOptions', 'calcs']);
  const now = Array.isArray(calcs) && typeof calcs[0] === 'string' ? calcs[0] : 'lastNotNull';
  const known = Object.entries(reducerNames).filter(([name]) => name !== 'total').map(([value, label]) => ({ value, label }));
  return <NativeSelect size="xs" label={e('calc')} value={now} data={known.some((one) => one.value === now) ? known : [...known, { value: now, label: now }]} onChange={(event) => set([event.currentTarget.value])} />;
}
