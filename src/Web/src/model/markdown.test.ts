import { expect, test } from 'vitest';
import { blocksOf, marksOf, type ListItem } from './markdown';

const item = (text: string, ...within: ListItem[]): ListItem => ({ text, blocks: within.length > 0 ? [{ kind: 'list', isOrdered: false, items: within }] : [] });

test('headings, paragraphs, rules and code are told apart', () => {
  expect(blocksOf('# One #\ntext\nof two lines\n\n---\n```promql\nsum(x)\n\n# no heading\n```\nend')).toEqual([
    { kind: 'heading', text: 'One' }, { kind: 'paragraph', text: 'text of two lines' }, { kind: 'rule' }, { kind: 'code', text: 'sum(x)\n\n# no heading' }, { kind: 'paragraph', text: 'end' },
  ]);
  expect(blocksOf('~~~\nnever closed')).toEqual([{ kind: 'code', text: 'never closed' }]);
});

test('lists have their items, with what is written below them', () => {
  expect(blocksOf('Intro\n- a\n  more\n* b\n\n1. first\n2) second')).toEqual([
    { kind: 'paragraph', text: 'Intro' }, { kind: 'list', isOrdered: false, items: [item('a more'), item('b')] }, { kind: 'list', isOrdered: true, items: [item('first'), item('second')] },
  ]);
});

test('lists lie within items, as deep as they are moved in', () => {
  expect(blocksOf('- a\n  - b\n    more of b\n    * c\n  - d\n- e')).toEqual([{ kind: 'list', isOrdered: false, items: [item('a', item('b more of b', item('c')), item('d')), item('e')] }]);
  expect(blocksOf('1. a\n\t- b\n2. c')).toEqual([{ kind: 'list', isOrdered: true, items: [item('a', item('b')), item('c')] }]);
  expect(blocksOf(' - a\n- b')).toEqual([{ kind: 'list', isOrdered: false, items: [item('a'), item('b')] }]);
  const deep = JSON.stringify(blocksOf(Array.from({ length: 2000 }, (_, i) => ' '.repeat(2 * i) + '- x').join('\n')));
  expect([deep.match(/"x"/g)!.length, deep.match(/"list"/g)!.length]).toEqual([2000, 9]);
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

test('what closes a heading goes, what belongs to it stays', () => {
  expect(blocksOf('# One ##  \n## C#\n### #\n#### a # b').map((one) => one.kind === 'heading' && one.text)).toEqual(['One', 'C#', '', 'a # b']);
});

test('underscores emphasise whole words, not parts of names', () => {
  expect(marksOf('an _old_ and __new__ node_load1_total').filter((_, i) => i % 2 === 1)).toEqual(['_old_', '__new__']);
});

test('long texts of marks that nothing closes are read at once', () => {
  const length = 200_000;
  const tricks = ['# a' + ' '.repeat(length) + 'x', '# ' + '#'.repeat(length) + 'x', '['.repeat(length), '[a](b'.repeat(length / 5), '**a '.repeat(length / 4), '_a '.repeat(length / 3), '__a '.repeat(length / 4), '_a'.repeat(length / 2), '*a`'.repeat(length / 3), '<br ' + ' '.repeat(length)];
  for (const text of tricks) {
    expect(blocksOf(text)).toHaveLength(1);
    expect(marksOf(text).join('')).toBe(text);
  }
});
