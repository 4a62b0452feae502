import { useRef, useState } from 'react';
import { ActionIcon, Button, Checkbox, Popover, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { allFolders, createFolder, deleteFolder, importDashboard, searchDashboards, type Folder, type Found, type Imported } from '../../api/dashboards';
import { ApiError } from '../../api/client';
import '../../theme/dashboards.css';
import { useBoard } from '../../i18n/useBoard';
import { useEditing } from '../../i18n/useEditing';
import { useText } from '../../i18n/text';
import { fuzzyFilter } from '../../model/fuzzy';
import { Empty } from '../../parts/Empty';
import { ErrorNote } from '../../parts/ErrorNote';
import { Page } from '../../parts/Page';
import { IconCompass, IconFolderPlus, IconLayoutDashboard, IconPlus, IconSearch, IconStarFilled, IconTrash, IconUpload } from '../../parts/icons';
import { Link } from '../../routing/Link';
import { navigate, useAddress } from '../../routing/navigation';
import { DeleteDialog } from './editing/DeleteDialog';

/** Milliseconds between two looks at what there is: files on disk and others change it. */
const lookEveryMs = 10_000;

/** All dashboards by their folders; found by words, tags and stars, made anew, or brought in from a file of Grafana's. */
export function DashboardsPage() {
  const { t } = useText();
  const b = useBoard();
  const e = useEditing();
  const client = useQueryClient();
  const [params, setParams] = useAddress();
  const file = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [imported, setImported] = useState<Imported | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  /** What was not brought in, because there is one already. */
  const [refused, setRefused] = useState<unknown>(null);
  const [leaving, setLeaving] = useState<Folder | null>(null);
  const found = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => searchDashboards(signal), refetchInterval: lookEveryMs });
  const folders = useQuery({ queryKey: ['folders'], queryFn: ({ signal }) => allFolders(signal) });
  const { tag, folder, starred } = params;
  const put = (name: string, value: string): void => setParams(Object.fromEntries(Object.entries({ ...params, [name]: value }).filter(([, one]) => one !== '')), { replace: true });
  const all = (found.data ?? []).filter((one) => one.type === 'dash-db');
  const wanted = all.filter((one) => (!tag || one.tags.includes(tag)) && (folder === undefined || (one.folderUid ?? '') === folder) && (starred !== '1' || one.isStarred));
  const dashboards = fuzzyFilter(typed, wanted, (one) => `${one.title} ${one.tags.join(' ')}`);
  const isNarrow = typed !== '' || Boolean(tag) || folder !== undefined || starred === '1';
  const groups: Folder[] = [{ uid: '', title: '' }, ...(folders.data ?? [])].filter((one) => dashboards.some((dashboard) => (dashboard.folderUid ?? '') === one.uid) || (!isNarrow && one.uid !== ''));
  const refresh = (): Promise<unknown> => Promise.all([client.invalidateQueries({ queryKey: ['dashboards'] }), client.invalidateQueries({ queryKey: ['folders'] })]);
  const take = async (dashboard: unknown, overwrite: boolean): Promise<void> => {
    setProblem(null);
    setRefused(null);
    try {
      setImported(await importDashboard(dashboard, overwrite));
      await refresh();
    } catch (failure) {
      setProblem(failure);
      if (failure instanceof ApiError && failure.status === 412) setRefused(dashboard);
    }
  };
  const read = async (chosen: File): Promise<void> => {
    try {
      await take(JSON.parse(await chosen.text()), false);
    } catch (failure) {
      setProblem(failure);
    }
  };
  const make = async (title: string): Promise<void> => {
    setProblem(null);
    try {
      await createFolder(title);
      await refresh();
    } catch (failure) {
      setProblem(failure);
    }
  };

  return (
    <Page title={t('nav.dashboards')} actions={
      <>
        <TextInput leftSection={<IconSearch size={15} />} w={220} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={b('search')} aria-label={b('search')} />
        <Checkbox size="xs" label={e('starredOnly')} checked={starred === '1'} onChange={(event) => put('starred', event.currentTarget.checked ? '1' : '')} />
        <NewFolder onCreate={make} />
        <input ref={file} type="file" accept="application/json,.json" hidden onChange={(event) => { const chosen = event.currentTarget.files?.[0]; event.currentTarget.value = ''; if (chosen) void read(chosen); }} />
        <Button variant="default" leftSection={<IconUpload size={15} />} onClick={() => file.current?.click()}>{b('import')}</Button>
        <Button leftSection={<IconPlus size={15} />} onClick={() => navigate('/d/')}>{e('new')}</Button>
      </>
    }>
      {problem !== null && <ErrorNote error={problem} />}
      {refused !== null && <div><Button size="xs" variant="default" onClick={() => void take(refused, true)}>{b('import.overwrite')}</Button></div>}
      {imported && (
        <div role="status" className="panel panel-body" style={{ fontSize: '0.84rem' }}>
          <Link className="quiet" to={imported.importedUrl}><b>{imported.title}</b></Link> · {b('report', { ok: imported.report.ok, approximated: imported.report.approximated, placeholders: imported.report.placeholders })}
          {imported.report.panels.filter((panel) => panel.outcome !== 'ok').slice(0, 20).map((panel) => <div key={panel.id} className="dim">{panel.title} ({panel.type}): {b(panel.outcome === 'placeholder' ? 'outcome.placeholder' : 'outcome.approximated')}{panel.notes.length > 0 ? ` – ${panel.notes.join('; ')}` : ''}</div>)}
        </div>
      )}
      {found.error && <ErrorNote error={found.error} onRetry={() => void found.refetch()} />}
      {(tag || folder !== undefined) && <div className="labels">{tag && <button type="button" className="label tag" onClick={() => put('tag', '')}>{tag} ×</button>}{folder !== undefined && <button type="button" className="label tag" onClick={() => setParams(Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'folder')), { replace: true })}>{folders.data?.find((one) => one.uid === folder)?.title ?? folder} ×</button>}</div>}
      {found.data && groups.length === 0 && <div className="panel"><Empty title={typed ? t('common.noMatch', { filter: typed }) : b('empty')} hint={isNarrow ? '' : b('empty.hint')}>{!isNarrow && <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', justifyContent: 'center', marginTop: 8 }}><Button size="xs" leftSection={<IconUpload size={14} />} onClick={() => file.current?.click()}>{b('import')}</Button><Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => navigate('/d/')}>{e('new')}</Button><Button size="xs" variant="default" leftSection={<IconCompass size={14} />} onClick={() => navigate('/query')}>{t('nav.explore')}</Button></div>}</Empty></div>}
      {groups.map((group) => (
        <section key={group.uid} aria-label={group.title || b('general')}>
          <div className="edit-row">
            <span className="nav-section" style={{ paddingLeft: 2 }}>{group.title || b('general')}</span>
            {group.uid !== '' && !group.managedBy && <ActionIcon variant="subtle" color="gray" size="sm" mt={8} aria-label={e('folder.delete', { title: group.title })} onClick={() => setLeaving(group)}><IconTrash size={13} /></ActionIcon>}
          </div>
          <div className="tiles" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(260px, 1fr))' }}>{dashboards.filter((one) => (one.folderUid ?? '') === group.uid).map((one) => <Card key={one.uid} found={one} onTag={(chosen) => put('tag', chosen)} />)}</div>
        </section>
      ))}
      {leaving && <DeleteDialog title={e('folder.delete', { title: leaving.title })} hint={e('folder.deleteAsk', { title: leaving.title, count: all.filter((one) => one.folderUid === leaving.uid).length })} onClose={() => setLeaving(null)} onDelete={async () => { await deleteFolder(leaving.uid); setLeaving(null); await refresh(); }} />}
    </Page>
  );
}

