import type { SyntaxNode } from '../api/types';
import { formatDuration } from '../model/duration';

const isNode = (value: unknown): value is SyntaxNode => typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const words = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);

/** The operands of a step, in their order. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  switch (node.type) {
    case 'aggregation': return [node.param, node.expr].filter(isNode);
    case 'binaryExpr': return [node.lhs, node.rhs].filter(isNode);
    case 'call': return (node.args as unknown[]).filter(isNode);
    case 'parenExpr': case 'unaryExpr': case 'subquery': return [node.expr].filter(isNode);
    default: return [];
  }
}

/** A step in a word or two. */
export function nodeTitle(node: SyntaxNode): string {
  switch (node.type) {
    case 'aggregation': return text(node.op);
    case 'binaryExpr': return text(node.op);
    case 'call': return text((node.func as SyntaxNode | undefined)?.name);
    case 'parenExpr': return '( )';
    case 'unaryExpr': return text(node.op);
    case 'subquery': return 'subquery';
    case 'vectorSelector': return 'select';
    case 'matrixSelector': return 'select range';
    default: return 'literal';
  }
}

/** A step as PromQL. */
export function nodeText(node: SyntaxNode): string {
  switch (node.type) {
    case 'numberLiteral': return text(node.val);
    case 'stringLiteral': return JSON.stringify(node.val);
    case 'parenExpr': return `(${inner(node.expr)})`;
    case 'unaryExpr': return text(node.op) + inner(node.expr);
    case 'vectorSelector': return selector(node, '') + moved(node);
    case 'matrixSelector': return selector(node, `[${duration(node, 'range')}]`) + moved(node);
    case 'subquery': return `${inner(node.expr)}[${duration(node, 'range')}:${node.step || node.stepExpr ? duration(node, 'step') : ''}]${moved(node)}`;
    case 'call': return `${nodeTitle(node)}(${childrenOf(node).map(nodeText).join(', ')})`;
    case 'aggregation': {
      const labels = words(node.grouping);
      const by = node.without ? ` without (${labels.join(', ')})` : labels.length > 0 ? ` by (${labels.join(', ')})` : '';
      return `${text(node.op)}${by ? by + ' ' : ''}(${childrenOf(node).map(nodeText).join(', ')})`;
    }
    case 'binaryExpr': return `${inner(node.lhs)} ${text(node.op)}${node.bool ? ' bool' : ''}${matching(node)} ${inner(node.rhs)}`;
    default: return node.type;
  }
}

const inner = (value: unknown): string => (isNode(value) ? nodeText(value) : '');

function duration(node: SyntaxNode, name: string): string {
  const written = node[name + 'Expr'];
  return typeof written === 'string' ? written : formatDuration(Number(node[name] ?? 0));
}

function selector(node: SyntaxNode, range: string): string {
  const name = text(node.name);
  const matchers = (node.matchers as { name: string; type: string; value: string }[]).filter((one) => !(one.name === '__name__' && one.type === '=' && one.value === name));
  const braces = matchers.length > 0 || name === '' ? `{${matchers.map((one) => `${/^[a-zA-Z_]\w*$/.test(one.name) ? one.name : JSON.stringify(one.name)}${one.type}${JSON.stringify(one.value)}`).join(', ')}}` : '';
  const plain = /^[a-zA-Z_:][\w:]*$/.test(name) || name === '';
  const body = plain ? name + braces : `{${[JSON.stringify(name), braces.slice(1, -1)].filter(Boolean).join(', ')}}`;
  return body + range + (node.anchored ? ' anchored' : node.smoothed ? ' smoothed' : '');
}

function moved(node: SyntaxNode): string {
  const at = typeof node.timestamp === 'number' ? ` @ ${node.timestamp / 1000}` : node.startOrEnd ? ` @ ${text(node.startOrEnd)}()` : '';
  const ms = Number(node.offset ?? 0);
  const offset = typeof node.offsetExpr === 'string' ? ` offset ${node.offsetExpr}` : ms === 0 ? '' : ` offset ${ms < 0 ? '-' : ''}${formatDuration(Math.abs(ms))}`;
  return at + offset;
}

function matching(node: SyntaxNode): string {
  const rule = node.matching as { card: string; labels: string[]; on: boolean; include: string[] } | null;
  if (!rule || (!rule.on && rule.labels.length === 0 && !rule.card.includes('many-to-one') && !rule.card.includes('one-to-many'))) return '';
  const group = rule.card === 'many-to-one' ? ` group_left (${rule.include.join(', ')})` : rule.card === 'one-to-many' ? ` group_right (${rule.include.join(', ')})` : '';
  return ` ${rule.on ? 'on' : 'ignoring'} (${rule.labels.join(', ')})${group}`;
}
