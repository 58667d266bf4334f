/** What the host allows, as the server holds to it: every combination, through the same door as an update from a socket. */
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '../documents/board-reader.ts';
import {
  addPage,
  beginStroke,
  changeItems,
  changePage,
  eraseStrokes,
  putFigure,
  restoreStrokes,
  rewriteFigure,
} from '../documents/board-writer.ts';
import { FIRST_PAGE, PAGES, STROKES } from '../documents/board.ts';
import { readMessages } from '../documents/chat-reader.ts';
import { postMessage } from '../documents/chat-writer.ts';
import type { Surface } from '../documents/names.ts';
import { MOST_OWN_PAGES, MOST_SHARED_PAGES, readPages } from '../documents/pages.ts';
import { PEOPLE, introduce } from '../documents/people.ts';
import { FREE, RIGHTS, WRITE_RULES, readRights, setRights, whyNotOn, type RightsChange } from '../documents/rights.ts';
import { Assembly } from '../wire/assemble.ts';
import { scanUpdate } from '../wire/scan.ts';
import { Admission, type Way } from './admit.ts';
import { loadState, type DocumentState } from './state.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const ROHAN = { personId: 'p-rohan', name: 'Rohan' };
const TUTOR = { personId: 'p-tutor', name: 'Ananya' };
type Person = typeof ASHA;
const OWNERS = new Map([
  [1, ASHA.personId],
  [2, ROHAN.personId],
  [3, ASHA.personId],
  [4, TUTOR.personId],
  [5, TUTOR.personId],
]);
const NOW = Date.UTC(2026, 10, 21);
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const AT = [0, 0, 10, 10];
const line = [0, 10, 20].map((x) => ({ x, y: x, pressure: 0.5 }));
const head = (page: string) => ({ z: 1, pen: 0, size: 3, pressure: false, page });
const figure = (page: string) => ({ kind: 'line', z: 1, pen: 0, size: 3, page, at: AT, text: '' }) as const;

/** A server's side of one document, and clients that write to it. */
class Side {
  state: DocumentState;
  readonly here = new Set<string>();
  /** Whose own board it is. */
  arranger = '';
  private admission: Admission;
  private readonly surface: Surface;

  constructor(surface: Surface) {
    this.surface = surface;
    this.state = loadState(surface, { snapshot: null, updates: [] }, QUIET);
    this.admission = this.admit();
  }

  private admit(): Admission {
    const { index, containers, guard } = this.state;
    const ownerOf = (client: number): string | undefined => OWNERS.get(client);
    return new Admission(
      index,
      containers,
      ownerOf,
      (id) => this.here.has(id),
      () => NOW,
      guard,
    );
  }

  /** As another process, or this one after a restart: all it knows is what is stored. */
  reload(): void {
    const body = Y.encodeStateAsUpdate(this.state.doc);
    this.state = loadState(this.surface, { snapshot: null, updates: [{ seq: 1, body }] }, QUIET);
    this.admission = this.admit();
  }

  take(update: Uint8Array, writer: Person, way: Way = 'own') {
    const into = new Assembly();
    const who = { ...writer, host: writer === TUTOR, arranges: writer.personId === this.arranger };
    const admitted = this.admission.admit(scanUpdate(update), who, way, [into]);
    const relayed = into.encode();
    Y.applyUpdate(this.state.doc, relayed);
    if (this.state.guard.touched) this.state.guard.settle(this.state.doc);
    return { ...admitted, relayed };
  }

  /** A page of this person that has everything so far. */
  client(id: number): Y.Doc {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.state.doc));
    // Afterwards: Yjs takes another id when it meets its own.
    doc.clientID = id;
    return doc;
  }

  /** What `act` adds to a document, sent by its person. */
  does(doc: Y.Doc, person: Person, act: () => void) {
    const updates: Uint8Array[] = [];
    const keep = (update: Uint8Array): void => void updates.push(update);
    doc.on('update', keep);
    act();
    doc.off('update', keep);
    return this.take(Y.mergeUpdates(updates), person);
  }

  says(...changes: readonly RightsChange[]) {
    const doc = this.client(4);
    return this.does(doc, TUTOR, () => setRights(doc, TUTOR.personId, ...changes));
  }

  /** All that is to be seen of a board, in one text. */
  seen(): string {
    const board = readBoard(this.state.doc);
    const items = [...this.state.doc.getMap(STROKES).keys()].map((key) => board.get(key) ?? null);
    return JSON.stringify([items.filter((item) => item !== null), this.state.doc.getMap(PAGES).toJSON()]);
  }
}

