import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';

/** Colours of PromQL, from the tokens of both themes. */
export const promqlColors = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.function(tags.variableName), color: 'var(--syntax-function)' },
  { tag: tags.operatorKeyword, color: 'var(--syntax-keyword)' },
  { tag: tags.keyword, color: 'var(--syntax-keyword)' },
  { tag: tags.modifier, color: 'var(--syntax-keyword)' },
  { tag: tags.labelName, color: 'var(--syntax-label)' },
  { tag: tags.string, color: 'var(--syntax-string)' },
  { tag: tags.number, color: 'var(--syntax-number)' },
  { tag: tags.comment, color: 'var(--ink-dim)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--bad)' },
]));
