import { createElement, type ReactNode } from 'react';
import type { Panel } from '../../../dashboards/dashboard';
import { readHtml, type Marked } from '../../../model/html';
import { safeUrl } from '../../../model/targetGroups';

/** A text in the plainest of Markdown (headings, lists, bold, code, links), or in HTML of which the harmless elements are drawn: a dashboard is somebody else's. */
export function TextPanel({ panel, fill }: { panel: Panel; fill: (text: string) => string }) {
  const { content = '', mode = 'markdown' } = (panel.options ?? {}) as { content?: string; mode?: string };
  const text = fill(content);
  if (mode === 'code') return <pre className="prose mono" tabIndex={0} style={{ whiteSpace: 'pre-wrap', margin: 0 }}>{text}</pre>;
  return <div className="prose" tabIndex={0}>{mode === 'html' ? readHtml(text).map(drawn) : blocks(text)}</div>;
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

function blocks(text: string): ReactNode[] {
  return text.split(/\n\s*\n/).map((block, i) => {
    const lines = block.split('\n').filter((line) => line.trim() !== '');
    if (lines.length > 0 && lines.every((line) => /^\s*[-*] /.test(line))) return <ul key={i}>{lines.map((line, at) => <li key={at}>{inline(line.replace(/^\s*[-*] /, ''))}</li>)}</ul>;
    const head = /^#{1,6}\s+(.*)$/.exec(lines[0] ?? '');
    return head ? <div key={i}><h3>{inline(head[1]!)}</h3>{lines.length > 1 && <p>{inline(lines.slice(1).join(' '))}</p>}</div> : <p key={i}>{inline(lines.join(' '))}</p>;
  });
}

function inline(text: string): ReactNode[] {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\([^)\s]+\)|<br\s*\/?>)/).map((part, i) => {
    if (part.startsWith('**') && part.length > 4) return <b key={i}>{part.slice(2, -2)}</b>;
    if (part.startsWith('`') && part.length > 2) return <code key={i} className="mono">{part.slice(1, -1)}</code>;
    if (/^<br\s*\/?>$/.test(part)) return <br key={i} />;
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    const href = link && safeUrl(link[2]!);
    return href ? <a key={i} className="quiet" href={href} target="_blank" rel="noreferrer noopener">{link[1]}</a> : part;
  });
}
