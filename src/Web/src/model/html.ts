import { safeUrl } from './targetGroups';

/** A piece of a text with marks: plain text, or one of the harmless elements around more of it. */
export type Marked = string | { tag: string; href?: string; children: Marked[] };

/** What is drawn of HTML: elements without behaviour. Of their attributes only the address of a link is kept. */
const kept = new Set(['a', 'b', 'blockquote', 'br', 'code', 'dd', 'div', 'dl', 'dt', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'li', 'ol', 'p', 'pre', 's', 'small', 'span', 'strong', 'sub', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'u', 'ul']);
const empty = new Set(['br', 'hr']);
/** What is within these is no text for people. */
const hidden = new Set(['head', 'iframe', 'math', 'noscript', 'object', 'script', 'select', 'style', 'svg', 'template', 'textarea', 'title']);

const depthMax = 32;
const piecesMax = 5000;
const tagPattern = /<!--[\s\S]*?(?:-->|$)|<!?(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', nbsp: '\u00a0', copy: '©', deg: '°', hellip: '…', mdash: '—', middot: '·', ndash: '–', rarr: '→', larr: '←', times: '×' };

/** Reads the text of HTML. */
export const plain = (html: string): string => html.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/g, (all, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
  if (name !== undefined) return named[name] ?? all;
  const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
});

/**
 * Reads HTML into what may be drawn of it. Nothing is handed to the browser's own parser: what is not known here is left out, its text stays.
 * @param html of somebody else.
 */
export function readHtml(html: string): Marked[] {
  const root: Marked[] = [];
  const open: { tag: string; children: Marked[] }[] = [];
  let pieces = 0;
  let at = 0;
  let skipped: string | null = null;
  const put = (piece: Marked): void => {
    if (pieces++ < piecesMax) (open.at(-1)?.children ?? root).push(piece);
  };
  const text = (until: number): void => {
    if (until > at && skipped === null) put(plain(html.slice(at, until)));
  };
  for (const found of html.matchAll(tagPattern)) {
    const tag = found[2]?.toLowerCase();
    text(found.index);
    at = found.index + found[0].length;
    if (tag === undefined) continue;
    const closes = found[1] === '/';
    if (skipped !== null) {
      if (closes && tag === skipped) skipped = null;
    } else if (hidden.has(tag)) {
      if (!closes) skipped = tag;
    } else if (closes) {
      const of = open.findLastIndex((one) => one.tag === tag);
      if (of >= 0) open.length = of;
    } else if (empty.has(tag)) {
      put({ tag, children: [] });
    } else if (kept.has(tag) && open.length < depthMax) {
      const href = tag === 'a' ? safeUrl(plain(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(found[3]!)?.slice(1).find((one) => one !== undefined) ?? '')) : undefined;
      const element = { tag, ...(href ? { href } : {}), children: [] as Marked[] };
      put(element);
      open.push(element);
    }
  }
  text(html.length);
  return root;
}
