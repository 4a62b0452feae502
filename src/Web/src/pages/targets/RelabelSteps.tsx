import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { relabelSteps } from '../../api/queries';
import type { Labels, RelabelStep } from '../../api/types';
import { useServer } from '../../i18n/server';
import { readSteps, type LabelChange } from '../../model/relabelling';
import { Loaded } from '../../parts/Loaded';
import './relabelling.css';

/** What each rule of a job made of what discovery found, up to the one that dropped it. */
export function RelabelSteps({ pool, discovered }: { pool: string; discovered: Labels }) {
  const query = useQuery({ queryKey: ['relabel steps', pool, discovered], queryFn: ({ signal }) => relabelSteps(pool, discovered, signal) });
  return <Loaded query={query}>{({ steps }) => <Steps discovered={discovered} steps={steps} />}</Loaded>;
}

function Steps({ discovered, steps }: { discovered: Labels; steps: RelabelStep[] }) {
  const say = useServer();
  const read = useMemo(() => readSteps(discovered, steps), [discovered, steps]);
  const last = read.at(-1);
  if (!last) return <div className="dim">{say('relabel.none')}</div>;
  return (
    <>
      {!last.keep && <div><span className="state down">{say('relabel.droppedBy', { number: read.length, action: last.action })}</span></div>}
      <ol className="relabel-steps" aria-label={say('relabel.steps')}>
        {read.map((step, i) => (
          <li key={i} data-kept={step.keep}>
            <div className="relabel-rule mono">
              {step.rule.map(([name, value]) => <div key={name}><b>{name}</b>: {value}</div>)}
              {step.rule.length === 0 && <div><b>action</b>: {step.action}</div>}
            </div>
            <div className="relabel-made">
              {step.looksAt !== null && <div className="dim">{say('relabel.looksAt')} <span className="label">{JSON.stringify(step.looksAt)}</span></div>}
              {!step.keep && <div style={{ color: 'var(--bad)', fontWeight: 600 }}>{say('relabel.drops')}</div>}
              {step.keep && step.changes.length === 0 && <div className="dim">{say('relabel.same')}</div>}
              {step.changes.length > 0 && <div className="labels">{step.changes.map((change) => <Change key={change.name} change={change} />)}</div>}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function Change({ change: { name, was, is } }: { change: LabelChange }) {
  const say = useServer();
  const kind = was === null ? 'added' : is === null ? 'removed' : 'changed';
  return (
    <span className="label" data-change={kind} title={say(`relabel.${kind}`)}>
      <i aria-label={say(`relabel.${kind}`)}>{kind === 'added' ? '+' : kind === 'removed' ? '−' : '~'}</i> <b>{name}</b>={is === null ? <s>{JSON.stringify(was)}</s> : JSON.stringify(is)}{kind === 'changed' && <s className="dim"> {JSON.stringify(was)}</s>}
    </span>
  );
}
