/** [F3] Who is addressed, and has not seen it, told once, also when several processes look and when telling fails. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { addresseesOf, type Addressees } from '../documents/addressed.ts';
import { deleteMessage, markRead, postMessage } from '../documents/chat-writer.ts';
import { Addressed } from './addressed.ts';

const ASHA = { personId: 'asha', name: 'Asha' };
const ROHAN = { personId: 'rohan', name: 'Rohan' };
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const WAIT_MS = 100;

describe('the addressees of a chat', () => {
  it('[F3] are the other one of two, and in a group who is named and has not read so far', () => {
    // A page of each: an id says who wrote something.
    const [doc, hers] = [new Y.Doc(), new Y.Doc()];
    const meet = (): void => {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(hers));
      Y.applyUpdate(hers, Y.encodeStateAsUpdate(doc));
    };
    const waiting = (direct: boolean): unknown[] => {
      meet();
      return addresseesOf(doc, direct).waiting.map(({ personId, by }) => [personId, by]);
    };
    expect(addresseesOf(doc, true)).toEqual({ waiting: [], caughtUp: [] });
    postMessage(hers, ASHA, 'For <@rohan>, <@asha> and <@zoya>', 1);
    expect(waiting(true)).toEqual([[null, 'asha']]);
    expect(waiting(false)).toEqual([
      ['rohan', 'asha'],
      ['zoya', 'asha'],
    ]);
    markRead(doc, 'rohan', 1);
    expect(waiting(true)).toEqual([]);
    expect(waiting(false)).toEqual([['zoya', 'asha']]);
    expect(addresseesOf(doc, true).caughtUp).toEqual([{ personId: 'rohan', n: 1 }]);
    postMessage(doc, ROHAN, 'An answer', 2);
    markRead(hers, 'asha', 1);
    meet();
    // Who has read something is known by now.
    expect(addresseesOf(doc, true)).toMatchObject({
      waiting: [{ personId: null, by: 'rohan', mark: 1 }],
      caughtUp: [{ personId: 'rohan', n: 1 }],
    });
    const last = postMessage(hers, ASHA, '<@rohan>, look', 3) ?? '';
    expect(waiting(false)).toEqual([
      ['zoya', 'asha'],
      ['rohan', 'asha'],
    ]);
    deleteMessage(hers, last, 'asha');
    expect(waiting(false)).toEqual([['zoya', 'asha']]);
  });
});

describe('telling a conversation', () => {
  let found: Addressees;
  let commands: AnyCommand[];
  let fails: boolean;
  const submit: Submit = async (command) => {
    if (fails) throw new Error('The log is down');
    commands.push(command);
    return { kind: 'accepted', stream: '', revision: 0, position: null, events: [] };
  };
  const process = (): Addressed =>
    new Addressed({ submit, business: () => 7, log: QUIET, waitMs: WAIT_MS, look: async () => found });
  const waiting = (mark: number): Addressees => ({
    waiting: [{ personId: 'rohan', by: 'asha', message: `m${mark}`, mark }],
    caughtUp: [],
  });
  const caughtUp = (n: number): Addressees => ({ waiting: [], caughtUp: [{ personId: 'rohan', n }] });
  const look = async (one: Addressed, next: Addressees): Promise<string[]> => {
    commands = [];
    found = next;
    one.written('group-1');
    one.written('group-1');
    await vi.advanceTimersByTimeAsync(WAIT_MS);
    return commands.map(({ type }) => type);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    fails = false;
  });
  afterEach(() => vi.useRealTimers());

  it('[F3] says it once, and again after they have read on', async () => {
    const one = process();
    expect(await look(one, waiting(0))).toEqual(['NoteAddressed']);
    expect(commands[0]?.data).toEqual({ conversationId: 'group-1', by: 'asha', personId: 'rohan' });
    expect(await look(one, waiting(0))).toEqual([]);
    expect(await look(one, caughtUp(3))).toEqual(['NoteCaughtUp']);
    expect(await look(one, caughtUp(3))).toEqual([]);
    expect(await look(one, waiting(3))).toEqual(['NoteAddressed']);
    await one.stop();
  });

  it('[F3] says it of both of two who have not read each other', async () => {
    const one = process();
    const of = (by: string) => ({ personId: null, by, message: `of ${by}`, mark: 0 });
    expect(await look(one, { waiting: [of('asha'), of('rohan')], caughtUp: [] })).toHaveLength(2);
    expect(await look(one, { waiting: [of('asha'), of('rohan')], caughtUp: [] })).toEqual([]);
    await one.stop();
  });

  it('[F3] says it also where another process told of what came before', async () => {
    const [one, other] = [process(), process()];
    expect(await look(one, waiting(0))).toEqual(['NoteAddressed']);
    // Rohan reads at the other one, which never looked while he was waited for.
    expect(await look(other, caughtUp(3))).toEqual(['NoteCaughtUp']);
    expect(await look(one, waiting(3))).toEqual(['NoteAddressed']);
    expect(await look(other, caughtUp(5))).toEqual(['NoteCaughtUp']);
    await Promise.all([one.stop(), other.stop()]);
  });

  it('[F3] tries again when the log is down, and stops when it is told to', async () => {
    const one = process();
    fails = true;
    expect(await look(one, waiting(0))).toEqual([]);
    fails = false;
    await vi.advanceTimersByTimeAsync(WAIT_MS);
    expect(commands.map(({ type }) => type)).toEqual(['NoteAddressed']);
    await one.stop();
    expect(await look(one, waiting(9))).toEqual([]);
  });
});
