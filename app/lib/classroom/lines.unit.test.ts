import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { postMessage } from '#sync/documents/chat-writer.ts';
import { MOST_LINES, lineOf, linesBeside } from './lines.ts';
import { documentFrom } from './sync.ts';

const LESSON = '0190a0b0-0000-7000-8000-000000000001';
const nameOf = (studentId: string): string => `chat:${LESSON}:${studentId}`;
const students = (names: readonly string[], open: readonly string[]): string[] =>
  linesBeside(names, open).map(({ studentId }) => studentId);

describe('private lines', () => {
  it('are opened for whoever booked since, and those that are open stay', () => {
    const names = [`board:${LESSON}`, `chat:${LESSON}`, `board:${LESSON}:p-asha`, nameOf('p-asha')];
    expect(students(names, [])).toEqual(['p-asha']);
    expect(students([...names, nameOf('p-rohan')], ['p-asha'])).toEqual(['p-rohan']);
    expect(students(names, ['p-asha', 'p-rohan'])).toEqual([]);
  });

  it('reach every seat of a full slot', () => {
    const ids = Array.from({ length: MOST_LINES + 3 }, (_, n) => `p-${n}`);
    expect(students(ids.map(nameOf), [])).toEqual(ids.slice(0, 50));
    expect(students(ids.map(nameOf), ids.slice(0, 49))).toEqual(['p-49']);
  });

  it('show what everybody sees after a message was not taken', () => {
    const tutor = { personId: 'p-tutor', name: 'Kavita' };
    const said = new Y.Doc();
    postMessage(said, { personId: 'p-asha', name: 'Asha' }, 'May I ask?', 1);
    const held = { current: documentFrom(Y.encodeStateAsUpdate(said)) };
    const line = lineOf('p-asha', held, tutor.personId);
    expect(line.reading.reader.list).toHaveLength(1);
    held.current = documentFrom(null);
    expect([line.document, line.reading.reader.list.length]).toEqual([held.current, 0]);
  });
});
