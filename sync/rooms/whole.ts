/**
 * The document for those who come late: a whole copy that was made once, and the frames since it was begun, byte for byte
 * as they went to everybody else. So a newcomer costs a few writes and no work. The Y.Doc behind it follows some frames
 * later, off the way of every stroke; it is needed for a new copy, and for those who come back and have most of it. Both
 * are written down little by little, one at a time, and whoever asks again and again waits behind everybody else.
 */
import * as Y from 'yjs';
import { frameOf } from '../wire/frame.ts';
import { step2Message, updateMessage } from '../wire/messages.ts';
import { Malformed, Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { Copying } from './copying.ts';
import type { Leisure } from './leisure.ts';
import type { Peer } from './peer.ts';
import type { DocumentState } from './state.ts';

/** Updates that the Y.Doc may be behind: together they cost it half. */
const MOST_BEHIND = 8;
/** A newcomer reads the frames one by one: beyond this many bytes, and a part of the copy, a new copy is due. */
const MOST_TAIL = 64 * 1024;
const TAIL_PART = 1 / 2;
/** What a client has is in one question: so many bytes, and so many more for each client id that the document knows. */
const QUESTION_BYTES = 64 * 1024;
const QUESTION_BYTES_A_CLIENT = 16;
/** Between two answers to one who asks again, ms. */
const AGAIN_MS = 500;
/** Stock clients say that they are in sync when this arrives: behind everything else. */
const HOLE = 'The document has a hole';
const NOTHING = Uint8Array.of(0, 0);
const THAT_IS_ALL = frameOf(step2Message(NOTHING));

/** The document as one update, and how many updates it surely has. */
export interface Copy {
  readonly update: Uint8Array;
  readonly version: number;
}

interface Made {
  readonly frames: readonly Buffer[];
  /** What is in the last of the frames. */
  readonly last: Uint8Array;
  readonly bytes: number;
}

interface Tail {
  frames: Buffer[];
  bytes: number;
}

/** Waits for a copy. */
interface Waiter {
  readonly resolve: (copy: Copy) => void;
  readonly reject: (error: unknown) => void;
}

interface Making extends Tail {
  readonly then: Waiter[];
}

/** What a client has of each other's: its next clock. */
type Known = ReadonlyMap<number, number>;

const framesOf = (parts: readonly Uint8Array[]): Buffer[] => parts.map((part) => frameOf(updateMessage(part)));

export class Whole {
  /** Updates so far. */
  version = 0;
  private readonly state: DocumentState;
  private readonly leisure: Leisure;
  private readonly onTorn: (error: unknown) => void;
  private behind: Uint8Array[] = [];
  /** The Y.Doc did not take an update: nothing of it is handed out, or kept, any more. */
  private torn = false;
  private copy: Made | null = null;
  /** The same as an answer of its own, until something changes. */
  private alone: readonly Buffer[] | null = null;
  private tail: Tail = { frames: [], bytes: 0 };
  /** The frames since a new copy was begun, while it is being made, and who waits for it. */
  private next: Making | null = null;
  /** What was last encoded, until something changes. */
  private encoded: Uint8Array | null = null;
  /** Who wants what they lack, in order; asking again before it is answered changes only what they have. */
  private readonly asked = new Map<Peer, Known>();
  /** They waited for the copy that is here: it is kept for them, however long its tail. */
  private readonly promised = new Set<Peer>();
  private readonly answered = new Map<Peer, number>();
  private answering: { readonly peer: Peer; readonly copying: Copying } | null = null;
  private serving = false;

  /** @param onTorn is told once, when an update cannot be applied: everyone starts over from what is stored. */
  constructor(state: DocumentState, leisure: Leisure, onTorn: (error: unknown) => void) {
    this.state = state;
    this.leisure = leisure;
    this.onTorn = onTorn;
  }

  /** An update, and the frame in which it went out. */
  add(update: Uint8Array, frame: Buffer): void {
    this.version += 1;
    this.encoded = null;
    this.alone = null;
    this.state.bytes += update.length;
    if (this.copy) push(this.tail, frame);
    if (this.next) push(this.next, frame);
    this.forgetOld();
    this.behind.push(update);
    if (this.behind.length >= MOST_BEHIND) this.settle();
  }

  /** What a client has to have so that it needs nothing; without asking the Y.Doc. */
  stateVector(): Uint8Array {
    const clients = [...this.state.index.heads()].sort(([a], [b]) => b - a);
    const writer = new Writer().varUint(clients.length);
    for (const [client, next] of clients) writer.varUint(client).varUint(next);
    return new Uint8Array(writer.finish());
  }

  /** The whole document as one update. Throws where the document has a hole. */
  encode(): Uint8Array {
    this.mustBeWhole();
    return (this.encoded ??= Y.encodeStateAsUpdate(this.state.doc));
  }

  /** The whole document, made little by little: a copy that is being made already, or a new one. Rejects as `encode` throws. */
  copied(): Promise<Copy> {
    const { encoded, version } = this;
    if (encoded && !this.torn) return Promise.resolve({ update: encoded, version });
    return new Promise((resolve, reject) => {
      if (this.settle()) this.makeCopy({ resolve, reject });
      else reject(new Error(HOLE));
    });
  }

  /** What one of our own lacks, at once. Throws Malformed when what it has makes no sense. */
  answerNow(stateVector: Uint8Array): Buffer {
    this.mustBeWhole();
    try {
      return frameOf(step2Message(Y.encodeStateAsUpdate(this.state.doc, stateVector)));
    } catch (cause) {
      throw new Malformed('not a state vector', { cause });
    }
  }

  /** Gives a peer what it lacks, soon. Throws Malformed when what it has makes no sense. */
  answer(peer: Peer, stateVector: Uint8Array): void {
    this.asked.set(peer, this.knownOf(stateVector));
    this.serve();
  }

  /** Answers whoever could not be answered so far. */
  serve(): void {
    if (this.serving || this.torn || this.asked.size === 0) return;
    this.serving = true;
    this.leisure.do(() => {
      this.serving = this.answerOne();
      return !this.serving;
    });
  }

  /** This peer is gone. */
  forget(peer: Peer): void {
    this.asked.delete(peer);
    this.promised.delete(peer);
    this.answered.delete(peer);
    if (this.answering?.peer === peer) this.answering = null;
    this.forgetOld();
  }

  /** Brings the Y.Doc up to date. False when it has a hole. */
  settle(): boolean {
    const updates = this.behind;
    if (updates.length === 0 || this.torn) return !this.torn;
    const { doc } = this.state;
    try {
      // As one act of this server's own: Yjs tidies up formatted text behind what comes from elsewhere, and nobody would
      // hear of it.
      doc.transact(() => {
        for (const update of updates) Y.applyUpdate(doc, update);
      }, 'room');
      this.behind = [];
    } catch (error) {
      this.tear(error);
    }
    return !this.torn;
  }

  private tear(error: unknown): void {
    this.torn = true;
    this.encoded = this.alone = this.copy = this.answering = null;
    this.asked.clear();
    const waiting = this.next?.then ?? [];
    this.next = null;
    for (const { reject } of waiting) reject(error);
    this.onTorn(error);
  }

  private mustBeWhole(): void {
    if (!this.settle()) throw new Error(HOLE);
  }

  /** A copy, with not too much behind it. */
  private get isFresh(): boolean {
    return this.copy !== null && this.tail.bytes <= Math.max(MOST_TAIL, this.copy.bytes * TAIL_PART);
  }

  /** With too much behind it nobody gets it any more but those who waited for it. */
  private forgetOld(): void {
    if (this.isFresh || this.promised.size > 0) return;
    this.copy = null;
    this.tail = { frames: [], bytes: 0 };
  }

  /** Does a piece of the next answer. False when nobody can be answered now. */
  private answerOne(): boolean {
    if (this.answering) {
      const { peer, copying } = this.answering;
      if (copying.step()) {
        this.answering = null;
        const parts = copying.encodeParts();
        // Stock clients are in sync at the step 2: it is the last of the parts.
        this.give(peer, [...framesOf(parts.slice(0, -1)), frameOf(step2Message(parts.at(-1) ?? NOTHING))]);
      }
      return true;
    }
    const now = performance.now();
    for (const [peer, known] of this.asked) {
      if (peer.busy === true || now - (this.answered.get(peer) ?? -Infinity) < AGAIN_MS) continue;
      if (known.size > 0) {
        if (!this.settle()) return false;
        this.asked.delete(peer);
        this.answering = { peer, copying: new Copying(this.state.doc, known) };
        return true;
      }
      if (this.isFresh || this.promised.has(peer)) {
        this.asked.delete(peer);
        this.give(peer, this.everything());
        return true;
      }
      this.makeCopy();
    }
    return false;
  }

  private give(peer: Peer, frames: readonly Buffer[]): void {
    this.answered.set(peer, performance.now());
    this.promised.delete(peer);
    for (const frame of frames) peer.answer(frame);
    this.forgetOld();
  }

  /** Begins a copy unless one is being made. */
  private makeCopy(waiter?: Waiter): void {
    if (this.next && waiter) this.next.then.push(waiter);
    if (this.next || !this.settle()) return;
    const { version } = this;
    const next: Making = { frames: [], bytes: 0, then: waiter ? [waiter] : [] };
    this.next = next;
    const copying = new Copying(this.state.doc);
    this.leisure.do(() => {
      if (this.next !== next) return true;
      if (!copying.step()) return false;
      this.next = null;
      const parts = copying.encodeParts();
      const frames = framesOf(parts);
      this.copy = { frames, last: parts.at(-1) ?? NOTHING, bytes: frames.reduce((sum, { length }) => sum + length, 0) };
      this.tail = { frames: next.frames, bytes: next.bytes };
      for (const [peer, known] of this.asked) if (known.size === 0) this.promised.add(peer);
      this.serve();
      if (next.then.length === 0) return true;
      const update = copying.encode();
      if (this.version === version) this.encoded = update;
      for (const { resolve } of next.then) resolve({ update, version });
      return true;
    });
  }

  private everything(): readonly Buffer[] {
    if (!this.copy) return [];
    const { frames } = this.tail;
    // Nothing was written since: it is the answer itself.
    if (frames.length === 0)
      return (this.alone ??= [...this.copy.frames.slice(0, -1), frameOf(step2Message(this.copy.last))]);
    // One write for what is small, none of it copied for what is large.
    if (frames.length > 1) this.tail.frames = [Buffer.concat(frames)];
    return [...this.copy.frames, ...this.tail.frames, THAT_IS_ALL];
  }

  /** What a client says it has, as far as it is of this document: nothing else is worth an answer, or memory. */
  private knownOf(stateVector: Uint8Array): Known {
    const { index } = this.state;
    if (stateVector.length > QUESTION_BYTES + QUESTION_BYTES_A_CLIENT * index.size)
      throw new Malformed('a state vector of another document');
    const reader = new Reader(stateVector);
    const known = new Map<number, number>();
    for (let left = reader.varUint(); left > 0; left -= 1) {
      const client = reader.varUint();
      const clock = Math.min(reader.varUint(), index.next(client));
      if (clock > 0) known.set(client, clock);
    }
    return known;
  }
}

function push(tail: Tail, frame: Buffer): void {
  tail.frames.push(frame);
  tail.bytes += frame.length;
}
