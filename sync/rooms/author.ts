/**
 * A server-side author: a program that speaks in a chat under its own name. It is a peer of the room like any socket, with a
 * Y.Doc of its own, so what it writes takes the same way: checked, merged, framed, stored, told to the other processes.
 */
import * as Y from 'yjs';
import { readMessages } from '../documents/chat-reader.ts';
import { postMessage, streamMessage, type OpenMessage } from '../documents/chat-writer.ts';
import { CHAT_ORIGIN, LIVE, MOST_TEXT, type StoredWords } from '../documents/chat.ts';
import type { Author } from '../documents/people.ts';
import type { Log } from '../log.ts';
import { payloadOf } from '../wire/frame.ts';
import { MESSAGE, SYNC } from '../wire/messages.ts';
import { Reader } from '../wire/reader.ts';
import type { Peer } from './peer.ts';
import type { Room } from './room.ts';

export interface ServerAuthor {
  /** Says something at once; gives its key when it is durable. Rejects with AuthorRefused. At most 4,000 units. */
  post(text: string, re?: string): Promise<string>;
  /** Begins a message that grows before everyone's eyes. `re`: key of the message that it answers. */
  stream(re?: string): MessageStream;
  /** Ends what is unfinished as broken off, waits until it is durable, and leaves. */
  close(): Promise<void>;
}

export interface MessageStream {
  /** More words. They are sent in steps of at least a tenth of a second; at most 16,000 units in all. */
  append(text: string): void;
  /** The message is whole; gives its key when it is durable. Rejects with AuthorRefused. */
  finish(): Promise<string>;
  /** What is written stays, marked as broken off. */
  abort(): Promise<string>;
}

/** Why nothing is taken: a reason of PROTOCOL.md, or `closed`. */
export class AuthorRefused extends Error {
  override readonly name = 'AuthorRefused';
  readonly reason: string;

  constructor(reason: string) {
    super(`The chat does not take it: ${reason}`);
    this.reason = reason;
  }
}

export interface AuthorPorts {
  readonly log: Log;
  /** Wall ms. */
  readonly wall: () => number;
  /** A fresh client id, and the room. */
  readonly enter: () => Promise<{ room: Room; clientId: number }>;
  readonly onClosed: () => void;
}

/** Between two steps of a growing message, ms. */
const STEP_MS = 100;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 3_000;
/** What a process that is gone left unfinished for so long is ended by the next author of that name, ms. */
const LEFT_MS = 5 * 60_000;
const FROM_ROOM = 'room';

interface Waiting {
  /** The message of this connection that carries it. */
  n: number;
  readonly resolve: () => void;
  readonly reject: (error: AuthorRefused) => void;
}

export class ChatAuthor implements ServerAuthor, Peer {
  readonly personId: string;
  readonly name: string;
  readonly acks = true;
  readonly host = false;
  readonly observer = false;
  readonly viewer = false;
  readonly streams = true;
  private readonly author: Author;
  private readonly ports: AuthorPorts;
  private doc = new Y.Doc();
  private room: Room | null = null;
  private entering: Promise<void> | null = null;
  private sent = 0;
  private durable = 0;
  private waiting: Waiting[] = [];
  private readonly open = new Set<Growing>();
  private ended = false;
  private retry: NodeJS.Timeout | null = null;
  /** Why what was written last was not taken. */
  private reason = 'closed';

  constructor(author: Author, ports: AuthorPorts) {
    this.personId = author.personId;
    this.name = author.name;
    this.author = author;
    this.ports = ports;
    this.listen();
  }

  async post(text: string, re?: string): Promise<string> {
    if (text.trim() === '' || text.length > MOST_TEXT) throw new RangeError(`A message has 1 to ${MOST_TEXT} units`);
    await this.here();
    const { doc } = this;
    const key = postMessage(doc, this.author, text, this.ports.wall(), { re });
    await this.kept(doc);
    return key ?? '';
  }

  stream(re?: string): MessageStream {
    let doc = this.doc;
    const begin = (): OpenMessage => {
      ({ doc } = this);
      return streamMessage(doc, this.author, this.ports.wall(), { re });
    };
    const growing = new Growing(
      this.here().then(begin),
      () => this.kept(doc),
      () => void this.open.delete(growing),
    );
    this.open.add(growing);
    return growing;
  }

  async close(close?: { reason: string }): Promise<void> {
    // The room sends it away: it comes back like any client, unless it is done.
    if (close) return this.leave();
    if (this.ended) return;
    const ends = [...this.open].map((growing) => growing.abort());
    this.ended = true;
    for (const end of await Promise.allSettled(ends))
      if (end.status === 'rejected' && !(end.reason instanceof AuthorRefused)) throw end.reason;
    if (this.retry) clearTimeout(this.retry);
    this.refuse('closed');
    this.room?.leave(this);
    this.room = null;
    this.doc.destroy();
    this.ports.onClosed();
  }

  write(frame: Buffer, then?: Buffer): void {
    this.hear(payloadOf(frame));
    if (then) this.hear(payloadOf(then));
  }

  answer(frame: Buffer): void {
    this.hear(payloadOf(frame));
  }

  /** Pointers and the like: nothing to an author. */
  offer(): void {
    return;
  }

