import { useQuery } from '@tanstack/react-query';
import { instantQuery, parseQuery } from '../api/queries';
import type { SyntaxNode } from '../api/types';
import { childrenOf, nodeText } from './syntaxTree';

/** How far back a series is looked for, and in which steps. */
const lookedFor = '30d:1h';

/** When the first series that a query asks for had a sample last, in milliseconds; null where it never had one, undefined until that is known. */
export function useLastSeen(expr: string): number | null | undefined {
  return useQuery({
    queryKey: ['last seen', expr], staleTime: 60_000,
    queryFn: async ({ signal }): Promise<number | null> => {
      const selector = firstSelector((await parseQuery(expr, signal)).data);
      if (!selector) return null;
      const { data } = await instantQuery(`max(timestamp(${selector})) or max(max_over_time(timestamp(${selector})[${lookedFor}]))`, Date.now(), signal);
      return data.resultType === 'vector' && data.result[0]?.value ? Number(data.result[0].value[1]) * 1000 : null;
    },
  }).data;
}

/** The first series that a query asks for, without the time it asks for; several metrics have no time together. */
function firstSelector(node: SyntaxNode): string | null {
  if ((node.type === 'vectorSelector' || node.type === 'matrixSelector') && node.name) return nodeText({ type: 'vectorSelector', name: node.name, matchers: node.matchers });
  for (const child of childrenOf(node)) {
    const found = firstSelector(child);
    if (found) return found;
  }
  return null;
}
