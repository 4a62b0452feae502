import { expect, test } from 'vitest';
import { turns } from './turns';

/** A request that ends when it is told to. */
function held(): { run: () => Promise<string>; end: (said: string) => void; began: () => boolean } {
  let end!: (said: string) => void;
  let began = false;
  const ended = new Promise<string>((resolve) => { end = resolve; });
  return { run: () => { began = true; return ended; }, end, began: () => began };
}

test('so many requests are on their way at once, and the others follow in order', async () => {
  const inTurn = turns(2);
  const all = [held(), held(), held(), held()];
  const answers = all.map((one) => inTurn(one.run));
  await Promise.resolve();
  expect(all.map((one) => one.began())).toEqual([true, true, false, false]);
  all[1]!.end('b');
  expect(await answers[1]).toBe('b');
  await Promise.resolve();
  expect(all.map((one) => one.began())).toEqual([true, true, true, false]);
  all[0]!.end('a'); all[2]!.end('c'); all[3]!.end('d');
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd']);
});

test('what is given up before its turn never begins, and what fails makes room', async () => {
  const inTurn = turns(1);
  const [second, third] = [held(), held()];
  let fail!: (failure: Error) => void;
  const first = inTurn(() => new Promise<string>((_, refuse) => { fail = refuse; }));
  const given = new AbortController();
  const givenUp = inTurn(second.run, given.signal);
  const last = inTurn(third.run);
  given.abort();
  await expect(givenUp).rejects.toThrow('aborted');
  await expect(inTurn(second.run, given.signal)).rejects.toThrow('aborted');
  fail(new Error('gone'));
  await expect(first).rejects.toThrow('gone');
  third.end('c');
  expect(await last).toBe('c');
  expect(second.began()).toBe(false);
});
