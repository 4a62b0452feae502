import { lazy, Suspense, useMemo, useState } from 'react';
import { ActionIcon, Burger, Button, Kbd, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useText } from '../i18n/text';
import { useKeyboard, useShortcuts } from '../keyboard/useShortcuts';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '../parts/icons';
import { Link } from '../routing/Link';
import { navigate, usePlace } from '../routing/navigation';
import { setPreferences, usePreferences } from '../state/preferences';
import { Logo } from './Logo';
import { destinations, sections } from './navigation';
import { Outlet } from './Outlet';
import { PreferenceMenus } from './PreferenceMenus';
import { StartingNote } from './StartingNote';

const CommandPalette = lazy(() => import('./CommandPalette').then((m) => ({ default: m.CommandPalette })));
const ShortcutList = lazy(() => import('./ShortcutList').then((m) => ({ default: m.ShortcutList })));

/** What surrounds every page: navigation, search, preferences, keyboard. */
export function Frame() {
  const { t } = useText();
  const { narrowNavigation: narrow } = usePreferences();
  const [menu, setMenu] = useState(false);
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const place = usePlace();
  const close = (): void => setOpen(null);
  useKeyboard();
  useHotkeys([['mod+K', () => setOpen('palette')]], [], true);
  useShortcuts(useMemo(() => [
    { keys: '?', label: t('keys.help'), run: () => setOpen('help') },
    { keys: 'd t', label: t('keys.theme'), run: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark') },
    ...destinations.map((one) => ({ keys: one.keys, label: t(one.label), run: () => navigate(one.to) })),
  ], [t, scheme, setColorScheme]));

  return (
    <div className="frame" data-narrow={narrow} data-menu={menu} data-kiosk={place.params.kiosk !== undefined}>
      <a href="#content" className="skip">{t('app.skip')}</a>
      <header className="frame-head">
        <Burger className="frame-burger" opened={menu} onClick={() => setMenu(!menu)} size="sm" aria-label={t('app.menu')} aria-expanded={menu} />
        <Link to="/query" className="brand"><Logo />Pleiad</Link>
        <div style={{ marginLeft: 'auto', display: 'flex', alignItems: 'center', gap: 6 }}>
          <Button variant="default" h={30} px={10} fz="xs" fw={400} c="var(--ink-dim)" leftSection={<IconSearch size={14} />} rightSection={<Kbd size="xs">Ctrl K</Kbd>} onClick={() => setOpen('palette')} visibleFrom="sm">{t('app.search')}</Button>
          <ActionIcon variant="default" size={30} onClick={() => setOpen('palette')} aria-label={t('app.search')} hiddenFrom="sm"><IconSearch size={15} /></ActionIcon>
          <PreferenceMenus onHelp={() => setOpen('help')} />
        </div>
      </header>
      <nav className="frame-nav" aria-label={t('app.navigation')}>
        {sections.map((section) => (
          <div key={section.label}>
            <div className="nav-section"><span>{t(section.label)}</span></div>
            {section.destinations.map((one) => (
              <Tooltip key={one.to} label={t(one.label)} position="right" disabled={!narrow}>
                <Link to={one.to} className="nav-link" onClick={() => setMenu(false)} aria-label={t(one.label)}><one.icon size={17} stroke={1.7} /><span>{t(one.label)}</span></Link>
              </Tooltip>
            ))}
          </div>
        ))}
        <ActionIcon className="frame-narrow" variant="subtle" color="gray" size={32} mt="auto" onClick={() => setPreferences({ narrowNavigation: !narrow })} aria-label={narrow ? t('app.widen') : t('app.narrow')}>
          {narrow ? <IconLayoutSidebarLeftExpand size={18} /> : <IconLayoutSidebarLeftCollapse size={18} />}
        </ActionIcon>
      </nav>
      <main id="content" className="frame-main" tabIndex={-1}>
        <StartingNote />
        <Outlet />
      </main>
      <Suspense>
        {open === 'palette' && <CommandPalette onClose={close} />}
        {open === 'help' && <ShortcutList onClose={close} />}
      </Suspense>
    </div>
  );
}
