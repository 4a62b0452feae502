import { useMemo, useRef, useState } from 'react';
import { Button, Checkbox, Drawer, Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { labelNames, labelValues, metadata } from '../../api/queries';
import type { MetricMetadata } from '../../api/types';
import { useText } from '../../i18n/text';
import '../../theme/overlays';
import { fuzzyFilter } from '../../model/fuzzy';
import { anyOf, selectorText } from '../../model/seriesName';
import { ErrorNote } from '../../parts/ErrorNote';
import { IconArrowLeft, IconSearch } from '../../parts/icons';

/** Finds a metric by a few letters, then narrows it down by its labels. */
export function MetricsBrowser({ onClose, onChoose }: { onClose: () => void; onChoose: (expr: string) => void }) {
  const { t } = useText();
  return (
    <Drawer opened onClose={onClose} position="right" title={t('browser.title')} size={640} closeButtonProps={{ 'aria-label': t('common.close') }} styles={{ content: { display: 'flex', flexDirection: 'column', background: 'var(--panel)' }, header: { background: 'var(--panel)' }, body: { flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' } }}>
      <Browser onChoose={onChoose} />
    </Drawer>
  );
}

function Browser({ onChoose }: { onChoose: (expr: string) => void }) {
  const [metric, setMetric] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const about = useQuery({ queryKey: ['metadata'], queryFn: ({ signal }) => metadata(signal), staleTime: 30_000 });
  return metric === null
    ? <MetricList typed={typed} onType={setTyped} about={about.data?.data ?? {}} onPick={setMetric} />
    : <MetricLabels metric={metric} about={aboutOf(about.data?.data ?? {}, metric)} onBack={() => setMetric(null)} onChoose={onChoose} />;
}

/** Series of a histogram or summary carry a suffix that their family has not. */
function aboutOf(all: Record<string, MetricMetadata[]>, name: string): MetricMetadata | undefined {
  return (all[name] ?? all[name.replace(/_(bucket|sum|count|total)$/, '')])?.[0];
}

const rowHeight = 46;

function MetricList({ typed, onType, about, onPick }: { typed: string; onType: (text: string) => void; about: Record<string, MetricMetadata[]>; onPick: (metric: string) => void }) {
  const { t } = useText();
  const box = useRef<HTMLDivElement>(null);
  const names = useQuery({ queryKey: ['metric names'], queryFn: ({ signal }) => labelValues('__name__', [], signal), staleTime: 30_000 });
  const found = useMemo(() => fuzzyFilter(typed, names.data?.data ?? [], (name) => name), [typed, names.data]);
  const list = useVirtualizer({ count: found.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 8 });
  return (
    <>
      <TextInput data-autofocus leftSection={<IconSearch size={15} />} value={typed} onChange={(event) => onType(event.currentTarget.value)} placeholder={t('browser.search')} aria-label={t('browser.search')} />
      <div className="dim" style={{ fontSize: '0.76rem', padding: '8px 2px' }}>{t('browser.count', { count: found.length })}</div>
      {names.error && <ErrorNote error={names.error} onRetry={() => void names.refetch()} />}
      {names.isPending && [1, 2, 3, 4].map((i) => <Skeleton key={i} height={rowHeight - 8} mb={8} />)}
      <div ref={box} style={{ flex: 1, minHeight: 0, overflowY: 'auto' }}>
        <div style={{ height: list.getTotalSize(), position: 'relative' }}>
          {list.getVirtualItems().map((item) => {
            const name = found[item.index]!;
            const said = aboutOf(about, name);
            return (
              <button type="button" key={name} onClick={() => onPick(name)} className="legend-row" style={{ display: 'block', position: 'absolute', top: 0, left: 0, right: 0, height: rowHeight, padding: '5px 8px', transform: `translateY(${item.start}px)`, borderRadius: 7 }}>
                <div style={{ display: 'flex', gap: 8, alignItems: 'baseline' }}>
                  <span className="mono" style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</span>
                  {said && said.type !== 'unknown' && <span style={{ fontSize: '0.7rem', color: 'var(--accent)' }}>{said.type}</span>}
                </div>
                <div className="dim" style={{ fontSize: '0.74rem', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{said?.help ?? ''}</div>
              </button>
            );
          })}
        </div>
      </div>
    </>
  );
}

function MetricLabels({ metric, about, onBack, onChoose }: { metric: string; about: MetricMetadata | undefined; onBack: () => void; onChoose: (expr: string) => void }) {
  const { t } = useText();
  const [chosen, setChosen] = useState<Record<string, string[]>>({});
  const [open, setOpen] = useState<string | null>(null);
  const matchers = Object.entries(chosen).filter(([, values]) => values.length > 0).map(([label, values]) => anyOf(label, values));
  const selector = selectorText(metric, matchers);
  const labels = useQuery({ queryKey: ['labels of', metric], queryFn: ({ signal }) => labelNames([selectorText(metric, [])], signal) });
  const counter = about?.type === 'counter' || /_(total|bucket|sum|count)$/.test(metric);
  return (
    <>
      <Button variant="subtle" size="compact-sm" leftSection={<IconArrowLeft size={14} />} onClick={onBack} style={{ alignSelf: 'flex-start' }}>{t('browser.back')}</Button>
      <div style={{ padding: '8px 2px' }}>
        <div className="mono" style={{ fontWeight: 600, overflowWrap: 'anywhere' }}>{metric} {about && <span style={{ color: 'var(--accent)', fontWeight: 400 }}>{about.type}</span>}</div>
        <div className="dim" style={{ fontSize: '0.8rem' }}>{about?.help}</div>
      </div>
      {labels.error && <ErrorNote error={labels.error} />}
      <div style={{ flex: 1, minHeight: 0, overflowY: 'auto' }}>
        <div className="nav-section" style={{ paddingLeft: 2 }}>{t('browser.labels')}</div>
        {(labels.data?.data ?? []).filter((label) => label !== '__name__').map((label) => (
          <LabelChoice
            key={label} label={label} metric={metric} opened={open === label} onOpen={() => setOpen(open === label ? null : label)}
            others={matchers.filter((matcher) => matcher.label !== label)} values={chosen[label] ?? []} onChange={(values) => setChosen({ ...chosen, [label]: values })}
          />
        ))}
      </div>
      <div style={{ borderTop: '1px solid var(--line)', paddingTop: 10, display: 'flex', gap: 8, alignItems: 'center', flexWrap: 'wrap' }}>
        <code className="mono" aria-label={t('browser.selector')} style={{ flex: 1, minWidth: 200, overflowWrap: 'anywhere' }}>{selector}</code>
        {counter && <Button size="xs" variant="default" onClick={() => onChoose(`rate(${selector}[5m])`)}>{t('browser.rate')}</Button>}
        <Button size="xs" onClick={() => onChoose(selector)}>{t('browser.insert')}</Button>
      </div>
    </>
  );
}

const valuesShown = 200;

function LabelChoice({ label, metric, opened, onOpen, others, values, onChange }: { label: string; metric: string; opened: boolean; onOpen: () => void; others: Parameters<typeof selectorText>[1]; values: string[]; onChange: (values: string[]) => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const within = selectorText(metric, others);
  const known = useQuery({ queryKey: ['values of', label, within], queryFn: ({ signal }) => labelValues(label, [within], signal) });
  const all = known.data?.data ?? [];
  const found = fuzzyFilter(typed, all, (value) => value, valuesShown);
  return (
    <div style={{ borderBottom: '1px solid var(--line)' }}>
      <button type="button" onClick={onOpen} aria-expanded={opened} style={{ width: '100%', display: 'flex', gap: 8, alignItems: 'center', background: 'none', border: 0, padding: '7px 2px', font: 'inherit', color: 'inherit', cursor: 'pointer', textAlign: 'left' }}>
        <span className="mono" style={{ color: 'var(--syntax-label)' }}>{label}</span>
        <span className="mono" style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontSize: '0.76rem' }}>{values.join(', ')}</span>
        <span className="dim tabular" style={{ marginLeft: 'auto', fontSize: '0.76rem', whiteSpace: 'nowrap' }}>{t('browser.values', { count: all.length })} {opened ? '▾' : '▸'}</span>
      </button>
      {opened && (
        <div style={{ padding: '0 2px 10px' }}>
          {all.length > 10 && <TextInput size="xs" mb={6} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={t('browser.search.values')} aria-label={t('browser.search.values')} />}
          <div style={{ maxHeight: 220, overflowY: 'auto', display: 'flex', flexDirection: 'column', gap: 3 }}>
            {found.map((value) => <Checkbox key={value} size="xs" label={value} styles={{ label: { fontFamily: 'var(--mantine-font-family-monospace)', overflowWrap: 'anywhere' } }} checked={values.includes(value)} onChange={(event) => onChange(event.currentTarget.checked ? [...values, value] : values.filter((one) => one !== value))} />)}
          </div>
        </div>
      )}
    </div>
  );
}
