import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { scanUpdate } from '../wire/scan.ts';
import { Early, type Heard } from './early.ts';

const updateOf = (client: number, edit: (doc: Y.Doc) => void): Uint8Array => {
  const doc = new Y.Doc();
  doc.clientID = client;
  edit(doc);
  return Y.encodeStateAsUpdate(doc);
};
const ONE = updateOf(1, (doc) => doc.getArray('list').push([1, 2, 3]));
const TWO = updateOf(2, (doc) => {
  doc.getArray('list').push([1, 2, 3]);
  doc.getArray('list').delete(1, 1);
});

const heard = (update: Uint8Array, at = 0): Heard => ({
  said: [{ by: null, brought: false, update }],
  at,
  businessAt: at,
  workers: new Set(),
  ruled: [],
});

describe('[N9] what other processes said before they stored it', () => {
  it('is waited for until its process says that it is stored', () => {
    const early = new Early();
    early.hear('a', 1, 1, heard(ONE), true);
    const before = early.mark;
    early.hear('b', 1, 1, heard(TWO), true);
    expect([early.isStored(0), early.isStored(before), early.empty]).toEqual([true, false, false]);
    expect(early.stored('a', 1, 1, 1)).toBe(true);
    expect([early.isStored(before), early.isStored(early.mark)]).toEqual([true, false]);
    expect(early.stored('b', 1, 1, 1)).toBe(true);
    expect(early.empty).toBe(true);
  });

  it('was heard whole or was not', () => {
    const early = new Early();
    early.hear('a', 1, 2, heard(ONE), true);
    early.hear('a', 1, 3, heard(TWO), true);
    expect(early.stored('a', 1, 1, 2)).toBe(false);
    expect(early.stored('a', 1, 3, 4)).toBe(false);
    expect(early.stored('a', 1, 0, 0)).toBe(false);
    expect(early.empty).toBe(true);
  });

  it('is not waited for when it said nothing new', () => {
    const early = new Early();
    early.hear('a', 1, 1, heard(ONE), false);
    expect([early.empty, early.old(1_000)]).toEqual([true, []]);
    expect(early.stored('a', 1, 1, 1)).toBe(true);
  });

  it('is given to be stored by somebody else as long as nobody has', () => {
    const early = new Early();
    early.hear('a', 1, 1, heard(ONE, 10), true);
    early.hear('a', 1, 2, heard(TWO, 20), true);
    expect(early.old(5)).toEqual([]);
    expect(early.old(10).map(({ said }) => said[0]?.update)).toEqual([ONE]);
    const old = early.old(30);
    expect(old.map(({ said }) => said[0]?.update)).toEqual([ONE, TWO]);
    expect(early.empty).toBe(false);
    early.done(old);
    expect([early.empty, early.old(30)]).toEqual([true, []]);
    // Its process may yet say which numbers it has; not for ever.
    early.forget(10);
    expect(early.stored('a', 1, 2, 2)).toBe(true);
    early.hear('a', 1, 3, heard(ONE, 40), false);
    early.forget(40);
    expect(early.stored('a', 1, 3, 3)).toBe(false);
  });

  it('is of one life of its process: numbers that begin anew are not taken for those from before', () => {
    const early = new Early();
    // Never confirmed: what was said about it was lost on its way.
    early.hear('a', 1, 1, heard(ONE), true);
    early.hear('a', 1, 2, heard(ONE), true);
    // In the next life only the second thing arrives.
    early.hear('a', 2, 2, heard(TWO), true);
    expect(early.stored('a', 2, 1, 2)).toBe(false);
    expect(early.empty).toBe(false);
    expect(early.stored('a', 1, 1, 2)).toBe(true);
    expect(early.empty).toBe(true);
  });

  it('was heard whole only when each of its numbers was, however often one comes', () => {
    const early = new Early();
    early.hear('a', 1, 1, heard(ONE), true);
    early.hear('a', 1, 1, heard(ONE), false);
    expect(early.stored('a', 1, 1, 2)).toBe(false);
  });

  it('is stored when the rows hold all of it, deletions too', () => {
    const early = new Early();
    early.hear('a', 1, 1, heard(ONE), true);
    early.hear('a', 1, 2, heard(TWO), true);
    const without = updateOf(2, (doc) => doc.getArray('list').push([1, 2, 3]));
    early.sawRows([scanUpdate(ONE), scanUpdate(without)], scanUpdate);
    expect([early.isStored(1), early.isStored(2)]).toEqual([true, false]);
    early.sawRows([scanUpdate(TWO)], scanUpdate);
    expect(early.empty).toBe(true);
  });
});
