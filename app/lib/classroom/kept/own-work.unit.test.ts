import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { changeItems, beginStroke, eraseStrokes } from '#sync/documents/board-writer.ts';
import { readBoard } from '#sync/documents/board-reader.ts';
import { STROKES } from '#sync/documents/board.ts';
import type { Kept, Refused } from './contract.ts';
import { memoryKept } from './memory.ts';
import { OwnWork } from './own-work.ts';
import { leftoversOf } from './store.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const NAME = 'board:l';
const SERVER = 'server';

/** What the server has: it takes everything, and leaves out what it is told to refuse. */
class Server {
  readonly doc = new Y.Doc();
  refuse: (key: string) => boolean = () => false;
  refusals = 0;

  take(update: Uint8Array): boolean {
    Y.applyUpdate(this.doc, update);
    const strokes = this.doc.getMap<unknown>(STROKES);
    const bad = [...strokes.keys()].filter((key) => this.refuse(key));
    this.doc.transact(() => {
      for (const key of bad) strokes.delete(key);
    });
    this.refusals += bad.length;
    return bad.length > 0;
  }
}

const open: Tab[] = [];
const soon = (): Promise<unknown> => new Promise((done) => setTimeout(done, 30));

/** A page of this person with one document, and its connection by hand. */
class Tab {
  readonly doc = new Y.Doc();
  readonly work: OwnWork;
  readonly told: string[] = [];
  asked = 0;
  private server: Server | null = null;

  private constructor(
    kept: Kept,
    client: number,
    stored: Awaited<ReturnType<Kept['load']>>,
    after: Refused | null | undefined,
  ) {
    this.doc.clientID = client;
    this.work = new OwnWork({
      doc: this.doc,
      name: NAME,
      surface: 'board',
      device: { kept, code: 'code', stored, anew: after === undefined ? null : { lost: after } },
      startsOver: true,
      onChange: () => undefined,
      ask: () => {
        this.asked += 1;
        this.work.asked();
      },
      onRefused: (reason) => this.told.push(reason),
    });
    this.doc.on('update', (update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
      this.work.changed(update, origin, origin === SERVER, transaction);
      if (this.server && origin !== SERVER) this.send('update', update);
    });
    open.push(this);
  }

  static async open(kept: Kept, client: number, after?: Refused | null): Promise<Tab> {
    const tab = new Tab(kept, client, await kept.load(NAME), after);
    tab.work.askTabs();
    await soon();
    return tab;
  }

  draw(): string {
    const stroke = beginStroke(this.doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
    stroke.append([{ x: 1, y: 1, pressure: 0 }]);
    stroke.seal();
    return stroke.key;
  }

  /** Up to where the page has sent what it has; `answer` is what the server says of itself meanwhile. */
  connect(server: Server): { answer: Uint8Array; denied: boolean } {
    this.work.connected();
    this.work.asked();
    const answer = Y.encodeStateAsUpdate(server.doc);
    this.server = server;
    return { answer, denied: this.send('step2', Y.encodeStateAsUpdate(this.doc)) };
  }

  answer(update = Y.encodeStateAsUpdate(this.server?.doc ?? new Y.Doc())): void {
    Y.applyUpdate(this.doc, update, SERVER);
    this.work.answered();
  }

  private sent = 0;
  acknowledge(): void {
    this.work.acknowledged(this.sent);
  }

  private send(kind: 'step2' | 'update', update: Uint8Array): boolean {
    this.work.counts.send(kind, this.work.clocks);
    this.sent = kind === 'step2' ? 1 : this.sent + 1;
    return this.server?.take(update) ?? false;
  }
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((tab) => tab.work.close()));
});

