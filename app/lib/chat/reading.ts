/**
 * What a person has read of a chat. The mark is in the document, so it holds on every device; those who only watch keep it
 * for the stay. One of it a document and person, however many look at it.
 */
import { createSubscriber } from 'svelte/reactivity';
import type * as Y from 'yjs';
import { readChat, type ChatMessage, type ChatReader } from '#sync/documents/chat-reader.ts';
import { markRead } from '#sync/documents/chat-writer.ts';
import type { ConnectedDocument } from '../classroom/sync.ts';

export type ReadDocument = Pick<ConnectedDocument, 'doc' | 'writable' | 'status' | 'reason' | 'keeps'>;

const readers = new WeakMap<Y.Doc, ChatReader>();
const readings = new WeakMap<Y.Doc, Map<string, Reading>>();

/** The one reader of a document; it lives as long as the document. */
export function readerOf(doc: Y.Doc): ChatReader {
  let reader = readers.get(doc);
  if (!reader) readers.set(doc, (reader = readChat(doc)));
  return reader;
}

/** The one reading of a document by a person; it lives as long as the document. */
export function readingOf(document: ReadDocument, personId: string): Reading {
  let people = readings.get(document.doc);
  if (!people) readings.set(document.doc, (people = new Map()));
  let reading = people.get(personId);
  if (!reading) people.set(personId, (reading = new Reading(document, personId)));
  return reading;
}

/** While the host keeps somebody from writing, how far they have read is taken all the same. */
const SILENCED: ReadonlySet<string | null> = new Set(['chat-closed', 'muted', 'private-closed']);

/** Marks are written at most so often, ms. */
const MARK_MS = 1_500;

export class Reading {
  readonly reader: ChatReader;
  private readonly document: ReadDocument;
  private readonly personId: string;
  private readonly track: () => void;
  private changed: () => void = () => undefined;
  private unread = 0;
  private mark: number;
  /** Messages that this page knows of. */
  private readonly known = new Set<string>();
  /** What came below the mark: written before, heard only now. */
  private readonly late = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(document: ReadDocument, personId: string) {
    this.document = document;
    this.personId = personId;
    this.reader = readerOf(document.doc);
    this.track = createSubscriber((update) => {
      this.changed = update;
      return () => (this.changed = () => undefined);
    });
    this.mark = this.reader.readMark(personId);
    for (const { key } of this.reader.list) this.known.add(key);
    this.tally();
    this.reader.onChange((keys) => this.hear(keys));
    document.doc.on('destroy', () => clearTimeout(this.timer));
  }

  /** Messages of others that this person has not seen. Reactive in a component. */
  get count(): number {
    this.track();
    return this.unread;
  }

  /** The first of them, or null. */
  get first(): string | null {
    return this.reader.list.find((message) => this.isNew(message))?.key ?? null;
  }

  /** Everything is on the screen. */
  seen(): void {
    const { top } = this.reader;
    if (this.unread === 0 && this.mark >= top) return;
    this.mark = Math.max(this.mark, top);
    this.late.clear();
    this.tally();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.write();
    }, MARK_MS);
  }

  private write(): void {
    const { doc, writable, status, reason, keeps } = this.document;
    // Without a connection it is sent later, if the device keeps it that long.
    const there = status === 'connected' || (status === 'offline' && keeps);
    if (!there || !(writable || SILENCED.has(reason))) return;
    markRead(doc, this.personId, this.mark);
  }

  private isNew({ key, n, author, deleted }: ChatMessage): boolean {
    return (n > this.mark || this.late.has(key)) && author?.personId !== this.personId && deleted === null;
  }

  private hear(keys: ReadonlySet<string>): void {
    // The first to come are those from before this page.
    const first = this.known.size === 0;
    for (const key of keys) {
      const message = this.reader.get(key);
      if (!first && message && message.n <= this.mark && !this.known.has(key)) this.late.add(key);
      if (message) this.known.add(key);
    }
    this.mark = Math.max(this.mark, this.reader.readMark(this.personId));
    this.tally();
  }

  private tally(): void {
    const { list } = this.reader;
    let count = 0;
    for (let i = list.length - 1; i >= 0; i -= 1) {
      const message = list[i];
      if (!message || message.n <= this.mark) break;
      if (this.isNew(message)) count += 1;
    }
    for (const key of this.late) {
      const message = this.reader.get(key);
      if (message && message.n <= this.mark && this.isNew(message)) count += 1;
    }
    if (count === this.unread) return;
    this.unread = count;
    this.changed();
  }
}
