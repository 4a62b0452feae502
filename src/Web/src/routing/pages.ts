import { lazy, type ComponentType } from 'react';

/** A page whose code is fetched when it is first wanted. */
export interface LazyPage { Component: ComponentType; preload: () => void }

function page<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name): LazyPage {
  let loading: Promise<Record<Name, ComponentType>> | undefined;
  const once = (): Promise<Record<Name, ComponentType>> => (loading ??= load());
  return { Component: lazy(async () => ({ default: (await once())[name] as ComponentType })), preload: () => void once() };
}

const pages: Record<string, LazyPage> = {
  '/query': page(() => import('../pages/explore/ExplorePage'), 'ExplorePage'),
  '/dashboards': page(() => import('../pages/dashboards/DashboardsPage'), 'DashboardsPage'),
  '/d': page(() => import('../pages/dashboards/DashboardPage'), 'DashboardPage'),
  '/targets': page(() => import('../pages/targets/TargetsPage'), 'TargetsPage'),
  '/service-discovery': page(() => import('../pages/targets/DiscoveryPage'), 'DiscoveryPage'),
  '/cluster': page(() => import('../pages/cluster/ClusterPage'), 'ClusterPage'),
  '/tsdb-status': page(() => import('../pages/status/StoragePage'), 'StoragePage'),
  '/config': page(() => import('../pages/status/ConfigurationPage'), 'ConfigurationPage'),
  '/flags': page(() => import('../pages/status/FlagsPage'), 'FlagsPage'),
  '/queries': page(() => import('../pages/status/QueriesPage'), 'QueriesPage'),
  '/alerts': page(() => import('../pages/status/RulesPage'), 'RulesPage'),
  '/rules': page(() => import('../pages/status/RulesPage'), 'RulesPage'),
  '/silences': page(() => import('../pages/status/RulesPage'), 'RulesPage'),
  '/status': page(() => import('../pages/status/StatusPage'), 'StatusPage'),
};

/** Other addresses of explore: the root, and what Prometheus's alerts and old links name. */
const exploreToo = ['/', '/graph', '/explore'];

/** The page at a path, or undefined where there is none. */
export const pageOf = (path: string): LazyPage | undefined => pages[exploreToo.includes(path) ? '/query' : path.startsWith('/d/') ? '/d' : path];
