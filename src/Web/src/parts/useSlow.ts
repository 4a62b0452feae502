import { useEffect, useState } from 'react';

/** Milliseconds up to which people take something for immediate. */
export const slowMs = 300;

/** Whether something has been going on for so long that it has to be shown. */
export function useSlow(isBusy: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isBusy) return;
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [isBusy]);
  return isSlow;
}
