import { useCallback, useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { slowMs } from '../../parts/useSlow';

const panels = { queryKey: ['panel'] };

/** Whether any panel waits for its answer for long, and how to give up: the server ends what nobody waits for. */
export function useSlowPanels(): { isSlow: boolean; cancel: () => void } {
  const client = useQueryClient();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      timer = undefined;
    };
    // Only what lasts is drawn: a dashboard that is drawn anew with each answer would be slow itself.
    const look = (): void => {
      const isBusy = client.isFetching(panels) > 0;
      if (isBusy) timer ??= setTimeout(() => setSlow(true), slowMs);
      else if (timer !== undefined) {
        stop();
        setSlow(false);
      }
    };
    look();
    const unsubscribe = client.getQueryCache().subscribe(look);
    return () => {
      unsubscribe();
      stop();
    };
  }, [client]);
  return { isSlow, cancel: useCallback(() => void client.cancelQueries(panels), [client]) };
}
