import { describe, expect, it } from 'vitest';
import { ownState, readStates, writeStates } from './awareness.ts';
import { frameOf } from './frame.ts';
import { readMessage, step1Message, step2Message, updateMessage } from './messages.ts';
import { Malformed } from './reader.ts';

const bytesOf = (message: Buffer): Uint8Array => Uint8Array.from(message);

describe('messages', () => {
  it('reads what y-protocols writes', () => {
    expect(readMessage(bytesOf(step1Message(Uint8Array.of(0))))).toEqual({
      kind: 'step1',
      stateVector: Uint8Array.of(0),
    });
    expect(readMessage(bytesOf(step2Message(Uint8Array.of(0, 0))))).toEqual({
      kind: 'update',
      update: Uint8Array.of(0, 0),
    });
    expect(readMessage(bytesOf(updateMessage(Uint8Array.of(0, 0))))).toEqual({
      kind: 'update',
      update: Uint8Array.of(0, 0),
    });
    expect(readMessage(Uint8Array.of(3))).toEqual({ kind: 'query-awareness' });
  });

  it.each([[[]], [[9]], [[0, 7, 0]], [[0, 0, 5, 1]], [[3, 0]], [[100, 1]]])('[W3] refuses %j', (bytes) => {
    expect(() => readMessage(Uint8Array.from(bytes))).toThrow(Malformed);
  });

  it('[W5] frames as RFC 6455 says, at each of the three lengths', () => {
    for (const length of [0, 125, 126, 65_535, 65_536]) {
      const frame = frameOf(new Uint8Array(length).fill(7));
      const small = frame[1] ?? 0;
      const size = small < 126 ? small : small === 126 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
      expect([frame[0], size, frame.length - size]).toEqual([0x82, length, small < 126 ? 2 : small === 126 ? 4 : 10]);
    }
  });
});

describe('awareness', () => {
  it('writes what it reads', () => {
    const states = [{ client: 7, clock: 3, json: '{"a":1}' }];
    expect(readStates(writeStates(states))).toEqual(states);
  });

  it('[P2] puts the name of the ticket over whatever a client calls itself', () => {
    const json = JSON.stringify({ cursor: { x: 1 }, user: { name: 'The tutor', color: 'red', personId: 'p9' } });
    expect(JSON.parse(ownState(json, { personId: 'p1', name: 'Asha' }) ?? '')).toEqual({
      cursor: { x: 1 },
      user: { color: 'red', personId: 'p1', name: 'Asha' },
    });
  });

  it('[P3] leaves out what is no state, and refuses what is no JSON', () => {
    expect(ownState('7', { personId: 'p1', name: 'Asha' })).toBeNull();
    expect(ownState(JSON.stringify({ a: 'x'.repeat(5_000) }), { personId: 'p1', name: 'Asha' })).toBeNull();
    expect(() => ownState('{', { personId: 'p1', name: 'Asha' })).toThrow(Malformed);
    expect(() => readStates(Uint8Array.of(0xff, 0xff, 3))).toThrow(Malformed);
  });
});
