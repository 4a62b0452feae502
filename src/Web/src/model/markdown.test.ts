import { expect, test } from 'vitest';
import { blocksOf } from './markdown';

test('headings, paragraphs, rules and code are told apart', () => {
  expect(blocksOf('# One #\ntext\nof two lines\n\n---\n```promql\nsum(x)\n\n# no heading\n```\nend')).toEqual([
    { kind: 'heading', text: 'One' }, { kind: 'paragraph', text: 'text of two lines' }, { kind: 'rule' }, { kind: 'code', text: 'sum(x)\n\n# no heading' }, { kind: 'paragraph', text: 'end' },
  ]);
  expect(blocksOf('~~~\nnever closed')).toEqual([{ kind: 'code', text: 'never closed' }]);
});

test('lists have their items, with what is written below them', () => {
  expect(blocksOf('Intro\n- a\n  more\n* b\n\n1. first\n2) second')).toEqual([
    { kind: 'paragraph', text: 'Intro' }, { kind: 'list', isOrdered: false, items: ['a more', 'b'] }, { kind: 'list', isOrdered: true, items: ['first', 'second'] },
  ]);
});

test('tables need their second line; a bar alone is text', () => {
  expect(blocksOf('| a | b |\n|:--|--:|\n| 1 | x \\| y |\nc')).toEqual([{ kind: 'table', head: ['a', 'b'], rows: [['1', 'x | y']] }, { kind: 'paragraph', text: 'c' }]);
  expect(blocksOf('a | b\nc | d')).toEqual([{ kind: 'paragraph', text: 'a | b c | d' }]);
});

test('quotes hold blocks, however deep, and HTML is left as it stands', () => {
  expect(blocksOf('> # Note\n> text\n\n<div>\n<b>x</b></div>\n\nend')).toEqual([
    { kind: 'quote', blocks: [{ kind: 'heading', text: 'Note' }, { kind: 'paragraph', text: 'text' }] }, { kind: 'html', text: '<div>\n<b>x</b></div>' }, { kind: 'paragraph', text: 'end' },
  ]);
  expect(JSON.stringify(blocksOf('>'.repeat(5000) + ' deep')).length).toBeLessThan(20_000);
  expect(blocksOf('')).toEqual([]);
});
