/** How many messages of others came while the chat was not looked at. */
import { readMessages } from '#sync/documents/chat-reader.ts';
import { CHAT_ORIGIN } from '#sync/documents/chat.ts';
import type * as Y from 'yjs';

export class Unread {
  readonly #doc: Y.Doc;
  readonly #personId: string;
  readonly #tell: (count: number) => void;
  readonly #seen = new Set<string>();
  /** What was there before this page came is not new. */
  #first = true;
  #looking = false;

  constructor(doc: Y.Doc, personId: string, tell: (count: number) => void) {
    this.#doc = doc;
    this.#personId = personId;
    this.#tell = tell;
    doc.on('update', this.#onUpdate);
  }

  /** Whether the chat is on the screen. */
  look(looking: boolean): void {
    this.#looking = looking;
    if (looking) this.#read();
  }

  destroy(): void {
    this.#doc.off('update', this.#onUpdate);
  }

  readonly #onUpdate = (_update: Uint8Array, origin: unknown): void => {
    if (this.#first && origin !== CHAT_ORIGIN) {
      this.#first = false;
      this.#read();
    } else if (this.#looking) this.#read();
    else this.#tell(this.#fresh().length);
  };

  #fresh(): readonly string[] {
    return readMessages(this.#doc)
      .filter(({ key, author }) => author?.personId !== this.#personId && !this.#seen.has(key))
      .map(({ key }) => key);
  }

  #read(): void {
    for (const key of this.#fresh()) this.#seen.add(key);
    this.#tell(0);
  }
}
