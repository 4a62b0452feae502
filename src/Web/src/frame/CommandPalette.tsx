import { useEffect, useMemo, useState, type KeyboardEvent } from 'react';
import { Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { searchDashboards } from '../api/dashboards';
import { labelValues } from '../api/queries';
import { useText } from '../i18n/text';
import '../theme/overlays';
import { fuzzyFilter } from '../model/fuzzy';
import { selectorText } from '../model/seriesName';
import { IconChartLine, IconLayoutDashboard, IconSearch } from '../parts/icons';
import { navigate } from '../routing/navigation';
import { destinations } from './navigation';

const metricsShown = 30;
const dashboardsShown = 12;

interface Entry { id: string; text: string; group: string; icon: typeof IconChartLine; run: () => void }

/** There for those who do not see the dialog: it has to have a name. */
const unseen = { position: 'absolute', width: 1, height: 1, minHeight: 0, padding: 0, overflow: 'hidden', clipPath: 'inset(50%)' } as const;

/** Ctrl K: pages, dashboards and metrics by a few letters. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  return (
    <Modal opened onClose={onClose} withCloseButton={false} size="lg" padding={0} yOffset="12vh" title={t('app.search')} styles={{ header: unseen }}>
      <Search onDone={onClose} />
    </Modal>
  );
}

function Search({ onDone }: { onDone: () => void }) {
  const { t } = useText();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const metrics = useQuery({ queryKey: ['metric names'], queryFn: ({ signal }) => labelValues('__name__', [], signal), staleTime: 30_000 });
  const boards = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => searchDashboards(signal), staleTime: 30_000 });

  const entries = useMemo<Entry[]>(() => {
    const pages = fuzzyFilter(typed, destinations, (one) => t(one.label)).map((one): Entry => ({ id: one.to, text: t(one.label), group: t('palette.pages'), icon: one.icon, run: () => navigate(one.to) }));
    const found = typed.trim() === '' ? [] : fuzzyFilter(typed, metrics.data?.data ?? [], (name) => name, metricsShown);
    const shown = typed.trim() === '' ? [] : fuzzyFilter(typed, (boards.data ?? []).filter((one) => one.type === 'dash-db'), (one) => one.title, dashboardsShown);
    return [...pages, ...shown.map(({ uid, title, url }): Entry => ({ id: 'dashboard ' + uid, text: title, group: t('nav.dashboards'), icon: IconLayoutDashboard, run: () => navigate(url) })), ...found.map((name): Entry => ({
      id: 'metric ' + name, text: name, group: t('palette.metrics'), icon: IconChartLine,
      run: () => navigate('/query', { 'g0.expr': selectorText(name, []) }),
    }))];
  }, [typed, metrics.data, boards.data, t]);
  useEffect(() => setAt(0), [typed]);

  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    onDone();
    entry.run();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = Math.max(0, Math.min(entries.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)));
      setAt(next);
      document.getElementById(`palette-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(entries[at]);
    }
  };

  return (
    <div onKeyDown={onKey}>
      <TextInput
        data-autofocus size="md" variant="unstyled" px={14} py={4} leftSection={<IconSearch size={17} />} leftSectionWidth={34} value={typed} onChange={(event) => setTyped(event.currentTarget.value)}
        placeholder={t('palette.placeholder')} aria-label={t('palette.placeholder')} role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={entries.length > 0 ? `palette-${at}` : undefined}
      />
      <div id="palette-list" role="listbox" aria-label={t('app.search')} style={{ borderTop: '1px solid var(--line)', maxHeight: '52vh', overflowY: 'auto', padding: 8 }}>
        {entries.length === 0 && <div className="dim" style={{ padding: 14, textAlign: 'center' }}>{t('palette.nothing')}</div>}
        {entries.map((entry, i) => (
          <div key={entry.id}>
            {entries[i - 1]?.group !== entry.group && <div className="nav-section" role="presentation">{entry.group}</div>}
            <div
              id={`palette-${i}`} role="option" aria-selected={i === at} className="nav-link" data-status={i === at ? 'active' : undefined} style={{ cursor: 'pointer', fontFamily: entry.group === t('palette.metrics') ? 'var(--mantine-font-family-monospace)' : undefined }}
              onClick={() => choose(entry)} onMouseMove={() => setAt(i)}
            >
              <entry.icon size={16} /> <span style={{ overflow: 'hidden', textOverflow: 'ellipsis' }}>{entry.text}</span>
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
