/** Where in a query an error is: offsets into its text. */
export interface ErrorPlace { from: number; to: number }

const position = /(?:^|[^\d])(\d+):(\d+): parse error: /;

/** The place a server's message names (`1:5: parse error: …`), as a range of one word or character. */
export function placeOf(message: string, query: string): ErrorPlace | null {
  const found = position.exec(message);
  if (!found) return null;
  const line = Number(found[1]);
  const column = Number(found[2]);
  const lines = query.split('\n');
  if (line < 1 || line > lines.length) return null;
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const from = Math.min(start + Math.max(0, column - 1), query.length);
  const word = /^[\w:]+/.exec(query.slice(from));
  const to = Math.min(query.length, from + (word ? word[0].length : 1));
  // At the end of the text there is nothing to mark: the last character stands for it.
  return from === to && from > 0 ? { from: from - 1, to } : { from, to };
}