  private listen(): void {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== FROM_ROOM) this.send(update);
    });
  }

  /** Resolves once it is in the room. */
  private here(): Promise<void> {
    if (this.ended) return Promise.reject(new AuthorRefused('closed'));
    if (this.room) return Promise.resolve();
    this.entering ??= this.enter().finally(() => {
      this.entering = null;
    });
    return this.entering;
  }

  private async enter(): Promise<void> {
    const { room, clientId } = await this.ports.enter();
    if (this.ended) throw new AuthorRefused('closed');
    room.own([clientId], this.personId);
    [this.sent, this.durable] = [0, 0];
    this.room = room;
    room.join(this);
    room.receive(this, { kind: 'step1', stateVector: Y.encodeStateVector(this.doc) });
    // From here on everything is written under the id that is its own.
    this.doc.clientID = clientId;
    for (const one of this.waiting) one.n = this.sent;
    this.endLeft();
  }

  /** Messages that an earlier process began and nobody will go on with. */
  private endLeft(): void {
    const live = this.doc.getMap<unknown>(LIVE);
    const old = this.ports.wall() - LEFT_MS;
    for (const { key, text, at, author, live: state } of readMessages(this.doc)) {
      if (state !== 'growing' || author?.personId !== this.personId || at > old) continue;
      const words: StoredWords = { text, cut: 1 };
      this.doc.transact(() => void live.set(key, words), CHAT_ORIGIN);
    }
  }

  private hear(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    const type = reader.varUint();
    if (type === MESSAGE.sync) {
      const step = reader.varUint();
      const body = reader.varBytes();
      // What it knows and the room does not; also when that is nothing, because it is acknowledged behind all before it.
      if (step === SYNC.step1) this.send(Y.encodeStateAsUpdate(this.doc, body));
      else Y.applyUpdate(this.doc, body, FROM_ROOM);
    } else if (type === MESSAGE.ack) {
      this.durable = Math.max(this.durable, reader.varUint());
      const done = this.waiting.filter(({ n }) => n <= this.durable);
      this.waiting = this.waiting.filter(({ n }) => n > this.durable);
      for (const { resolve } of done) resolve();
    } else if (type === MESSAGE.auth) {
      reader.varUint();
      this.startOver(reader.varString());
    }
  }

  private send(update: Uint8Array): void {
    if (!this.room) return;
    this.sent += 1;
    try {
      this.room.receive(this, { kind: 'update', update });
    } catch (error) {
      this.ports.log.error({ err: error, document: this.room.name }, 'what a server-side author wrote cannot be read');
      this.startOver('malformed');
    }
  }

  /** Resolves when everything that was written into `doc` so far is durable. */
  private kept(doc: Y.Doc): Promise<void> {
    if (doc !== this.doc) return Promise.reject(new AuthorRefused(this.reason));
    if (this.room && this.durable >= this.sent) return Promise.resolve();
    if (!this.room) this.comeBack(FIRST_RETRY_MS);
    return new Promise((resolve, reject) => void this.waiting.push({ n: this.sent, resolve, reject }));
  }

  private refuse(reason: string): void {
    const refused = this.waiting.splice(0);
    for (const { reject } of refused) reject(new AuthorRefused(reason));
  }

  /** What was not taken is not said again: the copy of the document that has it is let go. */
  private startOver(reason: string): void {
    const { room, doc } = this;
    this.reason = reason;
    this.room = null;
    this.doc = new Y.Doc();
    this.listen();
    for (const growing of this.open) growing.fail(new AuthorRefused(reason));
    this.refuse(reason);
    // The room is in the middle of an answer.
    setImmediate(() => {
      room?.leave(this);
      doc.destroy();
    });
  }

  private leave(): void {
    const { room } = this;
    if (!room) return;
    this.room = null;
    setImmediate(() => room.leave(this));
    this.comeBack(FIRST_RETRY_MS);
  }

  private comeBack(wait: number): void {
    if (this.ended || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = null;
      this.here().catch((error: unknown) => {
        this.ports.log.warn({ err: error }, 'a server-side author could not come back yet');
        this.comeBack(Math.min(LAST_RETRY_MS, wait * 2));
      });
    }, wait);
    this.retry.unref();
  }
}

/** One message that grows. */
class Growing implements MessageStream {
  private readonly begun: Promise<OpenMessage>;
  private readonly kept: () => Promise<void>;
  private readonly onEnd: () => void;
  private message: OpenMessage | null = null;
  private failed: AuthorRefused | null = null;
  private text = '';
  private last = 0;
  private timer: NodeJS.Timeout | null = null;
  private end: Promise<string> | null = null;

  constructor(begun: Promise<OpenMessage>, kept: () => Promise<void>, onEnd: () => void) {
    this.begun = begun;
    this.kept = kept;
    this.onEnd = onEnd;
    begun.then(
      (message) => {
        this.message = message;
        this.step();
      },
      (error: unknown) => this.fail(error instanceof AuthorRefused ? error : new AuthorRefused('unreachable')),
    );
  }

  append(text: string): void {
    if (this.end || this.failed) return;
    this.text += text;
    if (this.timer) return;
    const wait = Math.max(0, this.last + STEP_MS - performance.now());
    this.timer = setTimeout(() => {
      this.timer = null;
      this.step();
    }, wait);
  }

  finish(): Promise<string> {
    return (this.end ??= this.complete(false));
  }

  abort(): Promise<string> {
    return (this.end ??= this.complete(true));
  }

  /** The chat does not take it any more. */
  fail(error: AuthorRefused): void {
    this.failed ??= error;
    this.message = null;
    if (this.timer) clearTimeout(this.timer);
    this.onEnd();
  }

  private step(): void {
    if (!this.message || this.text === '') return;
    this.last = performance.now();
    this.message.append(this.text);
    this.text = '';
  }

  private async complete(cut: boolean): Promise<string> {
    const message = await this.begun;
    if (this.failed) throw this.failed;
    if (this.timer) clearTimeout(this.timer);
    this.step();
    this.message = null;
    message.end(cut);
    await this.kept();
    this.onEnd();
    return message.key;
  }
}
