import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { beginStroke, eraseStrokes } from '#sync/documents/board-writer.ts';
import { OwnItems } from './own-items.ts';
import { Unsaved } from './unsaved.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };

describe('items that are not safe', () => {
  it('are those whose last change the server has not said to have', () => {
    const doc = new Y.Doc();
    const [counts, items] = [new Unsaved(), new OwnItems(doc)];
    doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      items.wrote(transaction, counts.change());
      counts.send('update');
    });
    const acknowledge = (count: number): readonly string[] => {
      counts.acknowledge(count);
      items.safe(counts.durable);
      return items.keys;
    };
    counts.connect();
    counts.send('step2');
    const head = { z: 1, pen: 0, size: 3, pressure: false };
    const one = beginStroke(doc, ASHA, head);
    one.append([{ x: 0, y: 0, pressure: 0 }]);
    one.seal();
    const two = beginStroke(doc, ASHA, head);
    expect(items.keys).toEqual([one.key, two.key]);
    // The stroke is begun and not finished at the server.
    expect(acknowledge(3)).toEqual([one.key, two.key]);
    expect(acknowledge(4)).toEqual([two.key]);
    two.append([{ x: 9, y: 9, pressure: 0 }]);
    expect(acknowledge(5)).toEqual([two.key]);
    expect(acknowledge(6)).toEqual([]);
    // A mark on it is no change of its ink.
    eraseStrokes(doc, ASHA, [one.key]);
    expect(items.keys).toEqual([]);
  });
});
