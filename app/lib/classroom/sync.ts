/**
 * A shared document of a lesson: y-websocket's provider with acknowledgements, tickets that renew themselves, and a status
 * that components can read. What is written without a connection stays in the document and is sent when there is one.
 */
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { Connection } from './connection.ts';
import type { Refused } from './kept/contract.ts';
import type { Device } from './kept/own-work.ts';
import { Pointers, type PointerPlace } from './pointers.ts';

export type DocumentStatus =
  /** Not here yet. */
  | 'connecting'
  | 'connected'
  /** It was here; what is written now is kept and sent later. */
  | 'offline'
  /** The lesson is over: to read only. */
  | 'ended'
  /** This page may not have it. */
  | 'refused';

export interface ConnectedDocument {
  readonly doc: Y.Doc;
  readonly awareness: Awareness;
  /** Where the others point. */
  readonly pointers: Pointers;
  /** Says where this page points; what is said without a connection is not said later. */
  point(at: PointerPlace | null): void;
  /** Reactive in a component, like the next three. */
  readonly status: DocumentStatus;
  /** Own changes that are not durable on the server yet. */
  readonly unsaved: number;
  /** Acts of one's own among them, also of an earlier page that is gone. */
  readonly entries: number;
  /** Keys of the strokes or messages among them; not reactive. */
  readonly unsafe: readonly string[];
  /** Whether what is written now outlives the page. */
  readonly keeps: boolean;
  /** What the server did not take, until it is put away; null for nothing. */
  readonly refused: Refused | null;
  forgetRefused(): void;
  /** Whether the server takes what this page writes. */
  readonly writable: boolean;
  /** Stable code of why it is refused or may only be read; null otherwise. */
  readonly reason: string | null;
  destroy(): void;
}

export interface DocumentOptions {
  /** Address of the server's documents: `wss://host/sync`; null before the door has answered, see `arrive`. */
  readonly url: string | null;
  readonly name: string;
  /** Fresh ids from the door, or a spare one; the first is used. */
  readonly clientIds: readonly number[];
  /** Where it is kept on this device; null for nowhere. */
  readonly device?: Device | null;
  /** The page's latest ticket. */
  readonly ticket: () => string;
  /** Fetches a new one; rejects while that is not possible. */
  readonly renew: () => Promise<string>;
  /** Something of what this page wrote was not taken, and the document here differs from everybody's. */
  readonly onDenied?: (reason: string) => void;
}

/** A document that can begin without a connection. */
export interface OwnDocument extends ConnectedDocument {
  /** What the server did not take, also what the document after this one is to show. */
  readonly lost: Refused | null;
  /** False while it is being found out what was not taken. */
  readonly settled: boolean;
  /** The door has answered: from here on it connects. */
  arrive(url: string): void;
  /** From now on this document alone is what this device keeps under its name. */
  keepWhole(): void;
  /** Resolves when what is written is kept. */
  close(): Promise<void>;
}

/** Opens a document and keeps it open until `destroy`. Call it in the browser only. */
export const connectDocument = (options: DocumentOptions): OwnDocument => new Connection(options);

/** A document without a connection, to read: the copy of a lesson that is over. Null is an empty one. */
export function documentFrom(update: Uint8Array | null): ConnectedDocument {
  const doc = new Y.Doc();
  if (update) Y.applyUpdate(doc, update, 'copy');
  const awareness = new Awareness(doc);
  return {
    doc,
    awareness,
    pointers: new Pointers(),
    point: () => undefined,
    status: 'ended',
    unsaved: 0,
    entries: 0,
    unsafe: [],
    keeps: false,
    refused: null,
    forgetRefused: () => undefined,
    writable: false,
    reason: 'lesson-ended',
    destroy: () => doc.destroy(),
  };
}
