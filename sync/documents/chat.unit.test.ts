/** The chat's document: what its acts leave, and that every side reads the same list of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readChat, readMessages, type ChatMessage, type ChatReader } from './chat-reader.ts';
import {
  deleteMessage,
  editMessage,
  markRead,
  nextMessageKey,
  postMessage,
  react,
  streamMessage,
} from './chat-writer.ts';
import { DELETED, EDITS, LIVE, MESSAGES, MOST_EDITS, MOST_TEXT, REACTIONS, parseMessage } from './chat.ts';
import { isEmoji } from './emoji.ts';
import { setRights } from './rights.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
const TUTOR = { personId: 'p-tutor', name: 'Ananya' };

/** A document that hears of `from` at once, and the other way round. */
function docOf(client: number, from?: Y.Doc): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = client;
  if (!from) return doc;
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(from), 'peer');
  for (const [one, other] of [
    [doc, from],
    [from, doc],
  ] as const)
    one.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'peer') Y.applyUpdate(other, update, 'peer');
    });
  return doc;
}
const texts = (reader: ChatReader): string[] => reader.list.map(({ text }) => text);

describe('messages', () => {
  it('[C1] stand below what they answer, whatever the clocks say', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const reader = readChat(doc);
    expect(postMessage(doc, ASHA, ' Where do they meet? ', 5_000)).toBe('1.0');
    expect(postMessage(other, ROHAN, 'At 0 and 3', 1_000, { re: '1.0' })).toBe('2.0');
    expect(postMessage(doc, ASHA, '   ', 5_001)).toBeNull();
    expect(reader.list).toMatchObject([
      { key: '1.0', n: 1, at: 5_000, text: 'Where do they meet?', author: ASHA, re: null },
      { key: '2.0', n: 2, at: 1_000, text: 'At 0 and 3', author: ROHAN, re: '1.0' },
    ]);
    expect(readMessages(other)).toEqual(reader.list);
    expect([reader.indexOf('2.0'), reader.indexOf('9.9'), reader.top]).toEqual([1, -1, 2]);
  });

  it('[C2] keep their first words when they get others', () => {
    const doc = docOf(1);
    const reader = readChat(docOf(2, doc));
    const key = postMessage(doc, ASHA, 'At 0 and 2', 10) ?? '';
    editMessage(doc, key, 'At 0 and 3', 20);
    editMessage(doc, key, 'At 0 and 3.', 30);
    expect(reader.get(key)).toMatchObject({
      text: 'At 0 and 3.',
      edited: 30,
      history: [
        { at: 10, text: 'At 0 and 2' },
        { at: 20, text: 'At 0 and 3' },
      ],
    });
    for (let i = 2; i < MOST_EDITS; i += 1) expect(editMessage(doc, key, `${i}`, i)).toBe(true);
    expect(editMessage(doc, key, 'once more', 99)).toBe(false);
    expect(reader.get(key)?.text).toBe('59');
  });

  it('[C3] say nothing any more once deleted, and stay where they were', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const reader = readChat(doc);
    const keys = ['a', 'b', 'c'].map((text) => postMessage(doc, ASHA, text, 1) ?? '');
    editMessage(doc, keys[1] ?? '', 'bb', 2);
    react(other, keys[1] ?? '', ROHAN.personId, '👍', true);
    setRights(doc, TUTOR.personId, { kind: 'pin', message: keys[1] ?? '', value: true });
    expect(reader.pinned()).toEqual([keys[1]]);
    deleteMessage(other, keys[1] ?? '', TUTOR.personId);
    expect(texts(reader)).toEqual(['a', '', 'c']);
    expect(reader.list[1]).toMatchObject({
      deleted: TUTOR.personId,
      edited: null,
      history: [],
      reactions: [],
      pinned: false,
      author: ASHA,
    });
    expect(reader.pinned()).toEqual([]);
  });

  it('[C4] carry reactions, one of a kind a person, which are taken back', () => {
    const doc = docOf(1);
    const other = docOf(2, doc);
    const reader = readChat(doc);
    const key = postMessage(doc, ASHA, 'Both roots', 1) ?? '';
    react(doc, key, ASHA.personId, '🎉', true);
    for (const [one, who] of [
      [doc, ASHA],
      [other, ROHAN],
    ] as const)
      react(one, key, who.personId, '👍', true);
    expect(reader.get(key)?.reactions).toEqual([
      { emoji: '👍', people: ['p-asha', 'p-rohan'] },
      { emoji: '🎉', people: ['p-asha'] },
    ]);
    react(doc, key, ASHA.personId, '👍', false);
    react(doc, key, ASHA.personId, '🎉', false);
    expect(reader.get(key)?.reactions).toEqual([{ emoji: '👍', people: ['p-rohan'] }]);
  });

  it('[C5] carry files, with or without words', () => {
    const doc = docOf(1);
    const file = { id: 'f1', name: 'sketch.png', type: 'image/png', bytes: 2_000, width: 640, height: 480 };
    const key = postMessage(doc, ASHA, '', 1, { files: [file] }) ?? '';
    expect(readMessages(doc)).toMatchObject([{ text: '', files: [file] }]);
    editMessage(doc, key, 'My sketch', 2);
    editMessage(doc, key, '', 3);
    expect(readMessages(doc)).toMatchObject([{ text: '', edited: 3 }]);
    for (const bad of [[], [file, file, file, file, file, file], [{ ...file, id: '../x' }], [{ ...file, type: 'x' }]])
      expect(parseMessage({ n: 1, at: 1, text: 'x', files: bad })).toBeNull();
  });

  it('[C6] grow while a server-side author writes them, and are plain once whole', () => {
    const doc = docOf(1);
    const reader = readChat(docOf(2, doc));
    const stream = streamMessage(doc, ASHA, 1);
    stream.append('Each strip is as tall as ');
    expect(reader.get(stream.key)).toMatchObject({ text: 'Each strip is as tall as ', live: 'growing', author: ASHA });
    stream.append('upper minus lower.');
    stream.end(false);
    const whole = { text: 'Each strip is as tall as upper minus lower.', live: null };
    expect(reader.get(stream.key)).toMatchObject(whole);
    expect(doc.getMap(LIVE).get(stream.key)).toEqual({ text: whole.text });
    const broken = streamMessage(doc, ASHA, 2);
    broken.append('First,');
    broken.end(true);
    expect(reader.get(broken.key)).toMatchObject({ text: 'First,', live: 'cut' });
  });

  it('[C7] are cut between characters, and their keys are found among many', () => {
    const doc = docOf(1);
    const key = postMessage(doc, ASHA, `${'x'.repeat(MOST_TEXT - 1)}😀`, 1) ?? '';
    expect(readMessages(doc)[0]?.text).toBe('x'.repeat(MOST_TEXT - 1));
    expect(key).toBe('1.0');
    for (let i = 1; i < 100; i += 1) {
      expect(nextMessageKey(doc)).toBe(`1.${i.toString(36)}`);
      postMessage(doc, ASHA, 'x', i);
    }
  });

  it('[D5] pass over whatever is no entry', () => {
    const doc = docOf(1);
    const reader = readChat(doc);
    const messages = doc.getMap<unknown>(MESSAGES);
    for (const value of [7, 'x', null, { n: 1 }, { n: -1, at: 0, text: 'x' }, { n: 1, at: 0, text: '' }, new Y.Map()])
      messages.set('1.0', value);
    messages.set('no key', { n: 1, at: 0, text: 'x' });
    messages.set('1.1', { n: 1, at: 0, text: 'x', re: 'nowhere' });
    messages.set('1.2', { n: 1, at: 0, text: 'here' });
    for (const name of ['1.2.0', '1.2.61', '1.2.x', '1.2']) doc.getMap<unknown>(EDITS).set(name, { at: 0, text: 'no' });
    doc.getMap<unknown>(EDITS).set('1.2.1', { at: 0, text: '' });
    doc.getMap<unknown>(DELETED).set('1.2', 7);
    for (const name of ['1.2:p:no', '1.2:👍', '1.2:p:👍👍', 'x:p:👍', '1.2::👍'])
      doc.getMap<unknown>(REACTIONS).set(name, true);
    doc.getMap<unknown>(REACTIONS).set('1.2:p:🙏', 1);
    expect(reader.list).toMatchObject([{ key: '1.2', text: 'here', edited: null, deleted: null, reactions: [] }]);
  });
});

