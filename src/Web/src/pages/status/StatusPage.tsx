import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { build, runtime } from '../../api/queries';
import { serverTexts, useServer, type SayServer, type ServerKey } from '../../i18n/server';
import { formatValue } from '../../model/units';
import { formatTime, type Zone } from '../../model/zone';
import { Loaded } from '../../parts/Loaded';
import { Page } from '../../parts/Page';
import { usePreferences } from '../../state/preferences';

type Fact = string | number | boolean;

/** Facts about the node and its build. */
export function StatusPage() {
  const say = useServer();
  const runtimeFacts = useQuery({ queryKey: ['runtime'], queryFn: ({ signal }) => runtime(signal), refetchInterval: 10_000 });
  const buildFacts = useQuery({ queryKey: ['build'], queryFn: ({ signal }) => build(signal) });
  return (
    <Page title={say('status.title')} hint={say('status.hint')}>
      <div className="halves">
        <section className="panel" aria-label={say('status.runtime')}><div className="panel-head"><h2 style={{ margin: 0, fontSize: '0.9rem' }}>{say('status.runtime')}</h2></div><Loaded query={runtimeFacts}>{(data) => <Facts facts={data} />}</Loaded></section>
        <section className="panel" aria-label={say('status.build')}><div className="panel-head"><h2 style={{ margin: 0, fontSize: '0.9rem' }}>{say('status.build')}</h2></div><Loaded query={buildFacts}>{(data) => <Facts facts={data} />}</Loaded></section>
      </div>
    </Page>
  );
}

function Facts({ facts }: { facts: Record<string, Fact> }) {
  const say = useServer();
  const { zone } = usePreferences();
  // What only a Go program has comes empty.
  const told = Object.entries(facts).filter(([, value]) => value !== '');
  return <dl className="facts" style={{ margin: 0 }}>{told.map(([name, value]) => <FactRow key={name} label={`status.${name}` in serverTexts ? say(`status.${name}` as ServerKey) : name}>{factText(name, value, zone, say)}</FactRow>)}</dl>;
}

const FactRow = ({ label, children }: { label: string; children: ReactNode }) => <><dt>{label}</dt><dd>{children}</dd></>;

function factText(name: string, value: Fact, zone: Zone, say: SayServer): string {
  if (typeof value === 'boolean') return say(value ? 'status.yes' : 'status.no');
  if (typeof value === 'number') return name === 'GOMEMLIMIT' ? formatValue(value, 'bytes') : value.toLocaleString('en-US');
  return /^\d{4}-\d\d-\d\dT/.test(value) ? formatTime(Date.parse(value), zone) : value;
}
