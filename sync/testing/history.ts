/** Made-up histories for tests and measurements: people who draw, change, erase and write, from one seed. */
import * as Y from 'yjs';
import { randomOf } from '#platform/random/seeded.ts';
import {
  addPage,
  beginStroke,
  changeItems,
  eraseStrokes,
  putFigure,
  restoreStrokes,
} from '../documents/board-writer.ts';
import { FIRST_PAGE } from '../documents/board.ts';
import type { HistoryRow } from '../documents/history.ts';
import type { Author } from '../documents/people.ts';
import { readPages } from '../documents/pages.ts';

/** Writers on one document whose updates are rows of one history, in the order in which they came. */
export class Script {
  readonly rows: HistoryRow[] = [];
  /** Business ms of the next row. */
  now: number;
  private readonly docs = new Map<string, Y.Doc>();
  private readonly waiting = new Map<Y.Doc, Uint8Array[]>();
  private nextClient = 1;

  constructor(now = Date.UTC(2026, 10, 21, 13, 0, 0)) {
    this.now = now;
  }

  /** A person's own copy; what others wrote is in it after `meet`. */
  docOf({ personId }: Author): Y.Doc {
    const known = this.docs.get(personId);
    if (known) return known;
    const doc = new Y.Doc();
    doc.clientID = this.nextClient;
    this.nextClient += 1;
    this.docs.set(personId, doc);
    for (const { body } of this.rows) Y.applyUpdate(doc, body, 'row');
    this.waiting.set(doc, []);
    doc.on('update', (body: Uint8Array, origin: unknown) => {
      if (origin === 'row') return;
      this.rows.push({
        seq: this.rows.length + 1,
        at: this.now,
        wallAt: this.now - 7,
        personId,
        brought: false,
        late: false,
        body,
      });
      for (const [other, updates] of this.waiting) if (other !== doc) updates.push(body);
    });
    return doc;
  }

  /** Everyone hears what the others wrote. */
  meet(): void {
    for (const [doc, updates] of this.waiting)
      for (const update of updates.splice(0)) Y.applyUpdate(doc, update, 'row');
  }
}

const head = (z: number, page: string) => ({ z, pen: z % 5, size: 3, pressure: z % 3 === 0, page });

/** A board on which `acts` things happen by several people at once, over `spanMs` of business time. */
export function randomBoard(seed: number, acts: number, people: readonly Author[], spanMs = 3_600_000): HistoryRow[] {
  const random = randomOf(seed);
  const script = new Script();
  const open = new Map<Author, ReturnType<typeof beginStroke>>();
  const own = new Map<Author, string[]>();
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  for (let n = 1; n <= acts; n += 1) {
    script.now += Math.floor(random() * 2 * (spanMs / acts));
    const author = pick(people);
    if (!author) break;
    const doc = script.docOf(author);
    const mine = own.get(author) ?? [];
    own.set(author, mine);
    const stroke = open.get(author);
    const page = pick(readPages(doc))?.key ?? FIRST_PAGE;
    const key = pick(mine);
    const what = random();
    if (stroke && what < 0.7) {
      stroke.append(
        Array.from({ length: 3 }, () => ({ x: random() * 800 - 400, y: random() * 600 - 300, pressure: random() })),
      );
    } else if (stroke) {
      stroke.seal();
      mine.push(stroke.key);
      open.delete(author);
    } else if (what < 0.55) open.set(author, beginStroke(doc, author, head(n, page)));
    else if (what < 0.65)
      mine.push(putFigure(doc, author, { ...head(n, page), kind: 'note', at: [n % 90, 5], text: `note ${n}` }));
    else if (what < 0.7) addPage(doc, author, { order: n, paper: 'grid', gone: false });
    else if (key !== undefined && what < 0.8) eraseStrokes(doc, author, [key]);
    else if (key !== undefined && what < 0.85) restoreStrokes(doc, author, [key]);
    else if (key !== undefined) changeItems(doc, author, [{ key, aspect: 'place', value: [1, 0, 0, 1, n, -n] }]);
    if (random() < 0.4) script.meet();
  }
  return script.rows;
}

/** Handwriting of a long lesson: strokes of `chunks` updates each, one after the other. */
export function handwriting(
  strokes: number,
  chunks: number,
  author: Author,
  spanMs: number,
  client?: number,
): HistoryRow[] {
  const random = randomOf(strokes + (client ?? 0));
  const script = new Script();
  const doc = script.docOf(author);
  if (client !== undefined) doc.clientID = client;
  const step = spanMs / (strokes * (chunks + 2));
  for (let n = 0; n < strokes; n += 1) {
    const stroke = beginStroke(doc, author, { z: n + 1, pen: n % 5, size: 3, pressure: false });
    let [x, y] = [(n % 40) * 20 - 400, (Math.floor(n / 40) % 30) * 20 - 300];
    for (let c = 0; c < chunks; c += 1) {
      script.now += step;
      stroke.append(
        Array.from({ length: 3 }, () => ({ x: (x += random() * 4 - 1), y: (y += random() * 4 - 2), pressure: 0.5 })),
      );
    }
    script.now += step;
    stroke.seal();
    script.now = Math.round(script.now + step);
  }
  return script.rows.map((row) => ({ ...row, at: Math.round(row.at), wallAt: Math.round(row.wallAt) }));
}

/** A class in which everybody writes all the time: the strokes of all together, each of `chunks` updates. */
export function classWriting(
  strokes: number,
  chunks: number,
  authors: readonly Author[],
  spanMs: number,
): HistoryRow[] {
  const each = Math.ceil(strokes / authors.length);
  return authors
    .flatMap((author, i) => handwriting(each, chunks, author, spanMs, i + 1))
    .sort((a, b) => a.at - b.at)
    .map((row, i) => ({ ...row, seq: i + 1 }));
}
