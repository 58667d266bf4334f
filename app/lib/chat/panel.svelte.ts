/** What the parts of a chat panel share: the messages, who may do what, and what is being done right now. */
import { getContext, setContext } from 'svelte';
import type { ChatMessage, ChatReader } from '#sync/documents/chat-reader.ts';
import { deleteMessage, editMessage, postMessage, react } from '#sync/documents/chat-writer.ts';
import type { ChatFile } from '#sync/documents/chat.ts';
import type { Author } from '#sync/documents/people.ts';
import {
  FREE,
  RIGHTS,
  readRights,
  setRights,
  whyReadOnly,
  type Rights,
  type RightsChange,
} from '#sync/documents/rights.ts';
import type { ConnectedDocument } from '../classroom/sync.ts';
import type { ChatMay, ChatPerson } from './contract.ts';
import { Deleting } from './deleting.ts';
import { plainText } from './markdown.ts';
import { peopleIn } from './mentions.ts';
import { readingOf, type Reading } from './reading.ts';
import { Sending } from './sending.ts';
import { tame } from './tame.ts';
import { TypingSender, readTyping } from './typing.ts';

export interface PanelParts {
  readonly document: ConnectedDocument;
  readonly me: Author;
  readonly may: () => ChatMay;
  readonly people: () => readonly ChatPerson[];
  readonly report: () => ((message: ChatMessage) => void) | undefined;
  /** What to call somebody who is unknown. */
  readonly someone: string;
}

/** What the field is for: a new message, an answer, or other words for one's own. */
export type Purpose =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly key: string }
  | { readonly kind: 'edit'; readonly key: string };

const KEY = Symbol('chat');

export class Panel {
  readonly document: ConnectedDocument;
  readonly me: Author;
  readonly reader: ChatReader;
  readonly reading: Reading;
  readonly sending: Sending;
  readonly deleting: Deleting;
  list = $state.raw<readonly ChatMessage[]>([]);
  pins = $state.raw<readonly string[]>([]);
  rights = $state.raw<Rights>(FREE);
  typing = $state.raw<readonly string[]>([]);
  purpose = $state.raw<Purpose>({ kind: 'new' });
  /** What is searched for, in small letters; empty for nothing. */
  query = $state('');
  private readonly parts: PanelParts;
  private sender: TypingSender | null = null;

  constructor(parts: PanelParts) {
    this.parts = parts;
    this.document = parts.document;
    this.me = parts.me;
    this.reading = readingOf(parts.document, parts.me.personId);
    this.reader = this.reading.reader;
    this.sending = new Sending(parts.document);
    this.deleting = new Deleting((key) => deleteMessage(this.document.doc, key, this.me.personId));
    this.list = this.reader.list;
    this.pins = this.reader.pinned();
  }

  /** Follows the document; gives the way to stop. */
  follow(onNews: (keys: ReadonlySet<string>) => void): () => void {
    const { doc, awareness } = this.document;
    const rights = doc.getMap<unknown>(RIGHTS);
    const onRights = (): void => void (this.rights = readRights(doc, 'chat'));
    const onTyping = (): void => void (this.typing = readTyping(awareness, this.me.personId).map(tame));
    const stop = this.reader.onChange((keys) => {
      this.list = this.reader.list;
      this.pins = this.reader.pinned();
      onNews(keys);
    });
    onRights();
    rights.observe(onRights);
    awareness.on('change', onTyping);
    const onHide = (): void => this.deleting.finishAll();
    window.addEventListener('pagehide', onHide);
    if (this.may.write) this.sender = new TypingSender(awareness, this.me);
    return () => {
      stop();
      rights.unobserve(onRights);
      awareness.off('change', onTyping);
      this.sender?.stop();
      window.removeEventListener('pagehide', onHide);
      this.deleting.finishAll();
      this.sending.destroy();
    };
  }

  get may(): ChatMay {
    return this.parts.may();
  }

  /** Has a message looked at; undefined where nobody looks. */
  get report(): ((message: ChatMessage) => void) | undefined {
    return this.parts.report();
  }

