/**
 * What was copied on a board, as a text for the system's clipboard and for the other tabs of this browser: a small board
 * of its own, so that whatever reads a board judges what is pasted.
 */
import * as Y from 'yjs';
import { readBoard, type Item } from '#sync/documents/board-reader.ts';
import { copyItems } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';

/** Under this name it is on the clipboard; other programs pass it over. */
export const BOARD_TYPE = 'application/x-nexused-board';

export interface Copied {
  /** Lowest first. */
  readonly items: readonly Item[];
  /** Where the files of its images are; null for none. */
  readonly files: string | null;
}

/** UTF-16 units; a board of 10,000 strokes takes less. */
const MOST = 24_000_000;
const AT_ONCE = 8_192;
/** What is copied names nobody. */
const NOBODY = { personId: '-', name: '' };
/** Files are asked for with this person's cookie, so only where files of lessons are. */
const FILES = /^\/api\/v1\/lessons\/[\w%-]{1,80}\/files$/;

export function packed({ items, files }: Copied): string {
  const doc = new Y.Doc();
  copyItems(doc, NOBODY, items, { z: 1, page: FIRST_PAGE, move: ({ place }) => place });
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  let text = '';
  for (let at = 0; at < update.length; at += AT_ONCE) text += String.fromCharCode(...update.subarray(at, at + AT_ONCE));
  return JSON.stringify({ v: 1, files, board: btoa(text) });
}

/** Null for anything that `packed` has not made. */
export function unpacked(text: unknown): Copied | null {
  if (typeof text !== 'string' || text.length > MOST) return null;
  const doc = new Y.Doc();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('v' in value) || value.v !== 1) return null;
    if (!('files' in value) || !('board' in value) || typeof value.board !== 'string') return null;
    const files = typeof value.files === 'string' && FILES.test(value.files) ? value.files : null;
    Y.applyUpdate(
      doc,
      Uint8Array.from(atob(value.board), (one) => one.charCodeAt(0)),
    );
    const reader = readBoard(doc);
    const items = reader.visible(FIRST_PAGE);
    reader.destroy();
    return items.length === 0 ? null : { items, files };
  } catch (error) {
    console.warn('What is on the clipboard is no part of a board:', error);
    return null;
  } finally {
    doc.destroy();
  }
}

/** What tabs say to each other: a `BroadcastChannel`, or what a test has for one. */
export interface Tabs {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

const ASK = 'ask';

/** What was copied last, for all boards of this browser. */
export class BoardClipboard {
  copied: Copied | null = null;
  /** By a button, which the system's clipboard has not heard of: it holds something older. */
  newer = false;
  private text = '';
  private tabs: Tabs | null = null;
  private readonly listeners = new Set<() => void>();

  /** Gives it as text, for the system's clipboard. */
  put(copied: Copied, byButton: boolean): string {
    this.text = packed(copied);
    this.set(copied, byButton);
    this.tabs?.postMessage(this.text);
    return this.text;
  }

  /** The system's clipboard has something new. */
  outdated(): void {
    this.newer = false;
  }

  /** Calls back when there is something else in it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Shares it with the other tabs; gives the way to stop. */
  share(tabs: Tabs): () => void {
    this.tabs?.close();
    this.tabs = tabs;
    tabs.onmessage = ({ data }) => {
      if (data === ASK) {
        if (this.text !== '') tabs.postMessage(this.text);
        return;
      }
      const copied = unpacked(data);
      if (!copied || typeof data !== 'string' || data === this.text) return;
      this.text = data;
      this.set(copied, false);
    };
    tabs.postMessage(ASK);
    return () => {
      tabs.close();
      if (this.tabs === tabs) this.tabs = null;
    };
  }

  private set(copied: Copied, newer: boolean): void {
    this.copied = copied;
    this.newer = newer;
    for (const listener of this.listeners) listener();
  }
}

export const clipboard = new BoardClipboard();