describe('work that the server does not take', () => {
  it('OF6 is put aside before the answer takes it from the document, and kept is what everybody has', async () => {
    const kept = memoryKept(ASHA.personId);
    const server = new Server();
    const tab = await Tab.open(kept, 5);
    const [taken, refused] = [tab.draw(), tab.draw()];
    server.refuse = (key) => key === refused;
    const { answer, denied } = tab.connect(server);
    expect(denied).toBe(true);
    tab.work.denied('no-write');
    expect(tab.work.settled).toBe(false);
    // Under way since before: it says nothing of what was refused.
    tab.answer(answer);
    expect(tab.work.settled).toBe(false);
    expect(tab.work.lost).toBeNull();
    await expect.poll(() => tab.asked).toBe(1);
    tab.answer();
    expect(tab.work.settled).toBe(true);
    expect(tab.work.lost).toMatchObject({ reason: 'no-write', keys: [refused] });
    expect(tab.doc.getMap(STROKES).has(taken)).toBe(true);
    await expect.poll(async () => (await kept.load(NAME))?.refused?.keys).toEqual([refused]);
  });

  it('OF6 is not forgotten by a page that goes while it is found out: the next one finds it', async () => {
    const kept = memoryKept(ASHA.personId);
    const server = new Server();
    const tab = await Tab.open(kept, 5);
    const refused = tab.draw();
    server.refuse = () => true;
    tab.connect(server);
    tab.work.denied('board-locked');
    tab.acknowledge();
    await tab.work.close();
    expect((await leftoversOf(kept, 'l')).map(({ keys }) => keys)).toEqual([[refused]]);
    const next = await Tab.open(kept, 6);
    next.connect(server);
    next.answer();
    expect(next.work.lost).toMatchObject({ keys: [refused] });
    // Nobody told it, and its document differs from everybody's.
    expect(next.told).toEqual(['not-allowed']);
  });

  it('OF5 OF6 is put aside by a tab that sends it for another one, moves and erasures too', async () => {
    const kept = memoryKept(ASHA.personId);
    const server = new Server();
    const away = await Tab.open(kept, 5);
    const here = await Tab.open(kept, 6);
    here.connect(server);
    here.answer();
    const [theirs, alsoTheirs] = [away.draw(), away.draw()];
    eraseStrokes(away.doc, ASHA, [alsoTheirs]);
    await expect.poll(() => here.doc.getMap(STROKES).has(alsoTheirs)).toBe(true);
    await soon();
    expect(here.work.entries).toBe(3);
    // Refused before this tab asks what became of it.
    server.refuse = () => true;
    changeItems(here.doc, ASHA, [{ key: theirs, aspect: 'pen', value: 2 }]);
    expect(server.refusals).toBe(2);
    here.work.denied('no-write');
    here.acknowledge();
    await away.work.close();
    await expect.poll(() => here.asked).toBe(1);
    here.answer();
    expect(here.work.lost?.keys).toEqual([theirs, alsoTheirs]);
    await expect.poll(async () => (await kept.load(NAME))?.refused?.keys).toEqual([theirs, alsoTheirs]);
    const stored = await kept.load(NAME);
    const shown = new Y.Doc();
    Y.applyUpdate(shown, stored?.refused?.update ?? new Uint8Array());
    expect(
      readBoard(shown)
        .visible()
        .map(({ key }) => key),
    ).toEqual([theirs]);
  });

  it('OF5 OF6 lets other tabs start over that were not told', async () => {
    const kept = memoryKept(ASHA.personId);
    const server = new Server();
    const one = await Tab.open(kept, 5);
    const two = await Tab.open(kept, 6);
    one.draw();
    await soon();
    server.refuse = () => true;
    one.connect(server);
    one.work.denied('no-write');
    await expect.poll(() => one.asked).toBe(1);
    one.answer();
    await expect.poll(() => two.told).toEqual(['no-write']);
  });
});

describe('a document that started over', () => {
  it('OF1 OF5 takes the place of what is kept only when nothing in it waits for the server', async () => {
    const kept = memoryKept(ASHA.personId);
    const server = new Server();
    const other = await Tab.open(kept, 5);
    const first = await Tab.open(kept, 6);
    await first.work.close();
    // Written by a tab that died before it could tell anybody.
    const lonely = new Y.Doc();
    lonely.clientID = 7;
    const stroke = beginStroke(lonely, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
    stroke.seal();
    await kept.write(NAME, 'code', [Y.encodeStateAsUpdate(lonely)], new Map([[7, Y.getState(lonely.store, 7)]]));
    const next = await Tab.open(kept, 8, null);
    next.connect(server);
    next.answer();
    next.work.keepWhole();
    await soon();
    expect((await leftoversOf(kept, 'l')).map(({ keys }) => keys)).toEqual([[stroke.key]]);
    await kept.markSafe(NAME, new Map([[7, 100]]));
    next.draw();
    next.acknowledge();
    await expect.poll(async () => (await kept.load(NAME))?.updates.length).toBe(1);
    expect(other.work.entries).toBe(0);
  });
});
