/**
 * What the completion keeps of the server's names: for a while, and not more than a number of entries. It stands where codemirror-promql
 * asks for `lru-cache` (vite.config.ts), which is larger than all that is wanted of it.
 */
export class LRUCache<Key, Value> {
  static readonly entriesMax = 2000;
  private readonly ttlMs: number;
  private readonly entries = new Map<Key, { value: Value; untilMs: number }>();

  /** `ttl` is in milliseconds. */
  constructor({ ttl }: { ttl: number }) {
    this.ttlMs = ttl;
  }

  get(key: Key): Value | undefined {
    const entry = this.entries.get(key);
    if (entry && entry.untilMs > Date.now()) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  set(key: Key, value: Value): this {
    this.entries.delete(key);
    this.entries.set(key, { value, untilMs: Date.now() + this.ttlMs });
    // A map remembers in which order its entries came.
    if (this.entries.size > LRUCache.entriesMax) this.entries.delete(this.entries.keys().next().value!);
    return this;
  }
}