/** A board with a second page, and an item of Asha's on each. */
function prepared() {
  const side = new Side('board');
  const tutor = side.client(4);
  let page = '';
  side.does(tutor, TUTOR, () => (page = addPage(tutor, TUTOR, { order: 1, paper: 'grid', gone: false })));
  const asha = side.client(1);
  const keys: Record<string, string> = {};
  side.does(asha, ASHA, () => {
    for (const where of [FIRST_PAGE, page]) {
      keys[where] = putFigure(asha, ASHA, figure(where));
      keys[`erased ${where}`] = putFigure(asha, ASHA, figure(where));
      eraseStrokes(asha, ASHA, [keys[`erased ${where}`] ?? '']);
    }
  });
  return { side, page, keys };
}

/** Everything that a person does on a page: each leaves something else behind when it is taken. */
const ACTS: Readonly<Record<string, (doc: Y.Doc, who: Person, page: string, keys: Record<string, string>) => void>> = {
  'draws a stroke': (doc, who, page) => {
    const stroke = beginStroke(doc, who, head(page));
    stroke.append(line);
    stroke.seal();
  },
  'begins a stroke': (doc, who, page) => beginStroke(doc, who, head(page)).append(line),
  'puts a shape': (doc, who, page) => void putFigure(doc, who, figure(page)),
  'rewrites a shape': (doc, _who, page, keys) =>
    rewriteFigure(doc, keys[page] ?? '', { ...figure(page), at: [5, 5, 6, 6] }),
  'erases an item': (doc, who, page, keys) => void eraseStrokes(doc, who, [keys[page] ?? '']),
  'takes erasing back': (doc, who, page, keys) => void restoreStrokes(doc, who, [keys[`erased ${page}`] ?? '']),
  'moves an item': (doc, who, page, keys) =>
    changeItems(doc, who, [{ key: keys[page] ?? '', aspect: 'place', value: [1, 0, 0, 1, 9, 9] }]),
};

