/** Who may write what in a chat: what honest pages write enters, what rewrites or forges leaves a tombstone. */
import { beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { STROKES } from '../documents/board.ts';
import { readMessages } from '../documents/chat-reader.ts';
import { deleteMessage, editMessage, markRead, postMessage, react, streamMessage } from '../documents/chat-writer.ts';
import { DELETED, EDITS, LIVE, MESSAGES, REACTIONS, READ } from '../documents/chat.ts';
import type { Surface } from '../documents/names.ts';
import type { Author } from '../documents/people.ts';
import { RIGHTS, setRights, type RightsChange } from '../documents/rights.ts';
import { Assembly } from '../wire/assemble.ts';
import { scanUpdate } from '../wire/scan.ts';
import { Admission } from './admit.ts';
import { loadState, type DocumentState } from './state.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
const TUTOR = { personId: 'p-tutor', name: 'Ananya' };
const AI = { personId: 'ai-tutor', name: 'AI tutor' };
const OWNERS = new Map([
  [1, ASHA.personId],
  [2, ROHAN.personId],
  [3, ASHA.personId],
  [4, TUTOR.personId],
  [5, AI.personId],
]);
/** Wall ms. */
const NOW = Date.UTC(2026, 10, 21);
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };

/** A server's side of one document, without sockets. */
class Side {
  state: DocumentState;
  private admission: Admission;
  /** Nobody is its host. */
  direct = false;

  constructor(surface: Surface) {
    this.state = loadState(surface, { snapshot: null, updates: [] }, QUIET);
    this.admission = this.begin();
  }

  private begin(): Admission {
    const ownerOf = (client: number): string | undefined => OWNERS.get(client);
    return new Admission(
      this.state.index,
      this.state.containers,
      ownerOf,
      () => true,
      () => NOW,
      this.state.guard,
    );
  }

  take(doc: Y.Doc, writer: Author): void {
    const into = new Assembly();
    const update = Y.encodeStateAsUpdate(doc);
    const who = { ...writer, host: writer === TUTOR, streams: writer === AI, pins: this.direct };
    this.admission.admit(scanUpdate(update), who, 'own', [into]);
    Y.applyUpdate(this.state.doc, into.encode());
  }

  /** As another process would know the document: from what is stored. */
  reload(): void {
    const body = Y.encodeStateAsUpdate(this.state.doc);
    this.state = loadState('chat', { snapshot: { seq: 1, body }, updates: [] }, QUIET);
    this.admission = this.begin();
  }

  keys(root: string): string[] {
    return [...this.state.doc.getMap(root).keys()];
  }
}

let chat: Side;
const docOf = (client: number): Y.Doc => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(chat.state.doc));
  // Afterwards: Yjs takes another id when somebody else seems to write under its own.
  doc.clientID = client;
  return doc;
};
/** Writes under Asha's first id and gives her message's key. */
function said(text: string): string {
  const doc = docOf(1);
  const key = postMessage(doc, ASHA, text, NOW);
  chat.take(doc, ASHA);
  if (key === null) throw new Error('nothing was said');
  return key;
}
const heard = () => readMessages(chat.state.doc).map(({ text }) => text);

beforeEach(() => {
  chat = new Side('chat');
});

