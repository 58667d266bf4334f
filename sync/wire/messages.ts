/**
 * The messages of PROTOCOL.md. 0–3 are y-protocols' own; those from 100 on go only to sockets that asked (`ack=1`),
 * because the stock client logs an error for each type that it does not know.
 */
import { readCursor, writeCursors, type Cursor } from './cursors.ts';
import { Malformed, Reader } from './reader.ts';
import { Writer } from './writer.ts';

export const MESSAGE = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  ack: 100,
  cursors: 101,
  standing: 102,
} as const;
export const SYNC = { step1: 0, step2: 1, update: 2 } as const;

export type Inbound =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  /** A step 2 or an update: the same to a server. */
  | { readonly kind: 'update'; readonly update: Uint8Array }
  | { readonly kind: 'awareness'; readonly states: Uint8Array }
  | { readonly kind: 'query-awareness' }
  | { readonly kind: 'cursor'; readonly cursor: Cursor };

/** Throws Malformed for anything that a client has no reason to send. */
export function readMessage(bytes: Uint8Array): Inbound {
  const reader = new Reader(bytes);
  const message = readKnown(reader);
  if (reader.left > 0) throw new Malformed('bytes behind the end');
  return message;
}

function readKnown(reader: Reader): Inbound {
  const type = reader.varUint();
  switch (type) {
    case MESSAGE.sync: {
      const step = reader.varUint();
      if (step === SYNC.step1) return { kind: 'step1', stateVector: reader.varBytes() };
      if (step === SYNC.step2 || step === SYNC.update) return { kind: 'update', update: reader.varBytes() };
      throw new Malformed('unknown sync message');
    }
    case MESSAGE.awareness:
      return { kind: 'awareness', states: reader.varBytes() };
    case MESSAGE.queryAwareness:
      return { kind: 'query-awareness' };
    case MESSAGE.cursors:
      return { kind: 'cursor', cursor: readCursor(reader) };
    default:
      throw new Malformed('unknown message');
  }
}

const sync = (step: number, bytes: Uint8Array): Buffer =>
  new Writer().varUint(MESSAGE.sync).varUint(step).varBytes(bytes).finish();

export const step1Message = (stateVector: Uint8Array): Buffer => sync(SYNC.step1, stateVector);
export const step2Message = (update: Uint8Array): Buffer => sync(SYNC.step2, update);
export const updateMessage = (update: Uint8Array): Buffer => sync(SYNC.update, update);

export const awarenessMessage = (states: Uint8Array): Buffer =>
  new Writer().varUint(MESSAGE.awareness).varBytes(states).finish();

export const cursorsMessage = (cursors: readonly Cursor[]): Buffer =>
  new Writer().varUint(MESSAGE.cursors).raw(writeCursors(cursors)).finish();

/** y-protocols/auth: permission denied, with the reason's code. */
export const deniedMessage = (reason: string): Buffer =>
  new Writer().varUint(MESSAGE.auth).varUint(0).varString(reason).finish();

/** The socket's first `count` updates are durable. */
export const ackMessage = (count: number): Buffer => new Writer().varUint(MESSAGE.ack).varUint(count).finish();

/** Whether this socket may write, and if not, the reason's code. */
export const standingMessage = (reason: string | null): Buffer =>
  new Writer()
    .varUint(MESSAGE.standing)
    .varUint(reason === null ? 1 : 0)
    .varString(reason ?? '')
    .finish();
