import type { ExpectedRevision } from './event-store.ts';

/** What an append finds in its stream, -1 being the revision of a stream without events. */
export interface StreamView {
  readonly last: number;
  idAt(revision: number): string | undefined;
  /** The last revision at which this id stands in the stream. */
  revisionOf(id: string): number | undefined;
}

export type Decision =
  | { readonly kind: 'append' }
  /** The same events stand there already, the last of them at `revision`. */
  | { readonly kind: 'duplicate'; readonly revision: number }
  | { readonly kind: 'wrong' };

const APPEND: Decision = { kind: 'append' };
const WRONG: Decision = { kind: 'wrong' };

/**
 * EventStoreDB's decision procedure (eventstore.md §1) as far as the port exposes it: nothing can be deleted here. Ids
 * are compared, payloads never. Unlike the server, `any` and `stream-exists` find old ids however old they are.
 * The SQL adapter has the same procedure as a database function (schema.server.ts).
 */
export function decideAppend(stream: StreamView, expected: ExpectedRevision, ids: readonly string[]): Decision {
  if (expected === 'any' || expected === 'stream-exists') {
    if (expected === 'stream-exists' && stream.last < 0) return WRONG;
    return decideByIds(stream, ids);
  }
  const revision = expected === 'no-stream' ? -1 : expected;
  if (revision === stream.last) return APPEND;
  const repeats = revision < stream.last && ids.length > 0;
  return repeats && ids.every((id, index) => stream.idAt(revision + 1 + index) === id)
    ? { kind: 'duplicate', revision: revision + ids.length }
    : WRONG;
}

function decideByIds(stream: StreamView, ids: readonly string[]): Decision {
  const [first] = ids;
  if (first === undefined || stream.revisionOf(first) === undefined) return APPEND;
  let revision = -1;
  for (const id of ids) {
    const found = stream.revisionOf(id);
    if (found === undefined) return WRONG;
    revision = found;
  }
  return { kind: 'duplicate', revision };
}
