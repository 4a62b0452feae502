import type { MessageKey } from '../i18n/text';
import { IconAffiliate, IconCompass, IconDatabase, IconFileCode, IconFlag, IconLayoutDashboard, IconListSearch, IconRadar2, IconServer2, IconTopologyStar3 } from '../parts/icons';

export interface Destination { to: string; label: MessageKey; icon: typeof IconCompass; keys: string }
export interface Section { label: MessageKey; destinations: Destination[] }

/** Where one can go, in the order of the navigation. */
export const sections: Section[] = [
  { label: 'nav.data', destinations: [
    { to: '/query', label: 'nav.explore', icon: IconCompass, keys: 'g e' },
    { to: '/dashboards', label: 'nav.dashboards', icon: IconLayoutDashboard, keys: 'g d' },
  ] },
  { label: 'nav.monitoring', destinations: [
    { to: '/targets', label: 'nav.targets', icon: IconRadar2, keys: 'g t' },
    { to: '/service-discovery', label: 'nav.discovery', icon: IconAffiliate, keys: 'g s' },
  ] },
  { label: 'nav.server', destinations: [
    { to: '/cluster', label: 'nav.cluster', icon: IconTopologyStar3, keys: 'g n' },
    { to: '/tsdb-status', label: 'nav.storage', icon: IconDatabase, keys: 'g m' },
    { to: '/queries', label: 'nav.queries', icon: IconListSearch, keys: 'g q' },
    { to: '/config', label: 'nav.config', icon: IconFileCode, keys: 'g c' },
    { to: '/flags', label: 'nav.flags', icon: IconFlag, keys: 'g f' },
    { to: '/status', label: 'nav.status', icon: IconServer2, keys: 'g r' },
  ] },
];

export const destinations: Destination[] = sections.flatMap((section) => section.destinations);
