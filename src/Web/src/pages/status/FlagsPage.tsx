import { useState } from 'react';
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { flags } from '../../api/queries';
import { useServer } from '../../i18n/server';
import { useText } from '../../i18n/text';
import { Empty } from '../../parts/Empty';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { IconSearch } from '../../parts/icons';

/** With what the node was started. */
export function FlagsPage() {
  const { t } = useText();
  const say = useServer();
  const [typed, setTyped] = useState('');
  const query = useQuery({ queryKey: ['flags'], queryFn: ({ signal }) => flags(signal) });
  return (
    <Page title={say('flags.title')} hint={say('flags.hint')} actions={<TextInput leftSection={<IconSearch size={15} />} w={240} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={say('flags.filter')} aria-label={say('flags.filter')} />}>
      <Loaded query={query}>
        {(data) => {
          const found = Object.entries(data).filter(([name, value]) => `${name} ${value}`.toLowerCase().includes(typed.toLowerCase())).sort(([a], [b]) => (a < b ? -1 : 1));
          return (
            <div className="panel scroll-x">
              {found.length === 0 ? <Empty title={t('common.noMatch', { filter: typed })} /> : (
                <table className="sheet">
                  <thead><tr><th scope="col">{t('common.name')}</th><th scope="col">{t('common.value')}</th></tr></thead>
                  <tbody>{found.map(([name, value]) => <tr key={name}><td className="mono">--{name}</td><td className="mono" style={{ overflowWrap: 'anywhere' }}>{value === '' ? <span className="dim">{t('common.none')}</span> : value}</td></tr>)}</tbody>
                </table>
              )}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}
