import { describe, expect, it } from 'vitest';
import type { RelabelStep } from '../api/types';
import { labelChanges, readSteps } from './relabelling';

describe('labelChanges', () => {
  it('names what came, went and changed', () => {
    expect(labelChanges({ a: '1', b: '2', c: '3' }, { b: '2', c: '4', d: '5' })).toEqual([{ name: 'a', was: '1', is: null }, { name: 'c', was: '3', is: '4' }, { name: 'd', was: null, is: '5' }]);
  });
});

describe('readSteps', () => {
  const steps: RelabelStep[] = [
    { rule: { source_labels: ['a', 'b'], separator: '-', regex: '(.*)', target_label: 'c', replacement: '$1', action: 'replace' }, output: { a: '1', b: '2', c: '1-2' }, keep: true },
    { rule: { source_labels: ['c'], separator: ';', regex: '1.*', replacement: '$1', action: 'drop' }, output: {}, keep: false },
  ];

  it('shows each rule beside what it found, without what goes without saying', () => {
    const [first, second] = readSteps({ a: '1', b: '2' }, steps);
    expect(first).toEqual({ rule: [['source_labels', '[a, b]'], ['separator', '-'], ['target_label', 'c']], action: 'replace', looksAt: '1-2', changes: [{ name: 'c', was: null, is: '1-2' }], keep: true });
    expect(second).toEqual({ rule: [['source_labels', '[c]'], ['regex', '1.*'], ['action', 'drop']], action: 'drop', looksAt: '1-2', changes: [], keep: false });
  });

  it('has no text where a rule looks at names', () => {
    expect(readSteps({ a: '1' }, [{ rule: { regex: 'a', action: 'labeldrop' }, output: {}, keep: true }])[0]).toMatchObject({ looksAt: null, changes: [{ name: 'a', was: '1', is: null }] });
  });
});