describe('what honest pages do', () => {
  it('[A8] enters: messages, edits, deletions, reactions and read marks of one’s own', () => {
    const key = said('At 0 and 2');
    const asha = docOf(1);
    editMessage(asha, key, 'At 0 and 3', NOW);
    react(asha, key, ASHA.personId, '🎉', true);
    react(asha, key, ASHA.personId, '🎉', false);
    react(asha, key, ASHA.personId, '👍', true);
    markRead(asha, ASHA.personId, 1);
    markRead(asha, ASHA.personId, 2);
    chat.take(asha, ASHA);
    expect(readMessages(chat.state.doc)).toMatchObject([
      { text: 'At 0 and 3', edited: NOW, reactions: [{ emoji: '👍', people: [ASHA.personId] }] },
    ]);
    expect(chat.state.doc.getMap(READ).get(ASHA.personId)).toBe(2);
    const again = docOf(1);
    deleteMessage(again, key, ASHA.personId);
    chat.take(again, ASHA);
    expect(heard()).toEqual(['']);
  });

  it('[C12] of two alone pin and take pins away, also each other’s, and say nothing else of a host’s', () => {
    const key = said('the plan');
    const pins = () => readMessages(chat.state.doc).filter(({ pinned }) => pinned).length;
    const says = (client: number, who: Author, change: RightsChange, by = who.personId): number => {
      const doc = docOf(client);
      setRights(doc, by, change);
      chat.take(doc, who);
      return pins();
    };
    const pin = (value: boolean): RightsChange => ({ kind: 'pin', message: key, value });
    // With a host it is the host's.
    expect([says(2, ROHAN, pin(true)), says(4, TUTOR, pin(true)), says(4, TUTOR, pin(false))]).toEqual([0, 1, 0]);
    chat = new Side('chat');
    chat.direct = true;
    expect(said('the plan')).toBe(key);
    expect([says(2, ROHAN, pin(true)), says(1, ASHA, pin(false)), says(1, ASHA, pin(true))]).toEqual([1, 0, 1]);
    expect(says(2, ROHAN, pin(false), ASHA.personId)).toBe(1);
    says(3, ASHA, { kind: 'closed', value: true });
    says(3, ASHA, { kind: 'mute', personId: ROHAN.personId, value: true });
    expect(chat.keys(RIGHTS)).toEqual([`pin:${key}`]);
  });

  it('[A8] enters from two pages of one person at once, and every side ends with one of the two wordings', () => {
    const key = said('first');
    const [one, other] = [docOf(1), docOf(3)];
    editMessage(one, key, 'from one page', NOW);
    editMessage(other, key, 'from the other', NOW);
    chat.take(one, ASHA);
    chat.take(other, ASHA);
    Y.applyUpdate(one, Y.encodeStateAsUpdate(chat.state.doc));
    Y.applyUpdate(other, Y.encodeStateAsUpdate(chat.state.doc));
    expect([readMessages(one), readMessages(other)]).toEqual([
      readMessages(chat.state.doc),
      readMessages(chat.state.doc),
    ]);
  });

  it('[A12] lets the host delete what anybody wrote', () => {
    const key = said('rude');
    const host = docOf(4);
    deleteMessage(host, key, TUTOR.personId);
    chat.take(host, TUTOR);
    expect(readMessages(chat.state.doc)).toMatchObject([{ deleted: TUTOR.personId }]);
  });
});

