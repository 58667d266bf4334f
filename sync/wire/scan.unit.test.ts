import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { Assembly } from './assemble.ts';
import { Malformed } from './reader.ts';
import { scanUpdate } from './scan.ts';

/** A document with every kind of content, written by two clients that see each other's work. */
function busyDocument(steps: readonly number[]): Y.Doc {
  const docs = [new Y.Doc(), new Y.Doc()];
  docs.forEach((doc, i) => (doc.clientID = 100 + i));
  for (const [i, step] of steps.entries()) {
    const doc = docs[step % 2];
    const other = docs[(step + 1) % 2];
    if (!doc || !other) continue;
    const text = doc.getText('text');
    const list = doc.getArray<unknown>('list');
    const map = doc.getMap<unknown>('map');
    switch (Math.floor(step / 2) % 9) {
      case 0:
        text.insert(step % (text.length + 1), `añ😀${i}`);
        break;
      case 1:
        if (text.length > 1) text.delete(0, 1);
        break;
      case 2:
        list.push([step, 'x', { a: [null, true, 1.5, undefined], b: 'ü' }]);
        break;
      case 3:
        list.insert(0, [Uint8Array.of(1, 2, step)]);
        break;
      case 4:
        map.set(`k${step % 3}`, { step });
        break;
      case 5:
        map.set('nested', new Y.Map([['inner', new Y.Array()]]));
        break;
      case 6:
        text.format(0, Math.min(2, text.length), { bold: true });
        break;
      case 7:
        if (list.length > 2) list.delete(1, 2);
        break;
      default:
        doc.getXmlFragment('xml').insert(0, [new Y.XmlElement('p')]);
        text.insertEmbed(0, { image: 'x' });
    }
    if (i % 3 === 0) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)));
  }
  const [first, second] = docs;
  if (!first || !second) throw new Error('two documents');
  Y.applyUpdate(first, Y.encodeStateAsUpdate(second));
  return first;
}

const steps = fc.array(fc.nat(2_000), { maxLength: 60 });

describe('scanning an update', () => {
  it('[W1] finds the same structs and deletions as Yjs itself', () => {
    fc.assert(
      fc.property(steps, (chosen) => {
        const update = Y.encodeStateAsUpdate(busyDocument(chosen));
        const scan = scanUpdate(update);
        const { structs, ds } = Y.decodeUpdate(update);
        expect(
          scan.blocks.flatMap(({ client, structs: own }) => own.map(({ clock, length }) => [client, clock, length])),
        ).toEqual(structs.map((struct) => [struct.id.client, struct.id.clock, struct.length]));
        const deletes = [...ds.clients].flatMap(([client, ranges]) =>
          ranges.map(({ clock, len }) => ({ client, clock, length: len })),
        );
        expect(scan.deletes).toEqual(deletes);
      }),
      { numRuns: 60 },
    );
  });

  it('[W2] puts an update together again that makes the same document', () => {
    fc.assert(
      fc.property(steps, (chosen) => {
        const doc = busyDocument(chosen);
        const scan = scanUpdate(Y.encodeStateAsUpdate(doc));
        const assembly = new Assembly();
        for (const { client, structs } of scan.blocks)
          for (const { clock, length, bytes } of structs) assembly.struct(client, clock, length, bytes);
        for (const { client, clock, length } of scan.deletes) assembly.delete(client, clock, length);
        const copy = new Y.Doc();
        Y.applyUpdate(copy, assembly.encode());
        expect(Y.encodeStateAsUpdate(copy)).toEqual(Y.encodeStateAsUpdate(doc));
      }),
      { numRuns: 60 },
    );
  });

  it('[W3] ends with Malformed, and with nothing else, on bytes that were tampered with', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.tuple(fc.nat(5_000), fc.nat(255)), { maxLength: 6 }), fc.nat(5_000), (...args) => {
        const [chosen, edits, cut] = args;
        const update = Y.encodeStateAsUpdate(busyDocument(chosen));
        const bytes = update.slice(0, cut % 4 === 0 ? cut % (update.length + 1) : update.length);
        for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
        let scan;
        try {
          scan = scanUpdate(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Malformed);
          return;
        }
        // What passes must be readable for every peer.
        expect(() => Y.decodeUpdate(bytes)).not.toThrow();
        expect(scan.blocks.every(({ structs }) => structs.length > 0)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['nothing at all', []],
    ['a length that reaches behind the message', [1, 1, 5, 0, 3 | 0x80, 5, 0, 0xff, 0x7f, 1, 2]],
    ['the same client twice', [2, 1, 5, 0, 0, 1, 1, 5, 0, 0, 1, 0]],
    ['a struct without length', [1, 1, 5, 0, 0, 0, 0]],
    ['a number beyond 53 bits', [1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['bytes behind the end', [0, 0, 0]],
    ['a document without options', [1, 1, 5, 0, 9, 1, 1, 0x61, 1, 0x67, 126, 0]],
    ['text that is not UTF-8', [1, 1, 5, 0, 4, 1, 1, 0x61, 2, 0xc3, 0x28, 0]],
    ['JSON that is none', [1, 1, 5, 0, 5, 1, 1, 0x61, 1, 0x7b, 0]],
  ])('[W3] refuses %s', (_what, bytes) => {
    expect(() => scanUpdate(Uint8Array.from(bytes))).toThrow(Malformed);
  });

  it('[W3] refuses values nested deeper than anybody writes', () => {
    const deep = Array.from({ length: 40 }, () => [117, 1]).flat();
    expect(() => scanUpdate(Uint8Array.from([1, 1, 5, 0, 8, 1, 1, 0x61, 1, ...deep, 126, 0]))).toThrow(/deeply/);
  });
});
