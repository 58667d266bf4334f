/**
 * One room's media on one worker or several. On each it has a part; what somebody sends is brought to another part once,
 * when somebody there wants it, and taken back when nobody does any more.
 */
import { expectedConsumers } from './placing.ts';
import type { MediaConsumer, MediaProducer } from './types.ts';
import type { RoomRouter, Workers } from './workers.server.ts';

/** What one producer has on another part. */
interface Bridge {
  readonly from: RoomRouter;
  readonly to: RoomRouter;
  /** Consumers that need it, from the moment they ask. */
  users: number;
  readonly made: Promise<MediaConsumer>;
  /** Closing it closes the far end. */
  pipe: MediaConsumer | null;
}

interface Loud {
  readonly producerId: string;
  /** dB; the highest is the loudest. */
  readonly volume: number;
}

interface Part {
  people: number;
  loud: readonly Loud[];
}

export class Spread {
  readonly #workers: Pick<Workers, 'place'>;
  readonly #onHeard: (producerIds: readonly string[]) => void;
  readonly #parts = new Map<RoomRouter, Part>();
  readonly #bridges = new Map<string, Bridge>();
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param onHeard told whose microphones are loud, the loudest first; none when nobody speaks. */
  constructor(workers: Pick<Workers, 'place'>, onHeard: (producerIds: readonly string[]) => void) {
    this.#workers = workers;
    this.#onHeard = onHeard;
  }

  get parts(): readonly RoomRouter[] {
    return [...this.#parts.keys()];
  }

  /** A place for one more person; `leave` gives it back. */
  seat(): Promise<RoomRouter> {
    // One after the other: two who come at once must not open a room on two workers.
    const turn = this.#turn.then(async () => {
      if (this.#closed) throw new Error('The room is closed');
      const part = await this.#workers.place(this.parts.filter(({ router }) => !router.closed));
      if (this.#closed) {
        part.close();
        throw new Error('The room was closed while a worker was asked');
      }
      const known = this.#parts.get(part) ?? this.#begin(part);
      known.people += 1;
      this.#reckon();
      return part;
    });
    // Whoever asked for this seat hears of it; the next one only waits.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The part goes with its last person. */
  leave(part: RoomRouter): void {
    const known = this.#parts.get(part);
    if (known === undefined) return;
    known.people -= 1;
    if (known.people === 0) {
      this.#parts.delete(part);
      part.close();
      this.#tell();
    }
    this.#reckon();
  }

  /**
   * Makes a producer known on another part.
   * @returns to be called when it is not needed there any more.
   */
  async bring(producer: MediaProducer, from: RoomRouter, to: RoomRouter): Promise<() => void> {
    if (from === to) return () => undefined;
    const key = `${producer.id} ${to.router.id}`;
    const bridge = this.#bridges.get(key) ?? this.#build(key, producer, from, to);
    bridge.users += 1;
    let held = true;
    const release = (): void => {
      if (held) this.#release(key, bridge);
      held = false;
    };
    try {
      bridge.pipe = await bridge.made;
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    for (const part of this.parts) {
      this.#parts.delete(part);
      part.close();
    }
  }

  #begin(part: RoomRouter): Part {
    const known: Part = { people: 0, loud: [] };
    this.#parts.set(part, known);
    const hear = (loud: readonly Loud[]): void => {
      known.loud = loud;
      this.#tell();
    };
    part.levels.on('volumes', (volumes) =>
      hear(volumes.map(({ producer, volume }) => ({ producerId: producer.id, volume }))),
    );
    part.levels.on('silence', () => hear([]));
    return known;
  }

  #tell(): void {
    if (this.#closed) return;
    const loud = [...this.#parts.values()].flatMap((part) => part.loud);
    this.#onHeard(loud.toSorted((a, b) => b.volume - a.volume).map(({ producerId }) => producerId));
  }

  #reckon(): void {
    const all = [...this.#parts.values()].reduce((sum, { people }) => sum + people, 0);
    for (const [part, { people }] of this.#parts) part.expected = expectedConsumers(people, all);
  }

  #build(key: string, producer: MediaProducer, from: RoomRouter, to: RoomRouter): Bridge {
    const bridge: Bridge = { from, to, users: 0, made: from.pipe(producer, to), pipe: null };
    this.#bridges.set(key, bridge);
    return bridge;
  }

  #release(key: string, bridge: Bridge): void {
    bridge.users -= 1;
    if (bridge.users > 0) return;
    if (this.#bridges.get(key) === bridge) this.#bridges.delete(key);
    bridge.pipe?.close();
    const { from, to } = bridge;
    const used = [...this.#bridges.values()].some(
      (other) => (other.from === from && other.to === to) || (other.from === to && other.to === from),
    );
    if (!used) from.unpipe(to);
  }
}
