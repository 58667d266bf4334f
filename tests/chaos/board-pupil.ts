/** Somebody who draws in a soak: a page's own writing on a document of its own, and a socket that costs next to nothing. */
import * as Y from 'yjs';
import { beginStroke, eraseStrokes, type OpenStroke } from '#sync/documents/board-writer.ts';
import { Reader } from '#sync/wire/reader.ts';
import { Writer } from '#sync/wire/writer.ts';
import { ThinSocket, maskedFrame } from '../../bench/sync/thin-socket.ts';
import { ticketFor, until } from './board-client.ts';

const ACK = 100;
const EMPTY_VECTOR = Uint8Array.of(0);

export interface Place {
  readonly port: number;
  /** Of the document. */
  readonly name: string;
}

export class Pupil {
  readonly person: { readonly personId: string; readonly name: string };
  /** Called with each frame that comes. */
  onFrame: (payload: Buffer) => void = () => undefined;
  reconnects = -1;
  private readonly place: Place;
  private doc = new Y.Doc();
  private socket: ThinSocket | null = null;
  private sent = 0;
  private acknowledged = 0;
  private whole = false;
  private leaving = false;
  private lost = '';

  constructor(place: Place, id: string) {
    this.place = place;
    this.person = { personId: `p-${id}`, name: `Person ${id}` };
  }

  /** Nothing that it wrote is unsafe. */
  get settled(): boolean {
    this.check();
    return this.whole && this.acknowledged >= this.sent;
  }

  /** Opens the page: a document that knows nothing yet, a new client id, and the whole board fetched. */
  async come(): Promise<void> {
    const { port, name } = this.place;
    this.doc.destroy();
    this.doc = new Y.Doc();
    this.doc.on('update', (update: Uint8Array) => this.sendUpdate(update));
    [this.sent, this.acknowledged, this.whole, this.leaving] = [0, 0, false, false];
    this.reconnects += 1;
    const ticket = ticketFor(this.person, name, 'participant');
    const path = `/sync/${encodeURIComponent(name)}?ticket=${encodeURIComponent(ticket)}&ack=1`;
    const hearer = {
      onFrame: (payload: Buffer): void => this.hear(payload),
      onEnd: (code: number, reason: string): void => {
        // The end of one that was left is heard when the next is open already.
        if (this.socket === socket && !this.leaving)
          this.lost = `${this.person.personId} was sent away: ${code} ${reason}`;
      },
    };
    const socket = new ThinSocket(port, path, hearer, () =>
      this.say(new Writer().varUint(0).varUint(0).varBytes(EMPTY_VECTOR).finish()),
    );
    this.socket = socket;
    await until(() => this.settled, `${this.person.personId} to be in`, 30_000);
  }

  leave(): void {
    this.leaving = true;
    this.socket?.end();
  }

  async comeBack(): Promise<void> {
    await until(() => this.settled, 'all to be safe', 30_000);
    this.leave();
    await this.come();
  }

  begin(z: number): OpenStroke {
    return beginStroke(this.doc, this.person, { z, pen: 0, size: 3, pressure: false });
  }

  erase(key: string): void {
    eraseStrokes(this.doc, this.person, [key]);
  }

  sendUpdate(update: Uint8Array): void {
    this.sent += 1;
    this.say(new Writer().varUint(0).varUint(2).varBytes(update).finish());
  }

  /** Throws when the server sent it away. */
  private check(): void {
    if (this.lost !== '') throw new Error(this.lost);
  }

  private say(message: Uint8Array): void {
    this.socket?.send(maskedFrame(message));
  }

  private hear(payload: Buffer): void {
    // The step 2, or the end of a large one.
    if (payload[0] === 0 && payload[1] === 1) this.whole = true;
    if (payload[0] === ACK) {
      const reader = new Reader(payload);
      reader.varUint();
      this.acknowledged = reader.varUint();
    }
    this.onFrame(payload);
  }
}
