import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { Assembly } from './assemble.ts';
import { scanUpdate } from './scan.ts';

const docOf = (client: number): Y.Doc => Object.assign(new Y.Doc(), { clientID: client });

it('[N10] knows what stands on it, or behind it, or deletes it, and what does not', () => {
  const one = docOf(1);
  one.getText('a').insert(0, 'before');
  const [known] = [Y.encodeStateVector(one)];
  const before = Y.encodeStateAsUpdate(one);
  one.getText('a').insert(6, 'after');
  const assembly = new Assembly();
  const nothing = new Assembly();
  for (const { client, structs } of scanUpdate(Y.encodeStateAsUpdate(one, known)).blocks)
    for (const { clock, length, bytes } of structs) assembly.struct(client, clock, length, bytes);
  /** What client 2 does with what client 1 wrote. */
  const by = (whole: boolean, edit: (doc: Y.Doc) => void): ReturnType<typeof scanUpdate> => {
    const two = docOf(2);
    Y.applyUpdate(two, whole ? Y.encodeStateAsUpdate(one) : before);
    const from = Y.encodeStateVector(two);
    const got: Uint8Array[] = [];
    two.on('update', (update: Uint8Array) => got.push(update));
    edit(two);
    expect(Y.encodeStateVector(two).length).toBeGreaterThanOrEqual(from.length);
    return scanUpdate(Y.mergeUpdates(got));
  };
  const cases: [boolean, ReturnType<typeof scanUpdate>][] = [
    [false, by(false, (doc) => doc.getText('a').insert(3, 'x'))],
    [false, by(false, (doc) => doc.getText('b').insert(0, 'x'))],
    [false, by(false, (doc) => doc.getText('a').delete(0, 2))],
    [true, by(true, (doc) => doc.getText('a').insert(8, 'x'))],
    [true, by(true, (doc) => doc.getText('a').insert(6, 'x'))],
    [true, by(true, (doc) => doc.getText('a').delete(4, 4))],
    [true, scanUpdate(Y.encodeStateAsUpdate(one, known))],
  ];
  for (const [meets, scan] of cases) {
    expect(assembly.meets(scan)).toBe(meets);
    expect(nothing.meets(scan)).toBe(false);
  }
});
