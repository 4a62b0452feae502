const nice = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000, 31_536_000];

/** Times in seconds at which an axis of some width has room for a label, and the distance between them. */
export function timeTicks(from: number, to: number, widthPx: number, spacePx = 84): { ticks: number[]; increment: number } {
  const wanted = ((to - from) * spacePx) / Math.max(1, widthPx);
  const increment = nice.find((one) => one >= wanted) ?? nice.at(-1)!;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / increment) * increment; at <= to; at += increment) ticks.push(at);
  return { ticks, increment };
}