describe('what nobody may', () => {
  it("[A8] is write, edit, delete, react or read under another's name", () => {
    const key = said('Mine');
    const rohan = docOf(2);
    for (const [root, name, value] of [
      [MESSAGES, '1.5', { n: 9, at: NOW, text: 'Not mine' }],
      [EDITS, `${key}.1`, { at: NOW, text: 'Forged' }],
      [DELETED, key, ASHA.personId],
      [REACTIONS, `${key}:${ASHA.personId}:👍`, true],
      [READ, ASHA.personId, 1],
      [LIVE, '2.0', { text: 'x' }],
    ] as const)
      rohan.getMap<unknown>(root).set(name, value);
    chat.take(rohan, ROHAN);
    for (const root of [EDITS, DELETED, REACTIONS, READ, LIVE]) expect(chat.keys(root), root).toEqual([]);
    expect(heard()).toEqual(['Mine']);
    const again = docOf(2);
    deleteMessage(again, key, ROHAN.personId);
    chat.take(again, ROHAN);
    expect(heard()).toEqual(['Mine']);
    const host = docOf(4);
    host.getMap<unknown>(EDITS).set(`${key}.1`, { at: NOW, text: 'In her mouth' });
    chat.take(host, TUTOR);
    expect(heard()).toEqual(['Mine']);
  });

  it('[A11] is rewrite what was said, in one struct or another, also after a restart', () => {
    const key = said('I owe you');
    chat.reload();
    const doc = docOf(1);
    // With its left neighbour named, and as if it knew of none.
    doc.getMap<unknown>(MESSAGES).set(key, { n: 1, at: NOW, text: 'You owe me' });
    const blind = new Y.Doc();
    blind.clientID = 3;
    blind.getMap<unknown>(MESSAGES).set(key, { n: 1, at: NOW, text: 'You owe me' });
    chat.take(doc, ASHA);
    chat.take(blind, ASHA);
    expect(heard()).toEqual(['I owe you']);
    const edited = docOf(1);
    editMessage(edited, key, 'You owe me', NOW);
    chat.take(edited, ASHA);
    edited.getMap<unknown>(EDITS).set(`${key}.1`, { at: NOW, text: 'I owe you more' });
    chat.take(edited, ASHA);
    expect(readMessages(chat.state.doc)).toMatchObject([{ text: 'You owe me', history: [{ text: 'I owe you' }] }]);
  });

  it('[A11] is take away what was said without a mark', () => {
    const key = said('I said that');
    const asha = docOf(1);
    asha.getMap<unknown>(MESSAGES).delete(key);
    chat.take(asha, ASHA);
    expect(heard()).toEqual(['I said that']);
    const deleted = docOf(1);
    deleteMessage(deleted, key, ASHA.personId);
    chat.take(deleted, ASHA);
    const back = docOf(1);
    back.getMap<unknown>(DELETED).delete(key);
    chat.take(back, ASHA);
    expect(readMessages(chat.state.doc)).toMatchObject([{ deleted: ASHA.personId }]);
  });

  it('[A5] is hide what another wrote behind a struct that was deleted before it was sent', () => {
    const key = said('Mine');
    const rohan = docOf(2);
    const messages = rohan.getMap<unknown>(MESSAGES);
    messages.set(key, { n: 1, at: NOW, text: 'gone' });
    messages.delete(key);
    chat.take(rohan, ROHAN);
    expect(heard()).toEqual(['Mine']);
    const board = new Side('board');
    const asha = new Y.Doc();
    asha.clientID = 1;
    asha.getMap<unknown>(STROKES).set('1.0', { k: 'line', z: 1, pen: 0, size: 3, at: [0, 0, 5, 5] });
    board.take(asha, ASHA);
    const other = new Y.Doc();
    other.clientID = 2;
    Y.applyUpdate(other, Y.encodeStateAsUpdate(board.state.doc));
    other.getMap<unknown>(STROKES).set('1.0', 7);
    other.getMap<unknown>(STROKES).delete('1.0');
    board.take(other, ROHAN);
    expect(board.keys(STROKES)).toEqual(['1.0']);
  });

  it('[A8] is write what makes no sense: too long, at no time, too often, with what is no emoji', () => {
    const key = said('x');
    const doc = docOf(1);
    const messages = doc.getMap<unknown>(MESSAGES);
    for (const [i, value] of [
      { n: 2, at: NOW, text: 'x'.repeat(4_001) },
      { n: 2, at: NOW + 2 * 86_400_000, text: 'from the future' },
      { n: 2, at: NOW - 400 * 86_400_000, text: 'from long ago' },
      { n: 2, at: NOW, text: '', live: 1 },
      { n: 2, at: NOW, text: '' },
      'words',
    ].entries())
      messages.set(`1.${(10 + i).toString(36)}`, value);
    doc.getMap<unknown>(EDITS).set(`${key}.61`, { at: NOW, text: 'x' });
    doc.getMap<unknown>(REACTIONS).set(`${key}:${ASHA.personId}:rude`, true);
    doc.getMap<unknown>(REACTIONS).set(`${key}:${ASHA.personId}:👍`, 'yes');
    doc.getMap<unknown>(LIVE).set(key, Y.Array.from(['x']));
    chat.take(doc, ASHA);
    expect([...[MESSAGES, EDITS, REACTIONS, LIVE].map((root) => chat.keys(root))]).toEqual([[key], [], [], []]);
  });
});

describe('a server-side author', () => {
  it('[A13] writes little by little, under its own name and nobody else’s', () => {
    const doc = docOf(5);
    const stream = streamMessage(doc, AI, NOW);
    stream.append('One ');
    stream.append('two');
    chat.take(doc, AI);
    expect(readMessages(chat.state.doc)).toMatchObject([{ text: 'One two', live: 'growing', author: AI }]);
    stream.end(false);
    chat.take(doc, AI);
    expect(readMessages(chat.state.doc)).toMatchObject([{ text: 'One two', live: null }]);
    const rohan = docOf(2);
    const pieces = Y.Array.from(['No']);
    rohan.getMap<unknown>(LIVE).set(stream.key, pieces);
    chat.take(rohan, ROHAN);
    expect(heard()).toEqual(['One two']);
  });
});
