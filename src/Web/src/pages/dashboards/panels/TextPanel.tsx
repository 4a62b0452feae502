import type { ReactNode } from 'react';
import type { Panel } from '../../../dashboards/dashboard';
import { safeUrl } from '../../../model/targetGroups';

/** A text with the plainest of Markdown: headings, lists, bold, code, links. HTML stays text: a dashboard is somebody else's. */
export function TextPanel({ panel, fill }: { panel: Panel; fill: (text: string) => string }) {
  const { content = '', mode = 'markdown' } = (panel.options ?? {}) as { content?: string; mode?: string };
  const text = fill(mode === 'html' ? content.replace(/<[^>]*>/g, ' ').replace(/[ \t]+/g, ' ') : content);
  return <div className="prose" tabIndex={0}>{blocks(text)}</div>;
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
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`|\[[^\]]+\]\([^)\s]+\))/).map((part, i) => {
    if (part.startsWith('**')) return <b key={i}>{part.slice(2, -2)}</b>;
    if (part.startsWith('`')) return <code key={i} className="mono">{part.slice(1, -1)}</code>;
    const link = /^\[([^\]]+)\]\(([^)\s]+)\)$/.exec(part);
    const href = link && safeUrl(link[2]!);
    return href ? <a key={i} className="quiet" href={href} target="_blank" rel="noreferrer noopener">{link[1]}</a> : part;
  });
}
