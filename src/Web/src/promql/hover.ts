import { syntaxTree } from '@codemirror/language';
import { hoverTooltip, type Tooltip } from '@codemirror/view';
import { aggregateOpTerms, functionIdentifierTerms } from '@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms';
import { getFunction } from '@prometheus-io/codemirror-promql/dist/esm/types/function';
import { call } from '../api/client';
import type { MetricMetadata } from '../api/types';

const typeNames: Record<string, string> = { vector: 'instant vector', matrix: 'range vector', scalar: 'scalar', string: 'string' };
const helpOf = (terms: readonly { label: string; info?: unknown }[], name: string): string => { const info = terms.find((term) => term.label === name)?.info; return typeof info === 'string' ? info : ''; };

/** What a function takes and gives, in Prometheus's words; those that may be left out in brackets. */
function signatureOf(name: string, id: number): string {
  const { argTypes, variadic, returnType } = getFunction(id);
  const words = argTypes.map((type, i) => (variadic !== 0 && i >= argTypes.length - Math.max(1, variadic) ? `[${typeNames[type]}]` : typeNames[type]));
  return `${name}(${words.join(', ')}${variadic < 0 ? ', …' : ''}) → ${typeNames[returnType]}`;
}

/** What a place of a query means: a function with its signature, an aggregation, or a metric with its type and help. */
export const hoverHelp = hoverTooltip(async (view, pos, side): Promise<Tooltip | null> => {
  const node = syntaxTree(view.state).resolveInner(pos, side);
  const text = view.state.sliceDoc(node.from, node.to);
  const tip = (head: string, body: string): Tooltip => ({
    pos: node.from, end: node.to, above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'hover-help';
      dom.append(line('mono', head), ...(body ? [line('', body)] : []));
      return { dom };
    },
  });
  if (node.parent?.name === 'FunctionIdentifier') return tip(signatureOf(text, node.type.id), helpOf(functionIdentifierTerms, text));
  if (node.parent?.name === 'AggregateOp') return tip(text, helpOf(aggregateOpTerms, text));
  if (node.name !== 'Identifier' || node.parent?.name !== 'VectorSelector') return null;
  const found = await call<Record<string, MetricMetadata[]>>('metadata', { metric: text }).catch(() => null);
  const about = found?.data[text]?.[0];
  return about ? tip(`${text} (${[about.type, about.unit].filter(Boolean).join(', ')})`, about.help) : null;
}, { hoverTime: 350 });

function line(className: string, text: string): HTMLElement {
  const made = document.createElement('div');
  made.className = className;
  made.textContent = text;
  return made;
}
