import type { Labels as LabelSet } from '../api/types';

/** Labels as small marks. Their text is whatever a target says, and is never more than text. */
export function Labels({ labels, hide = [] }: { labels: LabelSet; hide?: string[] }) {
  return (
    <div className="labels">
      {Object.keys(labels).filter((name) => !hide.includes(name)).sort().map((name) => (
        <span key={name} className="label"><b>{name}</b>={JSON.stringify(labels[name])}</span>
      ))}
    </div>
  );
}
