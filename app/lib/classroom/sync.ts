/**
 * A shared document of a lesson: y-websocket's provider with acknowledgements, tickets that renew themselves, and a status
 * that components can read. What is written without a connection stays in the document and is sent when there is one.
 */
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { createSubscriber } from 'svelte/reactivity';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { PacedSocket } from './paced-socket.ts';
import { OwnItems } from './own-items.ts';
import { Pointers, POINTERS, pointerMessage, type PointerPlace } from './pointers.ts';
import { endSilence } from './silence.ts';
import { Unsaved } from './unsaved.ts';

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
  /** Keys of the board's items among them; not reactive. */
  readonly unsafe: readonly string[];
  /** Whether the server takes what this page writes. */
  readonly writable: boolean;
  /** Stable code of why it is refused or may only be read; null otherwise. */
  readonly reason: string | null;
  destroy(): void;
}

export interface DocumentOptions {
  /** Address of the server's documents: `wss://host/sync`. */
  readonly url: string;
  readonly name: string;
  /** Fresh ids from the door; the first is used. */
  readonly clientIds: readonly number[];
  /** The page's latest ticket. */
  readonly ticket: () => string;
  /** Fetches a new one; rejects while that is not possible. */
  readonly renew: () => Promise<string>;
  /** Something of what this page wrote was not taken, and the document here differs from everybody's. */
  readonly onDenied?: (reason: string) => void;
}

/** Nothing was taken: the lesson is over, or the document is full. What is here is kept. */
const WHOLE: ReadonlySet<string> = new Set(['observer', 'lesson-ended', 'lesson-cancelled', 'document-full']);

const ACK = 100;
const STANDING = 102;
const DENIED = 2;
const TICKET_EXPIRED = 4401;
const RENEWING_MS = 3_000;
const FIRST_RENEWAL_MS = 500;
const LAST_RENEWAL_MS = 15_000;

function bytesOf(data: string | ArrayBufferLike | Blob | ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0);
}

/** y-websocket repeats every state that it hears, and the server would throw those of others away. */
function isOwnAwareness(message: Uint8Array, client: number): boolean {
  const decoder = createDecoder(message);
  readVarUint(decoder); // type
  readVarUint(decoder); // length
  for (let left = readVarUint(decoder); left > 0; left -= 1) {
    if (readVarUint(decoder) === client) return true;
    readVarUint(decoder);
    readVarString(decoder);
  }
  return false;
}

