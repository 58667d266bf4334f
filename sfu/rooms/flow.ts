/**
 * Whether media really flows, from byte counters that are read every few seconds. Pure, so that the moments that end
 * up in the attendance can be tested to the second.
 */
export type Flow =
  | { readonly kind: 'quiet'; readonly bytes: number }
  | {
      readonly kind: 'flowing';
      readonly bytes: number;
      /** Business time of the last reading that had grown. */
      readonly lastAt: number;
      readonly missed: number;
    };

export type FlowFact = { readonly kind: 'started' | 'stopped'; readonly at: number };

export const QUIET: Flow = { kind: 'quiet', bytes: 0 };

/** Nothing flows as far as anybody knows, and the counter goes on where it was. */
export const quiet = ({ bytes }: Flow): Flow => ({ kind: 'quiet', bytes });

/** Fewer bytes than this between two readings are keep-alives, not media. */
const LEAST_BYTES = 500;
/** So many readings without growth end a flow: one may fall between two packets of a slow link. */
const MISSES = 2;

/**
 * Takes one reading. A flow starts at the reading that first saw it, and stops at the last one that did.
 * @param bytes counter since the transport was made; a smaller one than before means a new transport.
 * @param now business time, ms.
 */
export function observeFlow(flow: Flow, bytes: number, now: number): { flow: Flow; fact: FlowFact | null } {
  const grown = (bytes < flow.bytes ? bytes : bytes - flow.bytes) >= LEAST_BYTES;
  if (grown) {
    const flowing: Flow = { kind: 'flowing', bytes, lastAt: now, missed: 0 };
    return { flow: flowing, fact: flow.kind === 'quiet' ? { kind: 'started', at: now } : null };
  }
  if (flow.kind === 'quiet') return { flow: { kind: 'quiet', bytes }, fact: null };
  const missed = flow.missed + 1;
  if (missed < MISSES) return { flow: { ...flow, missed }, fact: null };
  return { flow: { kind: 'quiet', bytes }, fact: { kind: 'stopped', at: flow.lastAt } };
}

/** The end of a connection ends its flow: at the last reading that saw it, or at `end` if that was earlier. */
export function endFlow(flow: Flow, end: number): FlowFact | null {
  return flow.kind === 'quiet' ? null : { kind: 'stopped', at: Math.min(flow.lastAt, end) };
}
