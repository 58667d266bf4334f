/** The chat panel without a page: what is read, what is safe, who is mentioned, which part is drawn. */
import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { deleteMessage, markRead, postMessage } from '#sync/documents/chat-writer.ts';
import { setRights } from '#sync/documents/rights.ts';
import { mentionAt, offered, peopleIn, withMentions, withNames } from './mentions.ts';
import { readingOf, type ReadDocument } from './reading.ts';
import { Sending } from './sending.ts';
import { readTyping } from './typing.ts';
import { MOST_DRAWN, after, around, atEnd, earlier, later } from './window.ts';

const ANN = { personId: 'ann', name: 'Ann' };
const BOB = { personId: 'bob', name: 'Bob' };

const connected = (doc: Y.Doc): ReadDocument => ({
  doc,
  writable: true,
  status: 'connected',
  reason: null,
  keeps: false,
});
const bring = (from: Y.Doc, to: Y.Doc): void => Y.applyUpdate(to, Y.encodeStateAsUpdate(from), 'wire');

describe('what is read', () => {
  it('[C8] is kept in the document: what came since is new, also after the page was left', () => {
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
    postMessage(theirs, BOB, 'one', 1);
    postMessage(theirs, BOB, 'two', 1);
    markRead(theirs, 'ann', 1);
    const reading = readingOf(connected(mine), 'ann');
    bring(theirs, mine);
    expect([reading.count, reading.first]).toEqual([1, readingOf(connected(mine), 'ann').reader.list[1]?.key]);
    postMessage(mine, ANN, 'mine', 1);
    postMessage(theirs, BOB, 'three', 1);
    bring(theirs, mine);
    expect(reading.count).toBe(2);
    reading.seen();
    expect([reading.count, reading.first]).toEqual([0, null]);
    deleteMessage(theirs, postMessage(theirs, BOB, 'four', 1) ?? '', 'bob');
    bring(theirs, mine);
    expect(reading.count).toBe(0);
  });

  it('[R3] is marked also while the host lets nobody write, and not by who only watches', () => {
    vi.useFakeTimers();
    const marks = ([null, 'chat-closed', 'muted', 'observer', 'lesson-ended'] as const).map((reason) => {
      const doc = new Y.Doc();
      postMessage(doc, BOB, 'one', 1);
      setRights(doc, 'bob', { kind: 'closed', value: true });
      const reading = readingOf({ doc, writable: reason === null, status: 'connected', reason, keeps: false }, 'ann');
      reading.seen();
      vi.advanceTimersByTime(2_000);
      return [reading.count, reading.reader.readMark('ann')];
    });
    vi.useRealTimers();
    const [kept, forTheStay] = [
      [0, 1],
      [0, 0],
    ];
    expect(marks).toEqual([kept, kept, kept, forTheStay, forTheStay]);
  });

  it('[C8] does not count what another device has read, and counts what came late', () => {
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
    for (const text of ['one', 'two', 'three']) postMessage(theirs, BOB, text, 1);
    const reading = readingOf(connected(mine), 'ann');
    bring(theirs, mine);
    expect(reading.count).toBe(3);
    markRead(theirs, 'ann', 3);
    bring(theirs, mine);
    expect(reading.count).toBe(0);
    const offline = new Y.Doc();
    postMessage(offline, BOB, 'written long before', 1);
    bring(offline, mine);
    expect(reading.count).toBe(1);
    reading.seen();
    expect(reading.count).toBe(0);
  });
});

describe('what was sent', () => {
  it('is not safe until the server says so, in the order of writing', () => {
    const doc = new Y.Doc();
    const document = { doc, unsaved: 0 };
    const sending = new Sending(document);
    const write = (text: string): string => {
      const key = postMessage(doc, ANN, text, 1) ?? '';
      document.unsaved += 1;
      sending.wrote(key);
      return key;
    };
    const [one, two] = [write('one'), write('two')];
    markRead(doc, 'ann', 1);
    document.unsaved += 1;
    expect([sending.isPending(one), sending.isPending(two)]).toEqual([true, true]);
    document.unsaved = 2;
    expect([sending.isPending(one), sending.isPending(two)]).toEqual([false, true]);
    document.unsaved = 0;
    expect([sending.isPending(one), sending.isPending(two)]).toEqual([false, false]);
  });
});

describe('mentions', () => {
  const people = [
    { personId: 'p1', name: 'Asha' },
    { personId: 'p2', name: 'Asha Rao' },
    { personId: 'p3', name: 'रोहन' },
  ];
  const nameOf = (id: string): string => people.find(({ personId }) => personId === id)?.name ?? '?';

  it('are offered behind an @ that begins a word', () => {
    expect(mentionAt('Hello @as', 9)).toEqual({ from: 6, query: 'as' });
    expect(mentionAt('@', 1)).toEqual({ from: 0, query: '' });
    expect([mentionAt('a@b.c', 5), mentionAt('Hello', 5), mentionAt('@asha', 0)]).toEqual([null, null, null]);
    expect(offered(people, 'rao').map(({ personId }) => personId)).toEqual(['p2']);
    expect(offered(people, '')).toHaveLength(3);
    expect(offered(people, 'रो')).toHaveLength(1);
  });

  it('are ids in what is sent, and names in what is edited', () => {
    const sent = withMentions('@Asha Rao, @Asha: @रोहन a@Asha @Ashank @nobody', people);
    expect(sent).toBe('<@p2>, <@p1>: <@p3> a@Asha @Ashank @nobody');
    expect(withNames('<@p2>, <@p1> <@x>', nameOf)).toBe('@Asha Rao, @Asha @?');
    expect(peopleIn(people, [], 'p1').map(({ personId }) => personId)).toEqual(['p2', 'p3']);
  });
});

describe('who is writing', () => {
  it('is said once a person, by the names of the server, and without oneself', () => {
    const states = new Map<number, Record<string, unknown>>([
      [1, { user: ANN, typing: true }],
      [2, { user: BOB, typing: true }],
      [3, { user: BOB, typing: true }],
      [4, { user: { personId: 'x' }, typing: true }],
      [5, { user: { personId: 'y', name: 'Y' }, typing: 'yes' }],
      [6, {}],
    ]);
    expect(readTyping({ getStates: () => states }, 'ann')).toEqual(['Bob']);
  });
});

describe('the part of the list that is drawn', () => {
  it('is bounded, reaches every message, and stays with who is at the end', () => {
    const count = 10_000;
    let span = atEnd(count);
    expect(span.to).toBe(count);
    const seen = new Set<number>();
    for (let i = 0; i < 500 && span.from > 0; i += 1) {
      span = earlier(span);
      expect(span.to - span.from).toBeLessThanOrEqual(MOST_DRAWN);
      for (let at = span.from; at < span.to; at += 1) seen.add(at);
    }
    expect(span.from).toBe(0);
    expect(seen.size).toBeGreaterThan(count - 100);
    while (span.to < count) span = later(span, count);
    expect(after(span, count, count + 1, true).to).toBe(count + 1);
    expect(after(around(50, count), count, count + 1, false)).toEqual(around(50, count));
    expect(after({ from: 0, to: 3 }, 3, 0, true)).toEqual({ from: 0, to: 0 });
    // Who reads above the bottom is not carried on by what comes below.
    expect(after({ from: 0, to: 12 }, 12, 400, false)).toEqual({ from: 0, to: MOST_DRAWN });
    expect(after({ from: 0, to: 12 }, 12, 400, true)).toEqual({ from: 400 - MOST_DRAWN, to: 400 });
    expect(atEnd(0)).toEqual({ from: 0, to: 0 });
  });
});