describe('an emoji', () => {
  it('[C4] is one, and nothing that only looks like one', () => {
    for (const yes of ['👍', '❤️', '👩🏽‍🏫', '🇮🇳', '1️⃣', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿']) expect(isEmoji(yes), yes).toBe(true);
    for (const no of ['', '1', '#', 'a', '👍👍', '👍x', '‍', '️', '<b>', '\u202e👍', '👩‍👩‍👩‍👩‍👩‍👩‍👩'])
      expect(isEmoji(no), no).toBe(false);
  });
});

describe('read marks', () => {
  it('[C8] rise and never fall, and are each person’s own', () => {
    const doc = docOf(1);
    const reader = readChat(doc);
    let told = 0;
    reader.onChange(() => (told += 1));
    markRead(doc, ASHA.personId, 5);
    markRead(doc, ASHA.personId, 3);
    expect([reader.readMark(ASHA.personId), reader.readMark(ROHAN.personId), told]).toEqual([5, 0, 1]);
  });
});

describe('the list', () => {
  it('[C9] of ten thousand is kept, not read anew: one more message makes one more object', () => {
    const doc = docOf(1);
    doc.transact(() => {
      for (let i = 0; i < 10_000; i += 1)
        doc.getMap(MESSAGES).set(`2.${i.toString(36)}`, { n: i, at: i, text: `${i}` });
    });
    const reader = readChat(doc);
    const before = reader.list;
    const began = performance.now();
    for (let i = 0; i < 50; i += 1) postMessage(doc, ASHA, 'x', 1, { top: reader.top });
    editMessage(doc, '2.rs', 'other', 2);
    expect(performance.now() - began).toBeLessThan(500);
    expect(reader.list).toHaveLength(10_050);
    expect(before).toHaveLength(10_000);
    expect(before.filter((one, i) => reader.list[i] !== one).map(({ key }) => key)).toEqual(['2.rs']);
  });

  it('[C10] is the same on every side, live or read late, whatever both sides do at once', () => {
    const act = fc.record({
      kind: fc.constantFrom('post', 'answer', 'edit', 'delete', 'react', 'read', 'pin', 'stream', 'meet'),
      side: fc.boolean(),
      at: fc.nat(30),
      emoji: fc.constantFrom('👍', '🎉', '❤️'),
    });
    fc.assert(
      fc.property(fc.array(act, { minLength: 10, maxLength: 60 }), (acts) => {
        const sides = [docOf(1), docOf(2)] as const;
        const people = [ASHA, ROHAN] as const;
        const readers = sides.map((doc) => readChat(doc));
        const meet = (): void => {
          const states = sides.map((doc) => Y.encodeStateAsUpdate(doc));
          for (const [i, doc] of sides.entries()) Y.applyUpdate(doc, states[1 - i] ?? new Uint8Array([0, 0]));
        };
        for (const [i, { kind, side, at, emoji }] of acts.entries()) {
          const [doc, who, reader] = [sides[side ? 1 : 0], people[side ? 1 : 0], readers[side ? 1 : 0]];
          const key = reader?.list[at % Math.max(1, reader.list.length)]?.key;
          if (kind === 'meet') meet();
          else if (kind === 'post' || key === undefined) postMessage(doc, who, `${kind} ${i}`, i);
          else if (kind === 'answer') postMessage(doc, who, `${i}`, i, { re: key });
          else if (kind === 'edit') editMessage(doc, key, `edit ${i}`, i);
          else if (kind === 'delete') deleteMessage(doc, key, who.personId);
          else if (kind === 'react') react(doc, key, who.personId, emoji, at % 3 !== 0);
          else if (kind === 'read') markRead(doc, who.personId, at);
          else if (kind === 'pin') setRights(doc, who.personId, { kind: 'pin', message: key, value: at % 2 === 0 });
          else {
            const stream = streamMessage(doc, who, i);
            stream.append('live');
            if (at % 2 === 0) stream.end(at % 4 === 0);
          }
        }
        meet();
        const lists: (readonly ChatMessage[])[] = readers.map(({ list }) => list);
        for (const doc of sides) lists.push(readMessages(doc));
        for (const list of lists) expect(list).toEqual(lists[0]);
      }),
      { seed: 20261121, numRuns: 120 },
    );
  });
});
