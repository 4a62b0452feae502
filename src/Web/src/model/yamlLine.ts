/** One piece of a line of YAML, by what it is. */
export interface YamlToken { kind: 'key' | 'string' | 'number' | 'comment' | 'plain'; text: string }

/** Cuts a line of YAML for colouring; an approximation that never loses a character. */
export function yamlTokens(line: string): YamlToken[] {
  const tokens: YamlToken[] = [];
  const comment = /(^|\s)#.*$/.exec(line);
  const quotedHash = comment && (line.slice(0, comment.index).split('"').length % 2 === 0 || line.slice(0, comment.index).split("'").length % 2 === 0);
  const body = comment && !quotedHash ? line.slice(0, comment.index + comment[1]!.length) : line;
  const key = /^(\s*(?:- )*)([\w.$/-]+|"[^"]*"|'[^']*')(:)(\s|$)/.exec(body);
  let rest = body;
  if (key) {
    if (key[1]) tokens.push({ kind: 'plain', text: key[1] });
    tokens.push({ kind: 'key', text: key[2]! }, { kind: 'plain', text: ':' });
    rest = body.slice(key[1]!.length + key[2]!.length + 1);
  }
  const value = /^(\s*(?:- )*)(.*?)(\s*)$/.exec(rest)!;
  if (value[1]) tokens.push({ kind: 'plain', text: value[1] });
  if (value[2]) tokens.push({ kind: /^["']/.test(value[2]) ? 'string' : /^-?\d+(\.\d+)?(ms|s|m|h|d|w|y|B|KB|MB|GB)?$|^(true|false|null)$/.test(value[2]) ? 'number' : key ? 'string' : 'plain', text: value[2] });
  if (value[3]) tokens.push({ kind: 'plain', text: value[3] });
  if (body.length < line.length) tokens.push({ kind: 'comment', text: line.slice(body.length) });
  return tokens;
}
