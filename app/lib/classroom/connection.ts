/** One document over y-websocket's provider: what travels, what comes back, and how the page stands. */
import { createDecoder, readVarString, readVarUint } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding';
import { createSubscriber } from 'svelte/reactivity';
import { Awareness } from 'y-protocols/awareness';
import { writeSyncStep1 } from 'y-protocols/sync';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { parseDocumentName } from '#sync/documents/names.ts';
import type { Refused } from './kept/contract.ts';
import { OwnWork } from './kept/own-work.ts';
import { PacedSocket } from './paced-socket.ts';
import { Pointers, POINTERS, pointerMessage, type PointerPlace } from './pointers.ts';
import { endSilence } from './silence.ts';
import type { DocumentOptions, DocumentStatus, OwnDocument } from './sync.ts';

/** Nothing was taken: the lesson is over, or the document is full. What is here is kept. */
const WHOLE: ReadonlySet<string> = new Set(['observer', 'lesson-ended', 'lesson-cancelled', 'document-full']);

const SYNC = 0;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const DENIED = 2;
const ACK = 100;
const STANDING = 102;
const TICKET_EXPIRED = 4401;
const RENEWING_MS = 3_000;
const FIRST_RENEWAL_MS = 500;
const LAST_RENEWAL_MS = 15_000;
/** Nobody listens there. */
const NOWHERE = 'ws://nowhere.invalid';

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

export class Connection implements OwnDocument {
  readonly doc = new Y.Doc();
  readonly awareness: Awareness;
  readonly pointers = new Pointers();
  private readonly provider: WebsocketProvider;
  private readonly options: DocumentOptions;
  private readonly work: OwnWork;
  private readonly track: () => void;
  private changed: () => void = () => undefined;
  private place: 'connecting' | 'connected' | 'offline' | 'refused' = 'connecting';
  private mayWrite = true;
  private why: string | null = null;
  private destroyed = false;
  private closing: Promise<void> | null = null;
  /** The server's address is known. */
  private reached = false;
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
    this.work = new OwnWork({
      doc: this.doc,
      name: options.name,
      surface: parseDocumentName(options.name)?.surface ?? 'board',
      device: options.device ?? null,
      startsOver: options.onDenied !== undefined,
      onChange: () => this.changed(),
      ask: () => this.ask(),
      onRefused: (reason) => options.onDenied?.(reason),
    });
    this.awareness = new Awareness(this.doc);
    // Before the provider's own listener: a change is counted when its message leaves.
    this.doc.on('update', this.onUpdate);
    this.provider = new WebsocketProvider(options.url ?? NOWHERE, options.name, this.doc, {
      connect: false,
      awareness: this.awareness,
      params: { ticket: options.ticket(), ack: '1' },
      // Other tabs of this browser go through the server like everybody else, which checks who wrote what.
      disableBc: true,
      WebSocketPolyfill: this.socketClass(),
    });
    this.listen();
    window.addEventListener('beforeunload', this.onUnload);
    window.addEventListener('pagehide', this.onHide);
    window.addEventListener('offline', this.onOffline);
    window.addEventListener('online', this.onOnline);
    this.stopListening = endSilence(this.provider);
    this.reached = options.url !== null;
    this.work.askTabs();
    if (this.reached) this.provider.connect();
    else this.place = 'offline';
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
    return this.work.counts.count;
  }

  get entries(): number {
    this.track();
    return this.work.entries;
  }

  get unsafe(): readonly string[] {
    return this.work.unsafe;
  }

  get keeps(): boolean {
    this.track();
    return this.work.keeps;
  }

  get refused(): Refused | null {
    this.track();
    return this.work.shown;
  }

  get lost(): Refused | null {
    return this.work.lost;
  }

  get settled(): boolean {
    return this.work.settled;
  }

  get writable(): boolean {
    this.track();
    return this.mayWrite && this.place !== 'refused';
  }

  get reason(): string | null {
    this.track();
    return this.why;
  }

  forgetRefused(): void {
    this.work.forgetLost();
  }

  keepWhole(): void {
    this.work.keepWhole();
  }

  arrive(url: string): void {
    if (this.destroyed || this.reached) return;
    this.reached = true;
    this.provider.serverUrl = url.replace(/\/$/, '');
    this.provider.params = { ...this.provider.params, ticket: this.options.ticket() };
    this.provider.connect();
  }

  point(at: PointerPlace | null): void {
    if (this.provider.wsconnected) this.provider.ws?.send(pointerMessage(this.doc.clientID, at));
  }

  destroy(): void {
    void this.close();
  }

  async close(): Promise<void> {
    if (!this.destroyed) {
      this.destroyed = true;
      clearTimeout(this.renewal);
      clearTimeout(this.losing);
      this.stopListening();
      window.removeEventListener('beforeunload', this.onUnload);
      window.removeEventListener('pagehide', this.onHide);
      window.removeEventListener('offline', this.onOffline);
      window.removeEventListener('online', this.onOnline);
      this.closing = this.work.close();
      this.provider.destroy();
      this.doc.destroy();
    }
    await this.closing;
  }

  private readonly onUpdate = (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction): void =>
    this.work.changed(update, origin, origin === this.provider, transaction);

  /** The device has no network: known at once, where a socket would be waited for. */
  private readonly onOffline = (): void => {
    if (this.reached && this.place === 'connected') this.provider.disconnect();
  };

  private readonly onOnline = (): void => {
    if (this.reached && this.place === 'offline' && !this.destroyed) this.provider.connect();
  };

  private readonly onHide = (): void => this.work.flush();

  private readonly onUnload = (event: BeforeUnloadEvent): void => {
    // What is kept on this device needs no question.
    if (this.unsaved > 0 && !this.keeps && this.writable) event.preventDefault();
  };

  /** A socket that counts the updates which leave through it. */
  private socketClass(): typeof WebSocket {
    const { work, doc } = this;
    return class extends PacedSocket {
      override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
        const bytes = bytesOf(data);
        if (bytes[0] === SYNC && bytes[1] === STEP_1) work.asked();
        if (bytes[0] === SYNC && bytes[1] === STEP_2) work.counts.send('step2', work.clocks);
        if (bytes[0] === SYNC && bytes[1] === UPDATE) work.counts.send('update', work.clocks);
        if (bytes[0] === 1 && !isOwnAwareness(bytes, doc.clientID)) return;
        super.send(bytes.slice());
      }
    };
  }

  private listen(): void {
    const { provider, options, work } = this;
    const stockSync = provider.messageHandlers[SYNC];
    provider.messageHandlers[SYNC] = (encoder, decoder, from, emitSynced, type) => {
      const isStep2 = decoder.arr[decoder.pos] === STEP_2;
      stockSync?.(encoder, decoder, from, emitSynced, type);
      if (isStep2) work.answered();
    };
    provider.messageHandlers[ACK] = (_encoder, decoder) => work.acknowledged(readVarUint(decoder));
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
      if (WHOLE.has(reason)) return;
      work.denied(reason);
      options.onDenied?.(reason);
    };
    provider.on('status', ({ status }) => {
      if (status !== 'connected') return;
      work.connected();
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

  /** Asks the server for all that it has; a connection that begins does so anyway. */
  private ask(): void {
    const question = createEncoder();
    writeVarUint(question, SYNC);
    writeSyncStep1(question, this.doc);
    if (this.provider.wsconnected) this.provider.ws?.send(toUint8Array(question));
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
