/** A running product with lessons, people with tickets for their boards, and the class that draws there. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Y from 'yjs';
import { createTicketOffice } from '#events/access/ticket.server.ts';
import { addPage, beginStroke } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { InkPoint } from '#sync/documents/ink.ts';
import { Writer } from '#sync/wire/writer.ts';
import { payOrder, signIn, tutorBySlug } from '../../tests/support/api.ts';
import { moveClockTo } from '../../tests/support/clock.ts';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { removeData, startProduct, type Product } from '../../tests/support/product.ts';
import { ThinSocket, maskedFrame } from '../sync/thin-socket.ts';
import type { WritersPlan } from './writers.ts';

const QUIET = '--disable-warning=ExperimentalWarning';
const TICKET_MS = 850_000;
/** Client ids that the product itself never reaches. */
const FIRST_CLIENT = 3_000_000_000;

type Someone = WritersPlan['people'][number];

export interface School {
  readonly product: Product;
  readonly postgres: TestPostgres;
  /** Books a lesson of Kavita Rao with the demo student and lets it begin; gives its code. */
  lesson(): Promise<string>;
  /** People with tickets of a lesson's board. */
  people(lessonId: string, from: number, count: number): Someone[];
  stop(): Promise<void>;
}

/** Keeps a process and what it started on the first core. */
const firstCore = (pid: number): void => void execFileSync('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });

export async function openSchool(): Promise<School> {
  const key = '5c'.repeat(32);
  const postgres = await startPostgres(['synchronous_commit=on', 'shared_buffers=256MB', 'max_wal_size=4GB']);
  const product = await startProduct({ env: { DATABASE_URL: postgres.url, TICKET_KEY: key } });
  firstCore(product.pid);
  firstCore(postgres.pid());
  const office = createTicketOffice(Buffer.from(key));
  return {
    product,
    postgres,
    async lesson() {
      const client = await signIn(product.url, 'student@demo.test');
      const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
      const slot = slots.find(({ seats, minutes }) => seats === 1 && minutes === 60);
      if (!slot) throw new Error('The tutor has no free hour');
      const { body } = await client.book({ tutorId, offerId: slot.offerId, startsAt: slot.startsAt });
      await payOrder(product.url, body.orderId ?? '');
      const { code } = await client.bookingWhen(body.bookingId, (booking) => booking.code !== null);
      await moveClockTo(product.url, slot.startsAt - 60_000);
      return code ?? '';
    },
    people: (lessonId, from, count) =>
      Array.from({ length: count }, (_, i) => {
        const [id, name, document] = [`p-${from + i}`, `Person ${from + i}`, `board:${lessonId}`];
        const ticket = office.sign({
          lessonId,
          personId: id,
          name,
          role: 'participant',
          documents: { [document]: [] },
          expiresAt: Date.now() + TICKET_MS,
        });
        const path = `/sync/${encodeURIComponent(document)}?ticket=${encodeURIComponent(ticket)}&ack=1`;
        return { client: FIRST_CLIENT + from + i, id, name, path };
      }),
    async stop() {
      await product.stop();
      await removeData(product);
      await postgres.stop();
    },
  };
}

export const portOf = ({ url }: Product): number => Number(new URL(url).port);

export interface Class {
  readonly pid: number;
  draw(): void;
  rest(): void;
  /** Sends everybody home; gives what they counted. */
  end(): Promise<unknown>;
}

/** People who draw when they are told to. */
export async function openClass(plan: WritersPlan): Promise<Class> {
  const folder = mkdtempSync(join(tmpdir(), 'nexused-class-'));
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const child = spawn('taskset', ['-c', '0', process.execPath, QUIET, join(import.meta.dirname, 'writers.ts'), file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  while (!output.includes('in\n')) {
    if (child.exitCode !== null) throw new Error('The class did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  rmSync(folder, { recursive: true, force: true });
  return {
    pid: child.pid ?? 0,
    draw: () => void child.stdin.write('draw\n'),
    rest: () => void child.stdin.write('rest\n'),
    async end() {
      child.stdin.end();
      await exited;
      process.off('exit', killed);
      return JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as unknown;
    },
  };
}

/** Points of one stroke of a full board. */
const POINTS = 30;

/** Where the n-th stroke of a page is, in logical pixels: all of them within what everybody sees. */
function strokeAt(n: number): InkPoint[] {
  const [x, y] = [-380 + (n % 40) * 19, -280 + Math.floor(n / 40) * 22];
  return Array.from({ length: POINTS }, (_, i) => ({
    x: x + i * 0.5 + 2 * Math.sin(i / 2 + n),
    y: y + 6 + 5 * Math.cos(i / 3 + n),
    pressure: 0.5,
  }));
}

/** Lets many people draw a whole board, as their pens do, on pages of `perPage` strokes; ends when all of it is safe. */
export async function fillBoard(
  port: number,
  people: readonly Someone[],
  { strokes, perPage }: { readonly strokes: number; readonly perPage: number },
): Promise<void> {
  const docs = people.map(({ client }) => {
    const doc = new Y.Doc();
    doc.clientID = client;
    return doc;
  });
  const [first] = people;
  const [firstDoc] = docs;
  if (!first || !firstDoc) return;
  const pages = [FIRST_PAGE];
  for (let order = 1; order < strokes / perPage; order += 1)
    pages.push(addPage(firstDoc, { personId: first.id, name: first.name }, { order, paper: 'dots', gone: false }));
  for (let n = 0; n < strokes; n += 1) {
    const [one, doc] = [people[n % people.length], docs[n % docs.length]];
    if (!one || !doc) continue;
    const page = pages[Math.floor(n / perPage)] ?? FIRST_PAGE;
    const head = { z: n + 1, pen: n % 5, size: 3, pressure: false, page };
    const stroke = beginStroke(doc, { personId: one.id, name: one.name }, head);
    stroke.append(strokeAt(n % perPage));
    stroke.seal();
  }
  for (const [i, doc] of docs.entries()) await tell(port, people[i]?.path ?? '', Y.encodeStateAsUpdate(doc));
}

const ACK = 100;

/** Sends one update and waits until the server says that it is safe. */
const tell = (port: number, path: string, update: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    let safe = false;
    const hearer = {
      onFrame: (payload: Buffer): void => {
        if (payload[0] !== ACK) return;
        safe = true;
        socket.end();
      },
      onEnd: (code: number, reason: string): void =>
        safe ? resolve() : reject(new Error(`The board was not taken: ${code} ${reason}`)),
    };
    const socket = new ThinSocket(port, path, hearer, () =>
      socket.send(maskedFrame(new Writer().varUint(0).varUint(2).varBytes(update).finish())),
    );
  });
