/** Lets so many requests be on their way at once. The others have their turn in the order they came, unless they are given up before. */
export function turns(atOnce: number): <T>(run: () => Promise<T>, signal?: AbortSignal) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  const enter = (signal?: AbortSignal): Promise<void> => new Promise((go, refuse) => {
    if (running < atOnce) { running++; go(); return; }
    // The place is handed on: whoever is called need not count itself.
    const called = (): void => { signal?.removeEventListener('abort', gaveUp); go(); };
    const gaveUp = (): void => { waiting.splice(waiting.indexOf(called), 1); refuse(signal!.reason as Error); };
    waiting.push(called);
    signal?.addEventListener('abort', gaveUp, { once: true });
  });
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  return async (run, signal) => {
    signal?.throwIfAborted();
    await enter(signal);
    try {
      return await run();
    } finally {
      leave();
    }
  };
}
