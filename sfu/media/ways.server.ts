/**
 * The ways between routers of two workers, over which what comes to one is made known on the other. Not the library's
 * own `pipeToRouter`: it keeps a way that could not be made for ever, and the end of it that was made too.
 */
import type { Log } from '../log.ts';
import type { MediaConsumer, MediaProducer, MediaRouter, PipeTransport } from './types.ts';

/** Both ends, by the id of their router. */
type Ends = ReadonlyMap<string, PipeTransport>;

interface Way {
  readonly made: Promise<Ends>;
  /** As far as they are made. */
  readonly ends: Set<PipeTransport>;
}

/** All workers of a node are on one machine. */
const HERE = '127.0.0.1';

const keyOf = (one: MediaRouter, other: MediaRouter): string => [one.id, other.id].toSorted().join(' ');

export class Ways {
  readonly #log: Log;
  readonly #ways = new Map<string, Way>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Makes a producer known on another router, under the same id. Closing what is given ends that. */
  async bring(producer: MediaProducer, from: MediaRouter, to: MediaRouter): Promise<MediaConsumer> {
    const way = this.#ways.get(keyOf(from, to)) ?? this.#open(from, to);
    const ends = await way.made;
    const [near, far] = [ends.get(from.id), ends.get(to.id)];
    if (near === undefined || far === undefined) throw new Error('This way leads elsewhere');
    const carried = await near.consume({ producerId: producer.id });
    try {
      const { id, appData } = producer;
      const { kind, rtpParameters, producerPaused: paused } = carried;
      this.#tie(carried, await far.produce({ id, kind, rtpParameters, paused, appData }));
      if (producer.closed || carried.closed) throw new Error('It ended while it was brought to another worker');
      return carried;
    } catch (error) {
      carried.close();
      throw error;
    }
  }

  /** Closes the way between the two, and with it all that is brought over it. */
  close(one: MediaRouter, other: MediaRouter): void {
    for (const end of this.#ways.get(keyOf(one, other))?.ends ?? []) end.close();
  }

  /** The producer over there ends with what carries it, and is paused as it is. */
  #tie(carried: MediaConsumer, producer: MediaProducer): void {
    carried.observer.once('close', () => producer.close());
    producer.observer.once('close', () => carried.close());
    // Its worker may die while it is asked.
    const follow = (): void => {
      const asked = carried.producerPaused ? producer.pause() : producer.resume();
      asked.catch((error: unknown) => {
        if (!producer.closed) this.#log.error({ err: error }, 'A pause did not reach another worker');
      });
    };
    carried.observer.on('pause', follow).on('resume', follow);
    if (carried.closed) producer.close();
    else if (carried.producerPaused !== producer.paused) follow();
  }

  #open(from: MediaRouter, to: MediaRouter): Way {
    const key = keyOf(from, to);
    const ends = new Set<PipeTransport>();
    const way: Way = { made: this.#make(from, to, ends), ends };
    this.#ways.set(key, way);
    const forget = (): void => {
      if (this.#ways.get(key) === way) this.#ways.delete(key);
    };
    // The next thing that is brought finds no way that failed, or is closed, and makes one.
    way.made.then((made) => {
      for (const end of made.values()) end.observer.once('close', forget);
    }, forget);
    return way;
  }

  /** @param ends is given each end when it is made. None of them stays when the way cannot be made. */
  async #make(from: MediaRouter, to: MediaRouter, ends: Set<PipeTransport>): Promise<Ends> {
    const make = async (router: MediaRouter): Promise<PipeTransport> => {
      const end = await router.createPipeTransport({ listenIp: HERE, enableSctp: false });
      ends.add(end);
      return end;
    };
    // Both are waited for: the one that is made after the other failed has to go too.
    const [near, far] = await Promise.allSettled([make(from), make(to)]);
    try {
      if (near.status === 'rejected') throw near.reason;
      if (far.status === 'rejected') throw far.reason;
      const [one, other] = [near.value, far.value];
      one.observer.once('close', () => other.close());
      other.observer.once('close', () => one.close());
      await Promise.all([
        one.connect({ ip: HERE, port: other.tuple.localPort }),
        other.connect({ ip: HERE, port: one.tuple.localPort }),
      ]);
      if (one.closed || other.closed) throw new Error('A way was closed while it was made');
      return new Map([
        [from.id, one],
        [to.id, other],
      ]);
    } catch (error) {
      for (const end of ends) end.close();
      throw error;
    }
  }
}
