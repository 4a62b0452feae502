import { Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { searchDashboards } from '../../api/dashboards';
import type { DashboardLink } from '../../dashboards/dashboard';
import type { Scope } from '../../dashboards/interpolate';
import { dashboardLinkText, hrefOf, linkText } from '../../dashboards/links';
import { IconChevronDown, IconExternalLink, IconLayoutDashboard } from '../../parts/icons';
import type { Board } from './board';
import { AnyLink } from './ValueLink';

/** The links of a dashboard: to one address, or to all dashboards with some tags. */
export function BoardLinks({ links, board }: { links: readonly DashboardLink[]; board: Board }) {
  const scope: Scope = { variables: board.variables, fromMs: board.span.fromMs, toMs: board.span.toMs, stepMs: 15_000, scrapeMs: 15_000 };
  return <>{links.map((link, i) => (link.type === 'dashboards' ? <TaggedBoards key={i} link={link} board={board} scope={scope} /> : <OneLink key={i} link={link} board={board} scope={scope} />))}</>;
}

function OneLink({ link, board, scope }: { link: DashboardLink; board: Board; scope: Scope }) {
  const href = link.url ? hrefOf(dashboardLinkText(link, link.url, scope, board.range)) : null;
  const title = decodeURIComponent(linkText(link.title || link.url || '', scope, board.range).replace(/%(?![0-9a-f]{2})/gi, '%25'));
  return href && <AnyLink to={{ href, title: link.tooltip || title, blank: link.targetBlank ?? false }} className="board-link"><IconExternalLink size={13} />{title}</AnyLink>;
}

function TaggedBoards({ link, board, scope }: { link: DashboardLink; board: Board; scope: Scope }) {
  const found = useQuery({ queryKey: ['dashboards'], queryFn: ({ signal }) => searchDashboards(signal) });
  const list = (found.data ?? []).filter((one) => one.type === 'dash-db' && one.uid !== board.dashboard.uid && (link.tags ?? []).every((tag) => one.tags.includes(tag))).flatMap((one) => {
    const href = hrefOf(dashboardLinkText(link, one.url, scope, board.range));
    return href ? [{ href, title: one.title, blank: link.targetBlank ?? false }] : [];
  });
  if (list.length === 0) return null;
  if (!link.asDropdown) return <>{list.map((one) => <AnyLink key={one.title} to={one} className="board-link"><IconLayoutDashboard size={13} />{one.title}</AnyLink>)}</>;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target><button type="button" className="board-link">{link.title || (link.tags ?? []).join(', ')}<IconChevronDown size={13} /></button></Menu.Target>
      <Menu.Dropdown mah={400} style={{ overflowY: 'auto' }}>{list.map((one) => <Menu.Item key={one.title} component="div" leftSection={<IconLayoutDashboard size={13} />}><AnyLink to={one} className="quiet">{one.title}</AnyLink></Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}
