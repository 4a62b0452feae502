/** A part of a text in Markdown. Texts within it still have marks of their own. */
export type Block =
  | { kind: 'heading' | 'paragraph' | 'code' | 'html'; text: string }
  | { kind: 'list'; isOrdered: boolean; items: ListItem[] }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'rule' };

/** An item of a list, with the lists that are within it. */
export interface ListItem { text: string; blocks: Block[] }

const depthMax = 8;
const fence = /^\s*(`{3,}|~{3,})/;
const heading = /^\s{0,3}#{1,6}\s+(.*)$/;
const rule = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/;
const quote = /^\s{0,3}>\s?/;
const item = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+/;
const tableRule = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const html = /^\s{0,3}<[a-z!/]/i;

const isTable = (lines: readonly string[], at: number): boolean => lines[at]!.includes('|') && lines[at + 1] !== undefined && lines[at + 1]!.includes('-') && tableRule.test(lines[at + 1]!);
const cellsOf = (line: string): string[] => line.trim().replace(/^\|/, '').replace(/\|$/, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
const begins = (lines: readonly string[], at: number): boolean => [fence, heading, rule, quote, item].some((start) => start.test(lines[at]!)) || isTable(lines, at);

/** A heading without the marks that may close it. By hand: as a pattern it takes the cube of the length of somebody else's line. */
function opened(text: string): string {
  const whole = text.trimEnd();
  let end = whole.length;
  while (whole[end - 1] === '#') end--;
  return end === 0 || /\s/.test(whole[end - 1]!) ? whole.slice(0, end).trimEnd() : whole;
}

/** Cuts a text into what is emphasised, code, a link or a break, and what is between: every second one has a mark. */
export const marksOf = (text: string): string[] => text.split(/(\*\*[^*]+\*\*|\*[^*\s][^*]*\*|(?<![\w_])__[^_]+__(?![\w_])|(?<![\w_])_[^_\s][^_]*_(?![\w_])|`[^`]+`|\[[^\][]+\]\([^)\s[]+\)|<br\s*\/?>)/);

/** How far a line is moved in; a tabulator is as wide as four. */
const indentOf = (line: string): number => /^\s*/.exec(line)![0].replaceAll('\t', '    ').length;

/** The items of lines that are a list: what is moved in by two or more below one is a list within it. */
function itemsOf(lines: readonly string[], depth: number): ListItem[] {
  const nestedFrom = depth < depthMax ? indentOf(lines[0]!) + 2 : Infinity;
  const items: { text: string; within: string[] }[] = [];
  for (const line of lines) {
    const last = items.at(-1);
    if (last && (item.test(line) ? indentOf(line) >= nestedFrom : last.within.length > 0)) last.within.push(line);
    else if (item.test(line)) items.push({ text: line.replace(item, ''), within: [] });
    else last!.text += ` ${line.trim()}`;
  }
  return items.map(({ text, within }) => ({ text, blocks: within.length > 0 ? blocksOf(within.join('\n'), depth + 1) : [] }));
}

/** Reads the blocks of what people write into panels: headings, lists, tables, quotes, code. HTML is handed on as it stands. */
export function blocksOf(text: string, depth = 0): Block[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  const take = (while_: (line: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && while_(lines[at]!)) at++;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at]!;
    const fenced = fence.exec(line)?.[1];
    if (line.trim() === '') at++;
    else if (fenced) {
      at++;
      blocks.push({ kind: 'code', text: take((one) => !one.trim().startsWith(fenced)).join('\n') });
      at++;
    } else if (heading.test(line)) blocks.push({ kind: 'heading', text: opened(heading.exec(lines[at++]!)![1]!) });
    else if (rule.test(line)) { at++; blocks.push({ kind: 'rule' }); } else if (quote.test(line) && depth < depthMax) blocks.push({ kind: 'quote', blocks: blocksOf(take((one) => quote.test(one)).map((one) => one.replace(quote, '')).join('\n'), depth + 1) });
    else if (isTable(lines, at)) {
      const [head, , ...rows] = take((one) => one.includes('|') || tableRule.test(one)).map(cellsOf);
      blocks.push({ kind: 'table', head: head!, rows });
    } else if (item.test(line)) {
      blocks.push({ kind: 'list', isOrdered: item.exec(line)![1] !== undefined, items: itemsOf(take((next) => item.test(next) || (/^\s+\S/.test(next) && !fence.test(next))), depth) });
    } else if (html.test(line)) blocks.push({ kind: 'html', text: take((one) => one.trim() !== '').join('\n') });
    else {
      const from = at++;
      while (at < lines.length && lines[at]!.trim() !== '' && !begins(lines, at)) at++;
      blocks.push({ kind: 'paragraph', text: lines.slice(from, at).map((one) => one.trim()).join(' ') });
    }
  }
  return blocks;
}