describe('on the board', () => {
  it('[R2] [R3] takes each act where its person may write, refuses it with the reason where not, and keeps the rest', () => {
    let refused = 0;
    let taken = 0;
    for (const reloaded of [false, true])
      for (const write of WRITE_RULES)
        for (const may of [null, true, false])
          for (const closed of [false, true])
            for (const lockedPage of ['none', 'first', 'second'])
              for (const [name, act] of Object.entries(ACTS)) {
                const { side, page, keys } = prepared();
                const locked = lockedPage === 'first' ? FIRST_PAGE : page;
                side.says(
                  { kind: 'write', value: write },
                  { kind: 'may', personId: ASHA.personId, value: may },
                  { kind: 'closed', value: closed },
                  ...(lockedPage === 'none' ? [] : [{ kind: 'lock', page: locked, value: true } as const]),
                );
                if (reloaded) side.reload();
                const rights = readRights(side.state.doc, 'board');
                for (const where of [FIRST_PAGE, page]) {
                  const before = side.seen();
                  const doc = side.client(1);
                  const { denied } = side.does(doc, ASHA, () => act(doc, ASHA, where, keys));
                  const why = whyNotOn(rights, ASHA.personId, false, where);
                  expect(denied, `${name} ${write} ${may} ${closed} ${lockedPage}`).toBe(why);
                  expect(side.seen() === before, name).toBe(why !== null);
                  if (why === null) taken += 1;
                  else refused += 1;
                }
              }
    expect([taken > 200, refused > 300]).toEqual([true, true]);
  });

  it('[R2] the host writes whatever is locked, and rights are nobody else’s to say', () => {
    const { side, page, keys } = prepared();
    side.says({ kind: 'closed', value: true }, { kind: 'lock', page, value: true }, { kind: 'write', value: 'nobody' });
    for (const act of Object.values(ACTS)) {
      const doc = side.client(4);
      const own = { ...keys };
      expect(side.does(doc, TUTOR, () => act(doc, TUTOR, page, own)).denied).toBe(
        // Only its author rewrites a shape, or takes back a mark.
        act === ACTS['rewrites a shape'] ? 'not-allowed' : null,
      );
    }
    for (const by of [ASHA.personId, TUTOR.personId]) {
      const doc = side.client(1);
      const { denied } = side.does(doc, ASHA, () => setRights(doc, by, { kind: 'closed', value: false }));
      expect(denied).toBe('not-allowed');
    }
    const doc = side.client(1);
    side.does(doc, ASHA, () => doc.getMap(RIGHTS).delete('closed'));
    expect(readRights(side.state.doc, 'board').closed).toBe(true);
    expect(side.state.guard.rights).toEqual(readRights(side.state.doc, 'board'));
  });

  it('[R3] a stroke that was begun stays as far as it came; its end is refused', () => {
    const { side, page } = prepared();
    const doc = side.client(1);
    let stroke: ReturnType<typeof beginStroke> | null = null;
    side.does(doc, ASHA, () => {
      stroke = beginStroke(doc, ASHA, head(page));
      stroke.append(line);
    });
    const open = stroke ?? beginStroke(doc, ASHA, head(page));
    side.says({ kind: 'lock', page, value: true });
    expect(side.does(doc, ASHA, () => open.append([{ x: 99, y: 99, pressure: 0.5 }])).denied).toBe('page-locked');
    expect(side.does(doc, ASHA, () => open.seal()).denied).toBe('page-locked');
    const item = readBoard(side.client(2)).get(open.key);
    expect(item).toMatchObject({ sealed: false, page });
    expect(item?.points).toHaveLength(9);
    // And after a restart, too.
    side.reload();
    expect(readBoard(side.client(2)).get(open.key)?.points).toHaveLength(9);
  });

  it('[R3] keeps the allowed parts of an update, and what the refused ones were to replace', () => {
    const { side, page, keys } = prepared();
    side.says({ kind: 'lock', page, value: true });
    const doc = side.client(1);
    let mine = '';
    const { denied } = side.does(doc, ASHA, () => {
      mine = putFigure(doc, ASHA, figure(FIRST_PAGE));
      // Onto the locked page, and off it.
      rewriteFigure(doc, keys[FIRST_PAGE] ?? '', figure(page));
      rewriteFigure(doc, keys[page] ?? '', figure(FIRST_PAGE));
    });
    expect(denied).toBe('page-locked');
    const board = readBoard(side.state.doc);
    expect(board.get(mine)?.page).toBe(FIRST_PAGE);
    expect(board.get(keys[FIRST_PAGE] ?? '')?.page).toBe(FIRST_PAGE);
    expect(board.get(keys[page] ?? '')?.page).toBe(page);
  });

  it('[R3] nothing of the refused is relayed, not even what hangs on it', () => {
    const { side } = prepared();
    side.says({ kind: 'write', value: 'nobody' });
    const doc = side.client(1);
    const stroke = beginStroke(doc, ASHA, head(FIRST_PAGE));
    const first = side.take(Y.encodeStateAsUpdate(doc), ASHA);
    side.says({ kind: 'write', value: 'everyone' });
    const more = side.does(doc, ASHA, () =>
      stroke.append(Array.from({ length: 50 }, (_, x) => ({ x, y: 1, pressure: 0.5 }))),
    );
    expect([first.denied, more.denied]).toEqual(['no-write', 'no-write']);
    expect(more.relayed.length).toBeLessThan(12);
    // A page that was not told to start over still may draw something new.
    expect(side.does(doc, ASHA, () => void putFigure(doc, ASHA, figure(FIRST_PAGE))).denied).toBeNull();
  });

  it('[R3] pages: a locked one is not arranged, and without the right to write none is added', () => {
    const { side } = prepared();
    let own = '';
    const asha = side.client(1);
    side.does(asha, ASHA, () => (own = addPage(asha, ASHA, { order: 2, paper: 'dots', gone: false })));
    side.says({ kind: 'lock', page: own, value: true });
    expect(
      side.does(asha, ASHA, () => changePage(asha, ASHA, own, { order: 2, paper: 'dots', gone: true })).denied,
    ).toBe('page-locked');
    side.says({ kind: 'may', personId: ASHA.personId, value: false });
    const again = side.client(1);
    const denied = side.does(again, ASHA, () => void addPage(again, ASHA, { order: 3, paper: 'dots', gone: false }));
    expect(denied.denied).toBe('no-write');
  });

  it('[A14] what the host has locked its author leaves as it is; what they locked themselves they change', () => {
    const { side } = prepared();
    const asha = side.client(1);
    let [key, other] = ['', ''];
    side.does(asha, ASHA, () => {
      key = putFigure(asha, ASHA, figure(FIRST_PAGE));
      other = putFigure(asha, ASHA, figure(FIRST_PAGE));
      changeItems(asha, ASHA, [{ key: other, aspect: 'lock', value: true }]);
    });
    const tutor = side.client(4);
    const lock = (value: boolean) =>
      side.does(tutor, TUTOR, () => changeItems(tutor, TUTOR, [{ key, aspect: 'lock', value }]));
    lock(true);
    const before = side.seen();
    const denied = (act: (doc: Y.Doc, key: string) => void, item = key): string | null => {
      const doc = side.client(1);
      return side.does(doc, ASHA, () => act(doc, item)).denied;
    };
    const acts: readonly ((doc: Y.Doc, key: string) => void)[] = [
      (doc, item) => changeItems(doc, ASHA, [{ key: item, aspect: 'lock', value: false }]),
      (doc, item) => changeItems(doc, ASHA, [{ key: item, aspect: 'place', value: [1, 0, 0, 1, 5, 5] }]),
      (doc, item) => changeItems(doc, ASHA, [{ key: item, aspect: 'cuts', value: [0, 16] }]),
      (doc, item) => changeItems(doc, ASHA, [{ key: item, aspect: 'pen', value: 2 }]),
      (doc, item) => rewriteFigure(doc, item, { ...figure(FIRST_PAGE), at: [0, 0, 90, 90] }),
      (doc, item) => void doc.getMap(STROKES).delete(item),
      (doc, item) => void eraseStrokes(doc, ASHA, [item]),
    ];
    expect(acts.map((act) => denied(act))).toEqual(acts.map(() => 'item-locked'));
    expect(side.seen()).toBe(before);
    // Also for a process that knows no more than what is stored.
    side.reload();
    expect(acts.map((act) => denied(act))).toEqual(acts.map(() => 'item-locked'));
    expect(side.seen()).toBe(before);
    // Nobody brings it for them either.
    const doc = side.client(1);
    changeItems(doc, ASHA, [{ key, aspect: 'lock', value: false }]);
    expect(side.take(Y.encodeStateAsUpdate(doc), ROHAN, 'brought').changed).toBe(false);
    expect(side.seen()).toBe(before);
    expect(
      denied((one, item) => changeItems(one, ASHA, [{ key: item, aspect: 'lock', value: false }]), other),
    ).toBeNull();
    const again = side.client(5);
    side.does(again, TUTOR, () => changeItems(again, TUTOR, [{ key, aspect: 'lock', value: false }]));
    expect(acts.map((act) => denied(act))).toEqual(acts.map(() => null));
  });

  it('[A15] nobody fills the board with their pages, and what they take away makes room', () => {
    const { side } = prepared();
    const asha = side.client(1);
    const state = (order: number, gone = false) => ({ order, paper: 'dots', gone }) as const;
    const pages: string[] = [];
    side.does(asha, ASHA, () => {
      for (let n = 0; n < MOST_OWN_PAGES + 5; n += 1) pages.push(addPage(asha, ASHA, state(-n)));
    });
    const own = (): number =>
      readPages(side.state.doc).filter(({ key }) => pages.includes(key) || key.startsWith('3.')).length;
    expect(own()).toBe(MOST_OWN_PAGES);
    const other = side.client(3);
    expect(side.does(other, ASHA, () => void addPage(other, ASHA, state(7))).denied).toBe('too-many-pages');
    side.reload();
    const third = side.client(1);
    expect(side.does(third, ASHA, () => changePage(third, ASHA, pages[0] ?? '', state(0, true))).denied).toBeNull();
    expect(side.does(third, ASHA, () => void addPage(third, ASHA, state(9))).denied).toBeNull();
    expect(side.does(third, ASHA, () => changePage(third, ASHA, pages[0] ?? '', state(0))).denied).toBe(
      'too-many-pages',
    );
    const rohan = side.client(2);
    expect(side.does(rohan, ROHAN, () => void addPage(rohan, ROHAN, state(3))).denied).toBeNull();
    // The host has room left, and no page of theirs is pushed out of sight.
    const tutor = side.client(4);
    const theirs: string[] = [];
    side.does(tutor, TUTOR, () => {
      for (let n = 0; n < MOST_SHARED_PAGES; n += 1) theirs.push(addPage(tutor, TUTOR, state(50 + n)));
    });
    expect(side.does(rohan, ROHAN, () => void addPage(rohan, ROHAN, state(4))).denied).toBe('too-many-pages');
    const seen = new Set(readPages(side.state.doc).map(({ key }) => key));
    expect([FIRST_PAGE, ...theirs].filter((key) => !seen.has(key))).toEqual([]);
  });

  it('[A15] says of one page too many that it is one, and takes what else is in the update', () => {
    const side = new Side('board');
    const doc = side.client(1);
    const state = { order: 1, paper: 'dots', gone: false } as const;
    for (let n = 0; n < MOST_OWN_PAGES; n += 1) side.does(doc, ASHA, () => addPage(doc, ASHA, state));
    expect(readPages(side.state.doc)).toHaveLength(MOST_OWN_PAGES + 1);
    const more = side.does(doc, ASHA, () => {
      addPage(doc, ASHA, state);
      putFigure(doc, ASHA, figure(FIRST_PAGE));
    });
    expect(more.denied).toBe('too-many-pages');
    expect(readPages(side.state.doc)).toHaveLength(MOST_OWN_PAGES + 1);
    expect(side.state.doc.getMap(STROKES).size).toBe(1);
  });

  it('[R2] the host keeps others from adding pages, and from nothing else', () => {
    const side = new Side('board');
    const state = { order: 1, paper: 'dots', gone: false } as const;
    const asha = side.client(1);
    let own = '';
    side.does(asha, ASHA, () => (own = addPage(asha, ASHA, state)));
    side.says({ kind: 'pages', value: false });
    const did = (who: Person, doc: Y.Doc, act: () => unknown): string | null =>
      side.does(doc, who, () => void act()).denied;
    expect([
      did(ASHA, asha, () => changePage(asha, ASHA, own, { ...state, paper: 'grid' })),
      did(ASHA, asha, () => putFigure(asha, ASHA, figure(own))),
      did(ASHA, asha, () => changePage(asha, ASHA, own, { ...state, gone: true })),
    ]).toEqual([null, null, null]);
    // What they took away does not come back, either.
    const [late, tutor] = [side.client(3), side.client(4)];
    expect([
      did(ASHA, late, () => changePage(late, ASHA, own, state)),
      did(TUTOR, tutor, () => addPage(tutor, TUTOR, state)),
    ]).toEqual(['pages-closed', null]);
    expect(readPages(side.state.doc)).toHaveLength(2);
    side.arranger = ROHAN.personId;
    const rohan = side.client(2);
    expect(did(ROHAN, rohan, () => addPage(rohan, ROHAN, state))).toBeNull();
    side.arranger = '';
    side.says({ kind: 'pages', value: true });
    const again = side.client(3);
    expect(did(ASHA, again, () => addPage(again, ASHA, state))).toBeNull();
  });

  it('[A10] a student arranges every page of their own board, the host’s and the first among them', () => {
    const { side, page } = prepared();
    const gone = { order: 4, paper: 'ruled', gone: true } as const;
    const does = (person: Person, id: number, key: string): string | null => {
      const doc = side.client(id);
      return side.does(doc, person, () => changePage(doc, person, key, gone)).denied;
    };
    expect([does(ASHA, 1, FIRST_PAGE), does(ASHA, 1, page)]).toEqual(['not-allowed', 'not-allowed']);
    side.arranger = ASHA.personId;
    expect([does(ROHAN, 2, FIRST_PAGE), does(ASHA, 1, FIRST_PAGE), does(ASHA, 1, page)]).toEqual([
      'not-allowed',
      null,
      null,
    ]);
  });

  it('[R3] ink does not slip out of a lock by naming another page', () => {
    const { side, page } = prepared();
    const doc = side.client(1);
    let key = '';
    side.does(doc, ASHA, () => (key = beginStroke(doc, ASHA, head(page)).key));
    const live = doc.getMap<Y.Array<unknown>>(STROKES).get(key);
    const slip = side.does(doc, ASHA, () => live?.insert(0, [{ z: 1, pen: 0, size: 3 }]));
    expect(slip.denied).toBe('not-allowed');
  });

  it('[R3] a name is no contribution, and what was deleted before may be said again', () => {
    const { side, page, keys } = prepared();
    const doc = side.client(1);
    side.does(doc, ASHA, () => void restoreStrokes(doc, ASHA, [keys[`erased ${page}`] ?? '']));
    side.says({ kind: 'closed', value: true });
    expect(side.take(Y.encodeStateAsUpdate(doc), ASHA).denied).toBeNull();
    const other = side.client(3);
    expect(side.does(other, ASHA, () => introduce(other, ASHA)).denied).toBeNull();
    expect(side.state.doc.getMap(PEOPLE).size).toBe(3);
  });

  it('[R4] nobody brings rights, nor what neither may write', () => {
    const { side } = prepared();
    // The host was here, wrote, and is gone; a process died with what came last.
    const tutor = side.client(4);
    setRights(tutor, TUTOR.personId, { kind: 'closed', value: true });
    expect(side.take(Y.encodeStateAsUpdate(tutor), ROHAN, 'brought').ruled).toEqual([]);
    expect(side.state.guard.rights.closed).toBe(false);
    // Once the host is back it is theirs to say, as if nothing had been.
    expect(side.take(Y.encodeStateAsUpdate(tutor), TUTOR).ruled).toHaveLength(1);
    const asha = side.client(1);
    const key = putFigure(asha, ASHA, figure(FIRST_PAGE));
    side.take(Y.encodeStateAsUpdate(asha), ROHAN, 'brought');
    expect(side.state.doc.getMap(STROKES).has(key)).toBe(false);
    side.says({ kind: 'closed', value: false });
    side.take(Y.encodeStateAsUpdate(asha), ROHAN, 'brought');
    expect(side.state.doc.getMap(STROKES).has(key)).toBe(true);
  });

  it('[R4] follows what other processes took in, and agrees with the document when two pages of the host speak at once', () => {
    const side = new Side('board');
    const [one, two] = [side.client(4), side.client(5)];
    setRights(one, TUTOR.personId, { kind: 'write', value: 'nobody' });
    setRights(two, TUTOR.personId, { kind: 'write', value: 'picked' });
    side.take(Y.encodeStateAsUpdate(two), TUTOR, 'trusted');
    expect(side.state.guard.rights.write).toBe('picked');
    side.take(Y.encodeStateAsUpdate(one), TUTOR);
    expect(side.state.guard.rights).toEqual(readRights(side.state.doc, 'board'));
    expect(side.state.guard.rights.write).toBe('picked');
  });
});

