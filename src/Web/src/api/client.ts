/** An answer of the server that says why not, or a connection that failed. */
export class ApiError extends Error {
  constructor(
    /** Prometheus's word for it: bad_data, execution, timeout, unavailable … or `network`. */
    readonly kind: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** What was asked for, what the server remarks about it, and what the answer cost. */
export interface Answer<T> {
  data: T;
  warnings: string[];
  infos: string[];
  /** Milliseconds from the request to the last byte. */
  tookMs: number;
  /** Bytes of the body, decompressed. */
  bytes: number;
}

interface Envelope<T> {
  status: 'success' | 'error';
  data?: T;
  errorType?: string;
  error?: string;
  warnings?: string[];
  infos?: string[];
}

/** Where the server's routes begin: the page's base, which the server writes for every prefix. */
export const baseUrl = (): string => document.baseURI;

export interface Call {
  signal?: AbortSignal;
  /** Forms are posted: a query may be longer than a request line. */
  post?: boolean;
}

/** Calls one endpoint below /api/v1. Aborting the signal cancels the work on the server too. */
export async function call<T>(path: string, params: URLSearchParams | Record<string, string> = {}, { signal, post }: Call = {}): Promise<Answer<T>> {
  const text = new URLSearchParams(params).toString();
  const url = new URL('api/v1/' + path, baseUrl());
  if (!post) url.search = text;
  const began = performance.now();
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      method: post ? 'POST' : 'GET',
      ...(post ? { body: text, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } } : {}),
      ...(signal ? { signal } : {}),
    });
    body = await response.text();
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure;
    throw new ApiError('network', failure instanceof Error ? failure.message : String(failure), 0);
  }
  return unwrap<T>(body, response.status, performance.now() - began);
}

/** Reads the frame around an answer. */
export function unwrap<T>(body: string, status: number, tookMs: number): Answer<T> {
  let envelope: Envelope<T>;
  try {
    envelope = JSON.parse(body) as Envelope<T>;
  } catch {
    throw new ApiError('unreadable', body.slice(0, 1024) || `HTTP ${status}`, status);
  }
  if (envelope.status !== 'success') throw new ApiError(envelope.errorType ?? 'unknown', envelope.error ?? `HTTP ${status}`, status);
  return { data: envelope.data as T, warnings: envelope.warnings ?? [], infos: envelope.infos ?? [], tookMs, bytes: body.length };
}