function NewFolder({ onCreate }: { onCreate: (title: string) => Promise<void> }) {
  const e = useEditing();
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState('');
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus>
      <Popover.Target><ActionIcon variant="default" size={36} aria-label={e('folder.new')} title={e('folder.new')} onClick={() => setOpen(!open)}><IconFolderPlus size={17} /></ActionIcon></Popover.Target>
      <Popover.Dropdown>
        <form style={{ display: 'flex', gap: 8 }} onSubmit={(event) => { event.preventDefault(); setOpen(false); setTitle(''); void onCreate(title); }}>
          <TextInput size="xs" aria-label={e('folder.name')} placeholder={e('folder.name')} value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-autofocus />
          <Button size="xs" type="submit" disabled={title.trim() === ''}>{e('folder.create')}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Card({ found, onTag }: { found: Found; onTag: (tag: string) => void }) {
  const e = useEditing();
  return (
    <div className="panel card">
      <span style={{ color: 'var(--accent)', lineHeight: 0 }}><IconLayoutDashboard size={18} /></span>
      <span style={{ minWidth: 0 }}>
        <Link to={found.url} className="card-link"><b style={{ fontSize: '0.88rem', overflowWrap: 'anywhere' }}>{found.title}</b></Link>
        <span className="labels" style={{ marginTop: found.tags.length > 0 ? 5 : 0 }}>{found.tags.map((tag) => <button type="button" key={tag} className="label tag" aria-label={e('tag', { tag })} onClick={() => onTag(tag)}>{tag}</button>)}</span>
      </span>
      {found.isStarred && <span style={{ marginLeft: 'auto', color: 'var(--warn)', lineHeight: 0 }}><IconStarFilled size={15} /></span>}
    </div>
  );
}