describe('in a chat', () => {
  const said = (side: Side): string[] => readMessages(side.state.doc).map(({ text }) => text);
  const says = (side: Side, id: number, who: Person, text: string) => {
    const doc = side.client(id);
    return side.does(doc, who, () => void postMessage(doc, who, text, NOW)).denied;
  };

  it('[R2] the host closes it for all, or mutes one', () => {
    const side = new Side('chat');
    expect(says(side, 1, ASHA, 'one')).toBeNull();
    side.says({ kind: 'mute', personId: ASHA.personId, value: true });
    expect([says(side, 1, ASHA, 'two'), says(side, 2, ROHAN, 'three')]).toEqual(['muted', null]);
    side.says({ kind: 'closed', value: true });
    expect([says(side, 1, ASHA, 'x'), says(side, 2, ROHAN, 'x'), says(side, 4, TUTOR, 'four')]).toEqual([
      'chat-closed',
      'chat-closed',
      null,
    ]);
    expect(said(side)).toEqual(['one', 'three', 'four']);
  });

  it('[R5] a private line is open as long as the lesson’s chat allows private lines', () => {
    const side = new Side('chat');
    let privateLines = true;
    side.state.guard.outer = () => ({ ...FREE, privateLines, closed: true });
    expect(says(side, 1, ASHA, 'one')).toBeNull();
    privateLines = false;
    expect([says(side, 1, ASHA, 'two'), says(side, 4, TUTOR, 'three')]).toEqual(['private-closed', null]);
    expect(said(side)).toEqual(['one', 'three']);
  });
});