  /** Why the host does not let this person write, or null. */
  get silenced(): 'chat-closed' | 'muted' | 'private-closed' | null {
    if (this.document.reason === 'private-closed') return 'private-closed';
    const host = this.may.close === true || this.may.mute === true;
    const why = whyReadOnly(this.rights, 'chat', this.me.personId, host);
    return why === 'chat-closed' || why === 'muted' ? why : null;
  }

  /** Whether this person may write now. */
  get open(): boolean {
    const { document } = this;
    return this.may.write && document.writable && document.status !== 'ended' && this.silenced === null;
  }

  /** Everyone who may be mentioned: those who were given, and whoever wrote. */
  get people(): readonly Author[] {
    return peopleIn(this.parts.people(), this.list, this.me.personId);
  }

  /** What a person is called here. */
  readonly nameOf = (personId: string): string => {
    if (personId === this.me.personId) return tame(this.me.name);
    const known = this.parts.people().find((one) => one.personId === personId);
    const name = known?.name ?? this.list.find(({ author }) => author?.personId === personId)?.author?.name;
    return name === undefined ? this.parts.someone : tame(name);
  };

  /** A message as one line of words. */
  readonly lineOf = (message: ChatMessage): string =>
    plainText(message.text, this.nameOf) || message.files.map(({ name }) => tame(name)).join(', ');

  /** Deleted, or about to be. */
  isGone = (message: ChatMessage): boolean => message.deleted !== null || this.deleting.has(message.key);

  isMine = (message: ChatMessage): boolean => message.author?.personId === this.me.personId;

  /** Writes a message; gives its key, or null when there is nothing to say. */
  post(text: string, files: readonly ChatFile[]): string | null {
    const { doc } = this.document;
    const re = this.purpose.kind === 'reply' ? this.purpose.key : undefined;
    const key = postMessage(doc, this.me, text, Date.now(), { re, files, top: this.reader.top });
    if (key !== null) this.sending.wrote(key);
    this.rest();
    return key;
  }

  /** False when it may not be edited any more. */
  edit(key: string, text: string): boolean {
    const done = this.reader.get(key)?.text === text || editMessage(this.document.doc, key, text, Date.now());
    if (done) this.rest();
    return done;
  }

  react(message: ChatMessage, emoji: string): void {
    const felt = message.reactions.find((one) => one.emoji === emoji)?.people.includes(this.me.personId) ?? false;
    react(this.document.doc, message.key, this.me.personId, emoji, !felt);
  }

  /** As the host. */
  allow(...changes: readonly RightsChange[]): void {
    setRights(this.document.doc, this.me.personId, ...changes);
  }

  /** A letter was written. */
  type(): void {
    if (this.open) this.sender?.type();
  }

  /** Nothing is being answered or edited any more. */
  rest(): void {
    this.purpose = { kind: 'new' };
    this.sender?.stop();
  }

  /** The latest message of one's own that can still be edited. */
  lastOwn(): ChatMessage | undefined {
    return this.list.findLast((message) => this.isMine(message) && !this.isGone(message) && message.live === null);
  }

  /** Keys of what was found, in the order of the list. */
  search(query: string): readonly string[] {
    const wanted = query.normalize('NFKC').toLowerCase().trim();
    if (wanted === '') return [];
    return this.list
      .filter(
        (message) =>
          !this.isGone(message) &&
          (this.searchable(message).includes(wanted) || this.calledOf(message).includes(wanted)),
      )
      .map(({ key }) => key);
  }

  private calledOf({ author }: ChatMessage): string {
    return author?.name.toLowerCase() ?? '';
  }

  private readonly searchTexts = new WeakMap<ChatMessage, string>();
  private searchable(message: ChatMessage): string {
    let text = this.searchTexts.get(message);
    if (text === undefined) {
      text = `${plainText(message.text, this.nameOf)} ${message.files.map(({ name }) => name).join(' ')}`;
      this.searchTexts.set(message, (text = text.normalize('NFKC').toLowerCase()));
    }
    return text;
  }
}

export const providePanel = (panel: Panel): Panel => setContext(KEY, panel);

export function usePanel(): Panel {
  const panel = getContext<Panel | undefined>(KEY);
  if (!panel) throw new Error('There is no chat panel around this');
  return panel;
}
