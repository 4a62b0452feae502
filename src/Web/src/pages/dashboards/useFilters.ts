import { useEffect, useMemo, useState } from 'react';
import type { LRParser } from '@lezer/lr';
import { filtersOf, withFilters, type Filter } from '../../dashboards/adhoc';
import type { Dashboard } from '../../dashboards/dashboard';
import { listSeparator } from '../../routing/address';
import { useAddress } from '../../routing/navigation';

/** How the queries of a dashboard are changed by its ad hoc filters; null until that can be done. */
export function useFilters(dashboard: Dashboard): ((expr: string) => string) | null {
  const [params] = useAddress();
  const [parser, setParser] = useState<LRParser | null>(null);
  const variables = (dashboard.templating?.list ?? []).filter((one) => one.type === 'adhoc');
  const stamp = JSON.stringify(variables.flatMap((one) => filtersOf(one, params[`var-${one.name}`]?.split(listSeparator))));
  const isWanted = stamp !== '[]';
  useEffect(() => {
    if (isWanted) void import('@prometheus-io/lezer-promql').then((language) => setParser(() => language.parser as LRParser));
  }, [isWanted]);
  return useMemo(() => {
    const filters = JSON.parse(stamp) as Filter[];
    if (filters.length === 0) return (expr: string) => expr;
    return parser && ((expr: string) => withFilters(expr, filters, parser.parse(expr)));
  }, [stamp, parser]);
}
