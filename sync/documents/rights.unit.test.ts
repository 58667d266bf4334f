import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { FIRST_PAGE } from './board.ts';
import {
  FREE,
  RIGHTS,
  WRITE_RULES,
  applyRight,
  mayWriteOn,
  parseRight,
  readRights,
  setRights,
  standingRights,
  whyNotOn,
  whyReadOnly,
  type Rights,
  type RightsChange,
} from './rights.ts';

const HOST = 'p-tutor';
const ASHA = 'p-asha';

const BOARD: readonly RightsChange[] = [
  { kind: 'write', value: 'picked' },
  { kind: 'may', personId: ASHA, value: true },
  { kind: 'lock', page: FIRST_PAGE, value: true },
  { kind: 'follow', value: true },
  { kind: 'turn', page: '1.2' },
  { kind: 'at', page: '1.3' },
  { kind: 'reveal', personId: ASHA },
  { kind: 'closed', value: true },
];
const CHAT: readonly RightsChange[] = [
  { kind: 'closed', value: true },
  { kind: 'mute', personId: ASHA, value: true },
  { kind: 'private', value: false },
  { kind: 'pin', message: '1.0', value: true },
];

describe('rights', () => {
  it('[R1] are read as the host said them, on each surface its own, and taken back the same way', () => {
    for (const [surface, changes] of [
      ['board', BOARD],
      ['chat', CHAT],
    ] as const) {
      const doc = new Y.Doc();
      expect(readRights(doc, surface)).toEqual(FREE);
      setRights(doc, HOST, ...changes);
      expect(readRights(doc, surface)).toEqual(changes.reduce(applyRight, FREE));
      expect([...doc.getMap(RIGHTS).values()].map((right) => parseRight(surface, 'closed', right)?.by)).toContain(HOST);
    }
    const doc = new Y.Doc();
    setRights(doc, HOST, ...BOARD);
    setRights(
      doc,
      HOST,
      { kind: 'write', value: 'everyone' },
      { kind: 'may', personId: ASHA, value: null },
      { kind: 'lock', page: FIRST_PAGE, value: false },
      { kind: 'follow', value: false },
      { kind: 'reveal', personId: null },
      { kind: 'closed', value: false },
    );
    expect(readRights(doc, 'board')).toEqual({ ...FREE, turn: '1.2', at: '1.3' });
    expect(readRights(doc, 'chat')).toEqual(FREE);
  });

  it('[R6] stand as the last word of each thing, with who said it and in which struct', () => {
    const doc = new Y.Doc();
    setRights(doc, HOST, { kind: 'follow', value: true });
    setRights(doc, HOST, { kind: 'closed', value: true });
    setRights(doc, HOST, { kind: 'follow', value: false });
    doc.getMap(RIGHTS).set('nonsense', { by: HOST, v: true });
    doc.getMap(RIGHTS).set('turn', { by: HOST, v: '1.2' });
    doc.getMap(RIGHTS).delete('turn');
    expect(standingRights(doc, 'board')).toEqual([
      { client: doc.clientID, clock: 1, by: HOST, change: { kind: 'closed', value: true } },
      { client: doc.clientID, clock: 2, by: HOST, change: { kind: 'follow', value: false } },
    ]);
  });

  it('[R1] pass over what is no right', () => {
    const by = HOST;
    const nonsense: readonly [key: string, value: unknown][] = [
      ['write', { by, v: 'some' }],
      ['write', { v: 'nobody' }],
      ['write', 'nobody'],
      ['write:x', { by, v: 'nobody' }],
      ['may', { by, v: true }],
      ['may:', { by, v: true }],
      ['may:a b', { by, v: true }],
      ['may:p', { by, v: 1 }],
      ['lock:page', { by, v: true }],
      ['lock:0.0', { by, v: null }],
      ['follow', { by, v: 'yes' }],
      ['turn', { by, v: '../x' }],
      ['turn', { by, v: null }],
      ['at', { by, v: null }],
      ['at:0.0', { by, v: '0.0' }],
      ['reveal', { by, v: '' }],
      ['closed', { by: 7, v: true }],
      ['mute:p', { by, v: true }],
      ['__proto__', { by, v: true }],
    ];
    for (const [key, value] of nonsense) expect(parseRight('board', key, value), key).toBeNull();
    expect(parseRight('chat', 'write', { by, v: 'nobody' })).toBeNull();
  });

  it('[R2] say for every combination who may write on a page, and why not', () => {
    let seen = 0;
    for (const write of WRITE_RULES)
      for (const may of [null, true, false])
        for (const closed of [true, false])
          for (const locked of [true, false])
            for (const host of [true, false]) {
              const rights: Rights = {
                ...FREE,
                write,
                closed,
                may: may === null ? new Map() : new Map([[ASHA, may]]),
                locked: locked ? new Set(['1.1']) : new Set(),
              };
              const granted = may ?? write === 'everyone';
              expect(mayWriteOn(rights, ASHA, host, '1.1')).toBe(host || (!closed && !locked && granted));
              expect(mayWriteOn(rights, ASHA, host, FIRST_PAGE)).toBe(host || (!closed && granted));
              const why = closed ? 'board-locked' : !granted ? 'no-write' : locked ? 'page-locked' : null;
              expect(whyNotOn(rights, ASHA, host, '1.1')).toBe(host ? null : why);
              seen += 1;
            }
    expect(seen).toBe(72);
  });

  it('[R2] close the chat for all but the host, or for one', () => {
    const closed = applyRight(FREE, { kind: 'closed', value: true });
    const muted = applyRight(FREE, { kind: 'mute', personId: ASHA, value: true });
    expect([whyReadOnly(closed, 'chat', ASHA, false), whyReadOnly(closed, 'chat', HOST, true)]).toEqual([
      'chat-closed',
      null,
    ]);
    expect([whyReadOnly(muted, 'chat', ASHA, false), whyReadOnly(muted, 'chat', 'p-rohan', false)]).toEqual([
      'muted',
      null,
    ]);
  });
});
