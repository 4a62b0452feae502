import { useQuery } from '@tanstack/react-query';
import { searchDashboards, type Found } from '../../../api/dashboards';
import type { Panel } from '../../../dashboards/dashboard';
import { useBoard } from '../../../i18n/useBoard';
import { IconStarFilled } from '../../../parts/icons';
import { Link } from '../../../routing/Link';
import { recentDashboards } from '../../../state/recentDashboards';
import { Centered } from './Centered';

interface ListOptions { showStarred?: boolean; showRecentlyViewed?: boolean; showSearch?: boolean; showHeadings?: boolean; maxItems?: number; query?: string; tags?: string[]; folderUID?: string }

/** Links to dashboards: the starred ones, those looked at last, those that fit words and tags. */
export function ListPanel({ panel, fill }: { panel: Panel; fill: (text: string) => string }) {
  const b = useBoard();
  const options = (panel.options ?? {}) as ListOptions;
  const found = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => searchDashboards(signal) });
  const all = (found.data ?? []).filter((one) => one.type === 'dash-db');
  const most = options.maxItems ?? 10;
  const recent = recentDashboards();
  const words = fill(options.query ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const parts: { title: string; list: Found[] }[] = [
    ...(options.showStarred ?? true ? [{ title: b('list.starred'), list: all.filter((one) => one.isStarred) }] : []),
    ...(options.showRecentlyViewed ? [{ title: b('list.recent'), list: recent.flatMap((uid) => all.filter((one) => one.uid === uid)) }] : []),
    ...(options.showSearch ? [{ title: b('list.found'), list: all.filter((one) => words.every((word) => one.title.toLowerCase().includes(word)) && (options.tags ?? []).every((tag) => one.tags.includes(tag)) && (!options.folderUID || (one.folderUid ?? 'general') === options.folderUID)) }] : []),
  ].filter((part) => part.list.length > 0);
  if (!found.data && found.error) return <Centered bad>{found.error.message}</Centered>;
  if (found.data && parts.length === 0) return <Centered>{b('list.empty')}</Centered>;
  return (
    <div className="prose" tabIndex={0}>
      {parts.map((part) => (
        <section key={part.title} aria-label={part.title}>
          {options.showHeadings !== false && <div className="nav-section" style={{ padding: '4px 0' }}>{part.title}</div>}
          {part.list.slice(0, most).map((one) => <div key={one.uid} className="list-row"><Link to={one.url} className="quiet">{one.title}</Link>{one.folderTitle && <span className="dim">{one.folderTitle}</span>}{one.isStarred && <span style={{ color: 'var(--warn)', lineHeight: 0 }}><IconStarFilled size={13} /></span>}</div>)}
        </section>
      ))}
    </div>
  );
}
