/** The media nodes that are heard of: each says every half second that it is there, where, and how busy. */
import type { Bus } from '#platform/bus/bus.ts';
import type { Log } from '../log.ts';

/** What a node says of itself. */
export interface NodeWord {
  readonly node: string;
  /** Where browsers reach it; null: wherever they reached the page. */
  readonly url: string | null;
  /** Of its workers, the mean share of a core. */
  readonly load: number;
  readonly peers: number;
  /** It lets nobody in any more. */
  readonly draining: boolean;
}

export const NODES_TOPIC = 'sfu-nodes';
/** How often a node is heard, wall ms. */
export const SAID_EVERY_MS = 500;
/** A node that was not heard for longer is taken for gone, wall ms. */
const FRESH_MS = 1_600;

/** Gives the way to say it: a bus that is away costs one line in the log, and is tried again with the next word. */
export function sayer(bus: Pick<Bus, 'publish'>, log: Log): (word: NodeWord) => Promise<void> {
  let heard = true;
  return async (word) => {
    try {
      await bus.publish(NODES_TOPIC, word);
      heard = true;
    } catch (error) {
      if (heard) log.warn({ err: error }, 'The doors do not hear this node');
      heard = false;
    }
  };
}

export class HeardNodes {
  readonly #nodes = new Map<string, { readonly word: NodeWord; readonly at: number; chosen: number }>();
  readonly #now: () => number;
  #stop: (() => Promise<void>) | null = null;

  /** @param now any clock that only goes forward, ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async listen(bus: Bus): Promise<void> {
    this.#stop = await bus.subscribe(NODES_TOPIC, (message) => {
      if (isNodeWord(message)) this.hear(message);
    });
  }

  hear(word: NodeWord): void {
    const now = this.#now();
    this.#nodes.set(word.node, { word, at: now, chosen: 0 });
    for (const [node, { at }] of this.#nodes) if (now - at > 100 * FRESH_MS) this.#nodes.delete(node);
  }

  /** Those that were heard just now. */
  get fresh(): readonly NodeWord[] {
    const now = this.#now();
    return [...this.#nodes.values()].filter(({ at }) => now - at <= FRESH_MS).map(({ word }) => word);
  }

  /** The least busy of these, which has one more room from now on. */
  choose(nodes: readonly NodeWord[]): NodeWord | null {
    const word = leastBusy(nodes, (node) => this.#nodes.get(node)?.chosen ?? 0);
    const known = word === null ? undefined : this.#nodes.get(word.node);
    if (known !== undefined) known.chosen += 1;
    return word;
  }

  /** All that are remembered: for when the bus is away, and nobody is heard any more. */
  get known(): readonly NodeWord[] {
    return [...this.#nodes.values()].map(({ word }) => word);
  }

  /** @param since as `now` counts, ms. */
  wasHeard(node: string, since: number): boolean {
    return (this.#nodes.get(node)?.at ?? -Infinity) >= since;
  }

  async close(): Promise<void> {
    await this.#stop?.();
  }
}

/** What a room that is about to begin is reckoned to add, as a share of a core. */
const ROOM_LOAD = 0.03;

/**
 * Where the next room goes: to the least busy node, and of those that are equally busy to the one with fewer people.
 * @param chosen rooms that were sent to a node since it was heard: what it said knows nothing of them.
 */
export function leastBusy(nodes: readonly NodeWord[], chosen: (node: string) => number = () => 0): NodeWord | null {
  const busy = ({ node, load }: NodeWord): number => tenths(load + ROOM_LOAD * chosen(node));
  const open = nodes.filter(({ draining }) => !draining);
  const [first] = open.toSorted((a, b) => busy(a) - busy(b) || a.peers + chosen(a.node) - b.peers - chosen(b.node));
  return first ?? null;
}

/** A measure of a second moves by itself; less than a tenth of a core says nothing. */
const tenths = (load: number): number => Math.round(load * 10);

function isNodeWord(message: unknown): message is NodeWord {
  if (typeof message !== 'object' || message === null) return false;
  const { node, url, load, peers, draining } = message as Partial<Record<keyof NodeWord, unknown>>;
  const place = typeof node === 'string' && (url === null || typeof url === 'string');
  return place && typeof load === 'number' && typeof peers === 'number' && typeof draining === 'boolean';
}
