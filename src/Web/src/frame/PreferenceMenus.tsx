import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { loadLanguage, useText, type Language } from '../i18n/text';
import { zoneName } from '../model/zone';
import { IconCheck, IconDeviceDesktop, IconKeyboard, IconLanguage, IconMoon, IconSun, IconWorld } from '../parts/icons';
import { setPreferences, usePreferences } from '../state/preferences';

const zones = ['browser', 'UTC', 'Asia/Seoul', 'Asia/Tokyo', 'Europe/Berlin', 'Europe/London', 'America/New_York', 'America/Los_Angeles'];
const speak = (language: Language): void => void loadLanguage(language).then(() => setPreferences({ language }));
const chosen = (is: boolean) => (is ? <IconCheck size={14} /> : <span style={{ width: 14 }} />);

/** Time zone, language and theme. */
export function PreferenceMenus({ onHelp }: { onHelp: () => void }) {
  const { t, language } = useText();
  const { zone } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target><Tooltip label={`${t('app.zone')}: ${zoneName(zone)}`}><ActionIcon variant="default" size={30} aria-label={t('app.zone')}><IconWorld size={16} /></ActionIcon></Tooltip></Menu.Target>
        <Menu.Dropdown>
          {zones.map((one) => <Menu.Item key={one} leftSection={chosen(one === zone)} onClick={() => setPreferences({ zone: one })}>{one === 'browser' ? t('app.zone.browser', { name: zoneName('browser') }) : one}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target><Tooltip label={t('app.language')}><ActionIcon variant="default" size={30} aria-label={t('app.language')}><IconLanguage size={16} /></ActionIcon></Tooltip></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={chosen(language === 'en')} onClick={() => speak('en')} lang="en">English</Menu.Item>
          <Menu.Item leftSection={chosen(language === 'ko')} onClick={() => speak('ko')} lang="ko">한국어</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target><Tooltip label={t('app.theme')}><ActionIcon variant="default" size={30} aria-label={t('app.theme')}>{scheme === 'dark' ? <IconMoon size={16} /> : <IconSun size={16} />}</ActionIcon></Tooltip></Menu.Target>
        <Menu.Dropdown>
          {(['light', 'dark', 'auto'] as const).map((one) => (
            <Menu.Item key={one} leftSection={one === 'light' ? <IconSun size={14} /> : one === 'dark' ? <IconMoon size={14} /> : <IconDeviceDesktop size={14} />} rightSection={chosen(colorScheme === one)} onClick={() => setColorScheme(one)}>{t(`app.theme.${one}`)}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={t('keys.title')}><ActionIcon variant="default" size={30} aria-label={t('keys.title')} onClick={onHelp} visibleFrom="sm"><IconKeyboard size={16} /></ActionIcon></Tooltip>
    </>
  );
}
