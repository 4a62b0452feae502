/** A line of one text or of both. */
export interface DiffLine { kind: 'same' | 'added' | 'removed'; text: string }

/** Differences looked for at most; beyond them the middle is all removed and all added. */
const differencesMax = 3000;

/** The lines of two texts, the fewest possible of them removed and added (Myers, "An O(ND) Difference Algorithm", 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const same = (texts: readonly string[]): DiffLine[] => texts.map((text) => ({ kind: 'same', text }));
  return [...same(before.slice(0, start)), ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)), ...same(before.slice(before.length - end))];
}

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const most = Math.min(a.length + b.length, differencesMax);
  let reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(reach));
    const next = new Map(reach);
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (next.get(k - 1) ?? -1) < (next.get(k + 1) ?? -1));
      let x = down ? next.get(k + 1) ?? 0 : (next.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && x - k >= 0 && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walked(a, b, trace, d);
    }
    reach = next;
  }
  return [...a.map((text): DiffLine => ({ kind: 'removed', text })), ...b.map((text): DiffLine => ({ kind: 'added', text }))];
}

function walked(a: readonly string[], b: readonly string[], trace: readonly Map<number, number>[], differences: number): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = differences; d > 0; d--) {
    const reach = trace[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = reach.get(fromK) ?? 0;
    const fromY = fromX - fromK;
    while (x > fromX && y > fromY && x > 0 && y > 0 && a[x - 1] === b[y - 1]) lines.push({ kind: 'same', text: a[(y--, --x)]! });
    if (down) lines.push({ kind: 'added', text: b[--y]! });
    else lines.push({ kind: 'removed', text: a[--x]! });
  }
  while (x > 0 && y > 0) lines.push({ kind: 'same', text: a[(y--, --x)]! });
  return lines.reverse();
}

/** What changed, with a few lines around it; null stands for what is left out between. */
export function hunksOf(lines: readonly DiffLine[], around = 3): (DiffLine | null)[] {
  const near = lines.map(() => false);
  lines.forEach((line, i) => { if (line.kind !== 'same') near.fill(true, Math.max(0, i - around), i + around + 1); });
  const shown: (DiffLine | null)[] = [];
  lines.forEach((line, i) => {
    if (near[i]) shown.push(line);
    else if (shown.at(-1) !== null) shown.push(null);
  });
  return shown;
}

/** JSON as lines, for people to compare; what the server writes anew at every save is left out. */
export function jsonLines(value: object): string[] {
  const { version: _, ...rest } = value as { version?: unknown };
  return JSON.stringify(rest, null, 2).split('\n');
}
