/**
 * Between processes. The database is the truth: a message about stored updates names their sequence numbers, so whoever
 * missed one notices at the next, and reads it from there. Presence is fleeting and has no numbers.
 */
import type { Bus } from '#platform/bus/bus.ts';
import type { PresenceState } from '../wire/awareness.ts';
import type { Log } from '../log.ts';

export type Word =
  | { readonly kind: 'stored'; readonly first: number; readonly last: number; readonly update: Uint8Array }
  | { readonly kind: 'presence'; readonly states: readonly PresenceState[] }
  /** A node that just loaded the document asks who is there. */
  | { readonly kind: 'who' };

const topicOf = (document: string): string => `doc:${document}`;

/** What crosses the bus is plain JSON; bytes as base64. */
function encode(node: string, word: Word): unknown {
  if (word.kind !== 'stored') return { node, ...word };
  return { node, ...word, update: Buffer.from(word.update).toString('base64') };
}

function decode(message: unknown): { node: string; word: Word } | null {
  if (typeof message !== 'object' || message === null || !('node' in message) || !('kind' in message)) return null;
  const { node, kind } = message;
  if (typeof node !== 'string') return null;
  if (kind === 'who') return { node, word: { kind } };
  if (kind === 'presence' && 'states' in message && Array.isArray(message.states))
    return { node, word: { kind, states: message.states.filter(isState) } };
  if (kind === 'stored' && 'first' in message && 'last' in message && 'update' in message) {
    const { first, last, update } = message;
    if (typeof first === 'number' && typeof last === 'number' && typeof update === 'string')
      return { node, word: { kind, first, last, update: new Uint8Array(Buffer.from(update, 'base64')) } };
  }
  return null;
}

function isState(value: unknown): value is PresenceState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'client' in value &&
    typeof value.client === 'number' &&
    'clock' in value &&
    typeof value.clock === 'number' &&
    'json' in value &&
    typeof value.json === 'string'
  );
}

/** Tells the other processes. A failure is logged and no more: what was stored is found in the database. */
export function tell(bus: Bus, node: string, document: string, word: Word, log: Log): void {
  bus.publish(topicOf(document), encode(node, word)).catch((error: unknown) => {
    log.warn({ err: error, document, kind: word.kind }, 'the other processes could not be told');
  });
}

/** Listens to the other processes; this one's own words are left out. */
export function hear(
  bus: Bus,
  node: string,
  document: string,
  onWord: (word: Word) => void,
): Promise<() => Promise<void>> {
  return bus.subscribe(topicOf(document), (message) => {
    const heard = decode(message);
    if (heard && heard.node !== node) onWord(heard.word);
  });
}