class Connection implements ConnectedDocument {
  readonly doc = new Y.Doc();
  readonly awareness: Awareness;
  readonly pointers = new Pointers();
  private readonly provider: WebsocketProvider;
  private readonly options: DocumentOptions;
  private readonly counts = new Unsaved();
  private readonly items = new OwnItems(this.doc);
  private readonly track: () => void;
  private changed: () => void = () => undefined;
  private place: 'connecting' | 'connected' | 'offline' | 'refused' = 'connecting';
  private mayWrite = true;
  private why: string | null = null;
  private destroyed = false;
  private readonly stopListening: () => void;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private losing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DocumentOptions) {
    this.options = options;
    this.track = createSubscriber((update) => {
      this.changed = update;
      return () => (this.changed = () => undefined);
    });
    const [clientId] = options.clientIds;
    if (clientId !== undefined) this.doc.clientID = clientId;
    this.awareness = new Awareness(this.doc);
    // Before the provider's own listener: a change is counted when its message leaves.
    this.doc.on('update', this.onUpdate);
    this.provider = new WebsocketProvider(options.url, options.name, this.doc, {
      connect: false,
      awareness: this.awareness,
      params: { ticket: options.ticket(), ack: '1' },
      // Other tabs of this browser go through the server like everybody else, which checks who wrote what.
      disableBc: true,
      WebSocketPolyfill: this.socketClass(),
    });
    this.listen();
    window.addEventListener('beforeunload', this.onUnload);
    this.stopListening = endSilence(this.provider);
    this.provider.connect();
  }

  get status(): DocumentStatus {
    this.track();
    if (this.place === 'refused') return 'refused';
    return this.over ? 'ended' : this.place;
  }

  /** The lesson has ended; what the host forbids may be allowed again. */
  private get over(): boolean {
    return this.why === 'lesson-ended' || this.why === 'lesson-cancelled';
  }

  get unsaved(): number {
    this.track();
    return this.counts.count;
  }

  get unsafe(): readonly string[] {
    return this.items.keys;
  }

  get writable(): boolean {
    this.track();
    return this.mayWrite && this.place !== 'refused';
  }

  get reason(): string | null {
    this.track();
    return this.why;
  }

  point(at: PointerPlace | null): void {
    if (this.provider.wsconnected) this.provider.ws?.send(pointerMessage(this.doc.clientID, at));
  }

  destroy(): void {
    this.destroyed = true;
    clearTimeout(this.renewal);
    clearTimeout(this.losing);
    this.stopListening();
    window.removeEventListener('beforeunload', this.onUnload);
    this.provider.destroy();
    this.doc.destroy();
  }

  private readonly onUpdate = (_update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void => {
    if (origin === this.provider) return;
    this.items.wrote(transaction, this.counts.change());
    this.changed();
  };

  private readonly onUnload = (event: BeforeUnloadEvent): void => {
    if (this.counts.count > 0 && this.mayWrite && this.place !== 'refused') event.preventDefault();
  };

  /** A socket that counts the updates which leave through it. */
  private socketClass(): typeof WebSocket {
    const { counts, doc } = this;
    return class extends PacedSocket {
      override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
        const bytes = bytesOf(data);
        if (bytes[0] === 0 && bytes[1] === 1) counts.send('step2');
        if (bytes[0] === 0 && bytes[1] === 2) counts.send('update');
        if (bytes[0] === 1 && !isOwnAwareness(bytes, doc.clientID)) return;
        super.send(bytes.slice());
      }
    };
  }

  private listen(): void {
    const { provider, options } = this;
    provider.messageHandlers[ACK] = (_encoder, decoder) => {
      this.counts.acknowledge(readVarUint(decoder));
      this.items.safe(this.counts.durable);
      this.changed();
    };
    provider.messageHandlers[POINTERS] = (_encoder, decoder) => this.pointers.read(decoder);
    provider.messageHandlers[STANDING] = (_encoder, decoder) => {
      this.mayWrite = readVarUint(decoder) === 1;
      this.why = this.mayWrite ? null : readVarString(decoder);
      this.changed();
    };
    // The stock handler would write the address, ticket and all, to the console.
    provider.messageHandlers[DENIED] = (_encoder, decoder) => {
      readVarUint(decoder); // permission denied: y-protocols knows nothing else
      const reason = readVarString(decoder);
      if (!WHOLE.has(reason)) options.onDenied?.(reason);
    };
    provider.on('status', ({ status }) => {
      if (status !== 'connected') return;
      this.counts.connect();
      // Peers have dropped this page's state; only a newer one brings it back.
      this.awareness.setLocalState(this.awareness.getLocalState());
    });
    provider.on('sync', (synced: boolean) => {
      if (synced) this.move('connected');
    });
    provider.on('connection-close', (event) => {
      this.pointers.clear();
      provider.params = { ...provider.params, ticket: options.ticket() };
      // A ticket that ran out is replaced within a moment; only what takes longer is worth a word.
      clearTimeout(this.losing);
      if (event?.code === TICKET_EXPIRED) this.losing = setTimeout(() => this.move('offline'), RENEWING_MS);
      else this.move('offline');
    });
    provider.on('closed', ({ code, reason }) => {
      if (code === TICKET_EXPIRED) return this.renew(0);
      this.why = reason;
      this.move('refused');
    });
  }

  private move(place: 'connected' | 'offline' | 'refused'): void {
    clearTimeout(this.losing);
    if (this.place === 'refused' || this.destroyed) return;
    this.place = place;
    this.changed();
  }

  /** Asks for a new ticket until there is one; a lesson that is over gives none and needs none. */
  private renew(wait: number): void {
    clearTimeout(this.renewal);
    this.renewal = setTimeout(() => {
      if (this.destroyed || this.over) return;
      this.options
        .renew()
        .then((ticket) => {
          if (this.destroyed) return;
          this.provider.params = { ...this.provider.params, ticket };
          this.provider.connect();
        })
        .catch(() => this.renew(Math.min(LAST_RENEWAL_MS, Math.max(FIRST_RENEWAL_MS, wait * 2))));
    }, wait);
  }
}

/** Opens a document and keeps it open until `destroy`. Call it in the browser only. */
export const connectDocument = (options: DocumentOptions): ConnectedDocument => new Connection(options);

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
    unsafe: [],
    writable: false,
    reason: 'lesson-ended',
    destroy: () => doc.destroy(),
  };
}
