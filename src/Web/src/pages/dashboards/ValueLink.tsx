import type { ReactNode } from 'react';
import { Menu } from '@mantine/core';
import type { DataLink } from '../../dashboards/dashboard';
import type { Scope } from '../../dashboards/interpolate';
import { hrefOf, linkText, type Href, type LinkContext, type Range } from '../../dashboards/links';
import { IconExternalLink } from '../../parts/icons';
import { Link } from '../../routing/Link';

interface ValueLinkProps { links: readonly DataLink[] | undefined; scope: Scope; range: Range; context: LinkContext; children: ReactNode }

interface Followed { title: string; href: NonNullable<Href>; blank: boolean }

/** The links of a value that may be followed, with their variables filled in. */
export function followed(links: readonly DataLink[] | undefined, scope: Scope, range: Range, context: LinkContext): Followed[] {
  return (links ?? []).flatMap((link): Followed[] => {
    const href = link.url ? hrefOf(linkText(link.url, scope, range, context)) : null;
    return href ? [{ title: decoded(linkText(link.title || link.url!, scope, range, context)), href, blank: link.targetBlank ?? false }] : [];
  });
}

// A title is read, not followed: what was encoded for an address is text again.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A link within the interface or out of it. */
export function AnyLink({ to: { href, blank, title }, children, className }: { to: Followed; children: ReactNode; className?: string }) {
  return href.within
    ? <Link to={href.path} params={href.params} className={className} title={title} target={blank ? '_blank' : undefined}>{children}</Link>
    : <a href={href.url} className={className} title={title} target={blank ? '_blank' : undefined} rel="noreferrer noopener">{children}</a>;
}

/** A value that leads somewhere: to its one link, or to a choice of several. */
export function ValueLink({ links, scope, range, context, children }: ValueLinkProps) {
  const found = followed(links, scope, range, context);
  if (found.length === 0) return <>{children}</>;
  if (found.length === 1) return <AnyLink to={found[0]!} className="value-link">{children}</AnyLink>;
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target><button type="button" className="value-link">{children}</button></Menu.Target>
      <Menu.Dropdown>{found.map((one, i) => <Menu.Item key={i} component="div" leftSection={<IconExternalLink size={13} />}><AnyLink to={one} className="quiet">{one.title}</AnyLink></Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}
