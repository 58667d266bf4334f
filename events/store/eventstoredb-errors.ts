/** The store cannot be reached and nothing was written. Try again later. */
export class StoreUnavailable extends Error {
  readonly code = 'store-unavailable';

  constructor(what: string, options?: ErrorOptions) {
    super(`${what}: EventStoreDB cannot be reached`, options);
    this.name = 'StoreUnavailable';
  }
}

/** Perhaps written, perhaps not. Doing the same again, with the same ids and expected revision, settles it. */
export class UnknownOutcome extends Error {
  readonly code = 'unknown-outcome';

  constructor(what: string, options?: ErrorOptions) {
    super(`${what}: the outcome is unknown`, options);
    this.name = 'UnknownOutcome';
  }
}

/** The server says no, and will say it again: missing rights, a deleted stream, an old server. */
export class StoreRefused extends Error {
  readonly code = 'store-refused';

  constructor(what: string, options?: ErrorOptions) {
    super(`${what}: EventStoreDB refuses it`, options);
    this.name = 'StoreRefused';
  }
}

export type Failure =
  | { readonly kind: 'wrong-revision'; readonly actual: number | 'no-stream' }
  | { readonly kind: 'too-large'; readonly limit: number }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'refused' }
  /** Nothing was written. */
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'unknown' };

const UNAVAILABLE = 14;
const REFUSING_CODES: readonly unknown[] = [7, 12, 16];
const REFUSING_TYPES: readonly unknown[] = [
  'access-denied',
  'stream-deleted',
  'invalid-argument',
  'invalid-transaction',
  'missing-required-metadata-property',
];

/**
 * What an error of the client means. By its fields and not by its class: the client is loaded late, and while the
 * server is down it rejects with raw gRPC errors (code 14) that are none of its own classes.
 */
export function classify(error: unknown): Failure {
  const type = field(error, 'type');
  const code = field(error, 'code');
  if (type === 'wrong-expected-version')
    return { kind: 'wrong-revision', actual: actualOf(field(error, 'actualVersion')) };
  if (type === 'maximum-append-size-exceeded') {
    const limit = field(error, 'maxAppendSize');
    return { kind: 'too-large', limit: typeof limit === 'number' ? limit : 0 };
  }
  if (type === 'stream-not-found' || type === 'persistent-subscription-does-not-exist') return { kind: 'not-found' };
  if (type === 'persistent-subscription-exists') return { kind: 'exists' };
  if (type === 'unsupported') return { kind: 'unsupported' };
  if (type === 'not-leader') return { kind: 'unavailable' };
  if (REFUSING_TYPES.includes(type)) return { kind: 'refused' };
  // Raw: it comes from the question for the server's abilities, which goes before the append itself.
  if (type === undefined && code === UNAVAILABLE) return { kind: 'unavailable' };
  if (REFUSING_CODES.includes(code)) return { kind: 'refused' };
  return { kind: 'unknown' };
}

function actualOf(version: unknown): number | 'no-stream' {
  return typeof version === 'bigint' && version >= 0n ? Number(version) : 'no-stream';
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
