import { describe, expect, it } from 'vitest';
import { postMessage } from '#sync/documents/chat-writer.ts';
import * as Y from 'yjs';
import { Unread } from './unread.ts';

/** Two pages of one chat that hear each other at once, as over a connection. */
function pair() {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  const link = (from: Y.Doc, to: Y.Doc): void => {
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'wire') Y.applyUpdate(to, update, 'wire');
    });
  };
  link(mine, theirs);
  link(theirs, mine);
  return { mine, theirs };
}
const ann = { personId: 'ann', name: 'Ann' };
const bob = { personId: 'bob', name: 'Bob' };

describe('unread messages', () => {
  it('are those of others that came after this page, until the chat is looked at', () => {
    const { mine, theirs } = pair();
    const counts: number[] = [];
    const unread = new Unread(mine, 'ann', (count) => counts.push(count));
    postMessage(theirs, bob, 'from before', 0);
    expect(counts.at(-1)).toBe(0);
    postMessage(theirs, bob, 'one', 0);
    postMessage(theirs, bob, 'two', 0);
    postMessage(mine, ann, 'my own', 0);
    expect(counts.at(-1)).toBe(2);
    unread.look(true);
    expect(counts.at(-1)).toBe(0);
    postMessage(theirs, bob, 'three', 0);
    expect(counts.at(-1)).toBe(0);
    unread.look(false);
    postMessage(theirs, bob, 'four', 0);
    expect(counts.at(-1)).toBe(1);
  });
});
