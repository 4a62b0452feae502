import type { Labels, RelabelStep } from '../api/types';

/** What became of one label. */
export interface LabelChange { name: string; was: string | null; is: string | null }

/** Labels that differ, by name. */
export function labelChanges(before: Labels, after: Labels): LabelChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.map((name) => ({ name, was: before[name] ?? null, is: after[name] ?? null })).filter(({ was, is }) => was !== is);
}

/** A step with the text its rule looked at and what it changed. */
export interface ReadStep { rule: [name: string, value: string][]; action: string; looksAt: string | null; changes: LabelChange[]; keep: boolean }

/** What a rule says beyond what every rule means without saying so. */
const unsaid: Record<string, string> = { separator: ';', regex: '(.*)', replacement: '$1', action: 'replace' };

/** Steps as people read them: each beside the labels that it found. */
export function readSteps(discovered: Labels, steps: readonly RelabelStep[]): ReadStep[] {
  let before = discovered;
  return steps.map(({ rule, output, keep }) => {
    const sources = Array.isArray(rule.source_labels) ? rule.source_labels : null;
    const found = before;
    if (keep) before = output;
    return {
      rule: Object.entries(rule).map(([name, value]): [string, string] => [name, Array.isArray(value) ? `[${value.join(', ')}]` : String(value)]).filter(([name, value]) => unsaid[name] !== value),
      action: String(rule.action),
      looksAt: sources && sources.map((name) => found[name] ?? '').join(String(rule.separator ?? ';')),
      changes: keep ? labelChanges(found, output) : [],
      keep,
    };
  });
}
