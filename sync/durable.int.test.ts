import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { freePort } from '../tests/support/free-port.ts';
import { startChild, type Child } from '../tests/support/child.ts';
import { readBoard } from './documents/board-reader.ts';
import { beginStroke } from './documents/board-writer.ts';
import { ASHA, ROHAN, Raw, aLesson, officeAt, until } from './testing/harness.server.ts';
import { step1Message, updateMessage } from './wire/messages.ts';

describe('a killed process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sync-'));
  let port = 0;
  let child: Child;
  const up = async (): Promise<Child> =>
    startChild(
      process.execPath,
      [join(import.meta.dirname, 'testing/serve.ts'), folder, String(port)],
      {},
      async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/?name=board:up&person=nobody`);
        return answer.ok;
      },
    );
  const idOf = async (name: string, personId: string): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}/?name=${name}&person=${personId}`);
    const ids: unknown = await answer.json();
    return Array.isArray(ids) && typeof ids[0] === 'number' ? ids[0] : 0;
  };
  const open = (name: string, lessonId: string, who: typeof ASHA): Promise<Raw> => {
    const expiresAt = Date.now() + 600_000;
    const ticket = officeAt(Date.now).sign({
      lessonId,
      ...who,
      role: 'participant',
      documents: { [name]: [] },
      expiresAt,
    });
    return Raw.open(`ws://127.0.0.1:${port}/sync/${name}?ticket=${ticket}&ack=1`);
  };
  /** What a fresh reader gets. */
  const read = async (name: string, lessonId: string): Promise<Set<string>> => {
    const raw = await open(name, lessonId, ROHAN);
    raw.send(step1Message(Uint8Array.of(0)));
    const answer = (): Uint8Array | undefined => raw.heard.find(([type, step]) => type === 0 && step === 1);
    await until(() => answer() !== undefined, 'the document');
    const doc = new Y.Doc();
    const { readVarUint8Array, createDecoder } = await import('lib0/decoding');
    Y.applyUpdate(doc, readVarUint8Array(createDecoder((answer() ?? new Uint8Array()).subarray(2))));
    raw.end();
    return new Set(
      readBoard(doc)
        .visible()
        .map(({ key }) => key),
    );
  };

  beforeAll(async () => {
    port = await freePort();
    child = await up();
  });
  afterAll(async () => {
    await child.end('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('[K2] loses nothing that it acknowledged, killed in the middle of a storm of strokes, three times', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const acknowledged = new Set<string>();
    let given = 0;
    for (let round = 0; round < 3; round += 1) {
      const client = await idOf(name, ASHA.personId);
      // Never the same id again, across restarts.
      expect(client).toBeGreaterThan(given);
      given = client;
      const raw = await open(name, lessonId, ASHA);
      const doc = new Y.Doc();
      doc.clientID = client;
      const keys: string[] = [];
      doc.on('update', (update: Uint8Array) => raw.send(updateMessage(update)));
      const settle = (): void => {
        // A stroke is three updates: begun, inked, sealed.
        const whole = Math.floor(raw.acknowledged / 3);
        for (const key of keys.slice(0, whole)) acknowledged.add(key);
      };
      const killAfter = 20 + round * 15;
      while (raw.closed === null) {
        const stroke = beginStroke(doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
        stroke.append([{ x: keys.length, y: 0, pressure: 0.5 }]);
        stroke.seal();
        keys.push(stroke.key);
        await new Promise((resolve) => setTimeout(resolve, 4));
        if (raw.acknowledged >= killAfter * 3) await child.end('SIGKILL');
      }
      settle();
      expect(acknowledged.size).toBeGreaterThanOrEqual(killAfter);
      child = await up();
      const found = await read(name, lessonId);
      expect([...acknowledged].filter((key) => !found.has(key))).toEqual([]);
    }
  }, 120_000);
});
