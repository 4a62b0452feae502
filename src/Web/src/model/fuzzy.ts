/** How well a text matches what was typed: higher is better, null is not at all. Letters must occur in order; runs and beginnings of words count more. */
export function fuzzyScore(typed: string, text: string): number | null {
  if (typed.length === 0) return 0;
  const needle = typed.toLowerCase();
  const hay = text.toLowerCase();
  const whole = hay.indexOf(needle);
  if (whole >= 0) return 1000 - whole - (hay.length - needle.length) * 0.1 + (isStart(hay, whole) ? 200 : 0);
  let score = 0;
  let at = -1;
  let run = 0;
  for (const letter of needle) {
    if (letter === ' ' || letter === '_') {
      run = 0;
      continue;
    }
    const next = hay.indexOf(letter, at + 1);
    if (next < 0) return null;
    run = next === at + 1 ? run + 1 : 0;
    score += 1 + run * 3 + (isStart(hay, next) ? 6 : 0) - Math.min(4, (next - at - 1) * 0.2);
    at = next;
  }
  return score - hay.length * 0.05;
}

const isStart = (text: string, at: number): boolean => at === 0 || !/[a-z0-9]/.test(text[at - 1]!);

/** The entries that match, best first; all in their order where nothing was typed. */
export function fuzzyFilter<T>(typed: string, all: readonly T[], textOf: (entry: T) => string, limit = Infinity): T[] {
  const wanted = typed.trim();
  if (wanted.length === 0) return limit === Infinity ? [...all] : all.slice(0, limit);
  const scored: { entry: T; score: number; index: number }[] = [];
  all.forEach((entry, index) => {
    const score = fuzzyScore(wanted, textOf(entry));
    if (score !== null) scored.push({ entry, score, index });
  });
  scored.sort((a, b) => b.score - a.score || a.index - b.index);
  return scored.slice(0, limit).map((found) => found.entry);
}
