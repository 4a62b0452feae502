import { useQuery } from '@tanstack/react-query';
import { instantQuery, parseQuery, type Grid } from '../../api/queries';
import type { SyntaxNode } from '../../api/types';
import { useText } from '../../i18n/text';
import { childrenOf, nodeText, nodeTitle } from '../../promql/syntaxTree';
import type { Span } from '../../model/timeRange';
import { ErrorNote } from '../../parts/ErrorNote';
import { Empty } from '../../parts/Empty';
import type { ExploreQuery } from '../../state/exploreState';
import { PlanView } from './PlanView';
import { letterOf } from './QueryRow';

/** How each query is read: a tree of its steps, each with how many series it yields. */
export function ExplainView({ queries, span, grid }: { queries: ExploreQuery[]; span: Span; grid: Grid }) {
  const { t } = useText();
  const asked = queries.map((query, i) => ({ query, i })).filter(({ query }) => query.expr.trim() !== '' && !query.hidden);
  if (asked.length === 0) return <Empty title={t('explain.empty')} />;
  return (
    <div className="panel-body">
      <div className="dim" style={{ fontSize: '0.8rem', marginBottom: 8 }}>{t('explain.hint')}</div>
      {asked.map(({ query, i }) => <Tree key={i} expr={query.expr} letter={asked.length > 1 ? letterOf(i) : ''} timeMs={span.toMs} grid={grid} />)}
    </div>
  );
}

function Tree({ expr, letter, timeMs, grid }: { expr: string; letter: string; timeMs: number; grid: Grid }) {
  const parsed = useQuery({ queryKey: ['parse', expr], queryFn: ({ signal }) => parseQuery(expr, signal), staleTime: Infinity });
  return (
    <div style={{ marginBottom: 14 }}>
      {letter && <b style={{ color: 'var(--accent)' }}>{letter}</b>}
      {parsed.error && <ErrorNote error={parsed.error} />}
      {parsed.data && <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}><Node node={parsed.data.data} timeMs={timeMs} /></ul>}
      {parsed.data && <PlanView expr={expr} grid={grid} />}
    </div>
  );
}

function Node({ node, timeMs }: { node: SyntaxNode; timeMs: number }) {
  const { t } = useText();
  const text = nodeText(node);
  const counts = node.type !== 'numberLiteral' && node.type !== 'stringLiteral' && node.type !== 'matrixSelector' && node.type !== 'subquery';
  const count = useQuery({ queryKey: ['explain', text, timeMs], queryFn: ({ signal }) => instantQuery(text, timeMs, signal), enabled: counts, staleTime: Infinity });
  const data = count.data?.data;
  const series = data && (data.resultType === 'vector' || data.resultType === 'matrix') ? data.result.length : null;
  return (
    <li>
      <div style={{ display: 'flex', gap: 10, alignItems: 'baseline', padding: '3px 8px', borderRadius: 7, background: 'var(--panel-sunk)', margin: '4px 0', width: 'fit-content', maxWidth: '100%' }}>
        <b style={{ color: 'var(--syntax-function)', fontSize: '0.8rem', whiteSpace: 'nowrap' }}>{nodeTitle(node)}</b>
        <code className="mono" style={{ overflowWrap: 'anywhere' }}>{text}</code>
        {series !== null && <span className="dim tabular" style={{ fontSize: '0.75rem', whiteSpace: 'nowrap' }}>{t('explore.table.series', { count: series })}</span>}
      </div>
      {childrenOf(node).length > 0 && <ul style={{ listStyle: 'none', margin: 0, paddingLeft: 20, borderLeft: '2px solid var(--line)', marginLeft: 10 }}>{childrenOf(node).map((child, i) => <Node key={i} node={child} timeMs={timeMs} />)}</ul>}
    </li>
  );
}
