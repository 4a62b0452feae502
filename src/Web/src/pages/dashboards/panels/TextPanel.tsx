import { createElement, type ReactNode } from 'react';
import type { Panel } from '../../../dashboards/dashboard';
import { readHtml, type Marked } from '../../../model/html';
import { blocksOf, marksOf, type Block } from '../../../model/markdown';
import { safeUrl } from '../../../model/targetGroups';

/** A text in Markdown, or in HTML of which the harmless elements are drawn: a dashboard is somebody else's. */
export function TextPanel({ panel, fill }: { panel: Panel; fill: (text: string) => string }) {
  const { content = '', mode = 'markdown' } = (panel.options ?? {}) as { content?: string; mode?: string };
  const text = fill(content);
  if (mode === 'code') return <pre className="prose mono" tabIndex={0} style={{ whiteSpace: 'pre-wrap', margin: 0 }}>{text}</pre>;
  return <div className="prose" tabIndex={0}>{mode === 'html' ? readHtml(text).map(drawn) : blocksOf(text).map(block)}</div>;
}

/** Elements that have no end, and those within which the white space of a source is nothing. */
const rowsOnly = new Set(['table', 'tbody', 'thead', 'tr']);

function drawn(piece: Marked, key: number): ReactNode {
  if (typeof piece === 'string') return piece;
  const { tag, href, children } = piece;
  if (tag === 'br' || tag === 'hr') return createElement(tag, { key });
  const inside = (rowsOnly.has(tag) ? children.filter((child) => typeof child !== 'string') : children).map(drawn);
  if (tag === 'a') return href ? <a key={key} className="quiet" href={href} target="_blank" rel="noreferrer noopener">{inside}</a> : <span key={key}>{inside}</span>;
  // The page has headings of its own above these.
  return createElement(/^h[12]$/.test(tag) ? 'h3' : tag, { key }, ...inside);
}

function block(one: Block, key: number): ReactNode {
  switch (one.kind) {
    case 'heading': return <h3 key={key}>{inline(one.text)}</h3>;
    case 'paragraph': return <p key={key}>{inline(one.text)}</p>;
    case 'code': return <pre key={key} className="mono">{one.text}</pre>;
    case 'rule': return <hr key={key} />;
    case 'html': return <div key={key}>{readHtml(one.text).map(drawn)}</div>;
    case 'quote': return <blockquote key={key}>{one.blocks.map(block)}</blockquote>;
    case 'list': return createElement(one.isOrdered ? 'ol' : 'ul', { key }, one.items.map((item, i) => <li key={i}>{inline(item.text)}{item.blocks.map(block)}</li>));
    case 'table': return (
      <table key={key}>
        <thead><tr>{one.head.map((cell, i) => <th key={i}>{inline(cell)}</th>)}</tr></thead>
        <tbody>{one.rows.map((row, i) => <tr key={i}>{row.map((cell, at) => <td key={at}>{inline(cell)}</td>)}</tr>)}</tbody>
      </table>
    );
  }
}

function inline(text: string): ReactNode[] {
  return marksOf(text).map((part, i) => {
    if (/^(\*\*|__)/.test(part) && part.endsWith(part.slice(0, 2)) && part.length > 4) return <b key={i}>{part.slice(2, -2)}</b>;
    if (/^[*_]/.test(part) && part.endsWith(part[0]!) && part.length > 2) return <em key={i}>{part.slice(1, -1)}</em>;
    if (part.startsWith('`') && part.length > 2) return <code key={i} className="mono">{part.slice(1, -1)}</code>;
    if (/^<br\s*\/?>$/.test(part)) return <br key={i} />;
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    const href = link && safeUrl(link[2]!);
    return href ? <a key={i} className="quiet" href={href} target="_blank" rel="noreferrer noopener">{link[1]}</a> : part;
  });
}
