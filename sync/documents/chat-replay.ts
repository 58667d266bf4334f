/** A chat at every moment of its history, as its list of messages. */
import * as Y from 'yjs';
import { byNumber, readChat, type ChatMessage } from './chat-reader.ts';
import type { HistoryRow } from './history.ts';
import { Steps, Versions } from './versions.ts';

export class ChatReplay {
  readonly steps = new Steps();
  /** Rows that Yjs could not read. */
  broken = 0;
  private readonly doc = new Y.Doc();
  private readonly reader = readChat(this.doc);
  private readonly versions = new Versions<ChatMessage>();

  constructor() {
    this.reader.onChange((keys) => {
      for (const key of keys) this.versions.add(this.steps.count, key, this.reader.get(key) ?? null);
    });
  }

  /** Takes in the next row. The moment that is shown stays. */
  add({ at, body }: Pick<HistoryRow, 'at' | 'body'>): void {
    this.steps.add(at);
    try {
      Y.applyUpdate(this.doc, body, 'history');
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.broken += 1;
    }
  }

  /** Shows the chat after so many steps; whether anything is different now. */
  seek(step: number): boolean {
    return this.versions.seek(step).size > 0;
  }

  /** The messages as they were. */
  messages(): ChatMessage[] {
    return [...this.versions.now()].sort(byNumber);
  }

  /** Every message that ever was: when it came, business ms, and its last wording. */
  origins(): { key: string; at: number; message: ChatMessage }[] {
    const found: { key: string; at: number; message: ChatMessage }[] = [];
    for (const [key, step] of this.versions.firsts()) {
      const message = this.versions.final(key);
      if (message) found.push({ key, at: this.steps.timeOf(step), message });
    }
    return found;
  }

  destroy(): void {
    this.reader.destroy();
    this.doc.destroy();
  }
}
