/**
 * The class, a process of its own: `node writers.ts <plan file>`. It says `in` when all are, draws after a line `draw` until
 * a line `rest`, and ends with its input; what it counted is the last line that it writes.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writer } from '#sync/wire/writer.ts';
import { Pen } from '../sync/points.ts';
import { ThinSocket, maskedFrame } from '../sync/thin-socket.ts';
import { handOf } from './hand.ts';

export interface WritersPlan {
  readonly port: number;
  readonly people: readonly {
    readonly client: number;
    readonly id: string;
    readonly name: string;
    readonly path: string;
  }[];
  /** Updates a second of each. */
  readonly hz: number;
}

/** How late a schedule may be looked at, ms. */
const LOOK_MS = 4;

const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as WritersPlan;
const period = 1_000 / plan.hz;
const counted = { sent: 0, framesIn: 0, bytesIn: 0, closed: {} as Record<string, number> };
let drawing = false;
let since = 0;

const writers = plan.people.map((one, number) => {
  const pen = new Pen(one.client, { id: one.id, name: one.name }, number * 7, handOf(number, plan.people.length));
  const socket = new ThinSocket(
    plan.port,
    one.path,
    {
      onFrame: () => void (counted.framesIn += 1),
      onEnd: (code, reason) => {
        const what = `${code} ${reason}`;
        counted.closed[what] = (counted.closed[what] ?? 0) + 1;
      },
    },
    () => undefined,
  );
  const phase = (number * period) / plan.people.length;
  return { pen, socket, phase, number, turn: 0 };
});

/** All that is due by the schedule, which waits for nobody. */
function draw(): void {
  if (!drawing) return;
  const time = performance.now() - since;
  for (const writer of writers)
    for (; writer.phase + writer.turn * period <= time; writer.turn += 1) {
      const update = writer.pen.next({ writer: writer.number, at: 0 });
      writer.socket.send(maskedFrame(new Writer().varUint(0).varUint(2).varBytes(update).finish()));
      counted.sent += 1;
    }
}
setInterval(draw, LOOK_MS);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  drawing = line === 'draw';
  since = performance.now();
  for (const writer of writers) writer.turn = 0;
});
lines.on('close', () => {
  counted.bytesIn = writers.reduce((sum, { socket }) => sum + socket.bytes, 0);
  process.stdout.write(`${JSON.stringify(counted)}\n`, () => process.exit(0));
});
const waiting = setInterval(() => {
  if (!writers.every(({ socket }) => socket.open)) return;
  clearInterval(waiting);
  process.stdout.write('in\n');
}, 20);
