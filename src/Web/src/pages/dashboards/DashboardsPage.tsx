import { useRef, useState } from 'react';
import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { importDashboard, searchDashboards, type Found, type Imported } from '../../api/dashboards';
import '../../theme/dashboards.css';
import { useBoard } from '../../i18n/useBoard';
import { useText } from '../../i18n/text';
import { fuzzyFilter } from '../../model/fuzzy';
import { Empty } from '../../parts/Empty';
import { ErrorNote } from '../../parts/ErrorNote';
import { Page } from '../../parts/Page';
import { IconLayoutDashboard, IconSearch, IconStarFilled, IconUpload } from '../../parts/icons';
import { Link } from '../../routing/Link';

/** All dashboards by their folders; a file of Grafana's can be brought in. */
export function DashboardsPage() {
  const { t } = useText();
  const b = useBoard();
  const client = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [imported, setImported] = useState<Imported | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const found = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => searchDashboards(signal) });
  const dashboards = fuzzyFilter(typed, (found.data ?? []).filter((one) => one.type === 'dash-db'), (one) => `${one.title} ${one.tags.join(' ')}`);
  const folders = [...new Set(dashboards.map((one) => one.folderTitle ?? ''))].sort();
  const take = async (chosen: File): Promise<void> => {
    setProblem(null);
    try {
      setImported(await importDashboard(JSON.parse(await chosen.text()), false));
      await client.invalidateQueries({ queryKey: ['dashboards'] });
    } catch (failure) {
      setProblem(failure);
    }
  };

  return (
    <Page title={t('nav.dashboards')} actions={
      <>
        <TextInput leftSection={<IconSearch size={15} />} w={240} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={b('search')} aria-label={b('search')} />
        <input ref={file} type="file" accept="application/json,.json" hidden onChange={(event) => { const chosen = event.currentTarget.files?.[0]; event.currentTarget.value = ''; if (chosen) void take(chosen); }} />
        <Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => file.current?.click()}>{b('import')}</Button>
      </>
    }>
      {problem !== null && <ErrorNote error={problem} />}
      {imported && (
        <div role="status" className="panel panel-body" style={{ fontSize: '0.84rem' }}>
          <Link className="quiet" to={imported.importedUrl}><b>{imported.title}</b></Link> · {b('report', { ok: imported.report.ok, approximated: imported.report.approximated, placeholders: imported.report.placeholders })}
          {imported.report.panels.filter((panel) => panel.outcome !== 'ok').slice(0, 20).map((panel) => <div key={panel.id} className="dim">{panel.title} ({panel.type}): {panel.outcome}{panel.notes.length > 0 ? ` – ${panel.notes.join('; ')}` : ''}</div>)}
        </div>
      )}
      {found.error && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && dashboards.length === 0 && <div className="panel"><Empty title={typed ? t('common.noMatch', { filter: typed }) : b('empty')} hint={typed ? '' : b('empty.hint')} /></div>}
      {folders.map((folder) => (
        <section key={folder} aria-label={folder || b('general')}>
          <div className="nav-section" style={{ paddingLeft: 2 }}>{folder || b('general')}</div>
          <div className="tiles" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(260px, 1fr))' }}>{dashboards.filter((one) => (one.folderTitle ?? '') === folder).map((one) => <Card key={one.uid} found={one} />)}</div>
        </section>
      ))}
    </Page>
  );
}

function Card({ found }: { found: Found }) {
  return (
    <Link to={found.url} className="panel card">
      <span style={{ color: 'var(--accent)', lineHeight: 0 }}><IconLayoutDashboard size={18} /></span>
      <span style={{ minWidth: 0 }}>
        <b style={{ fontSize: '0.88rem', overflowWrap: 'anywhere' }}>{found.title}</b>
        <span className="labels" style={{ marginTop: found.tags.length > 0 ? 5 : 0 }}>{found.tags.map((tag) => <span key={tag} className="label">{tag}</span>)}</span>
      </span>
      {found.isStarred && <span style={{ marginLeft: 'auto', color: 'var(--warn)', lineHeight: 0 }}><IconStarFilled size={15} /></span>}
    </Link>
  );
}
