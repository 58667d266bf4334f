/** What the generator is told to do, and what it tells afterwards: JSON from process to process. */
import type { Times } from './histogram.ts';

/** How a contender speaks. `floor`: frames go out and come in, nobody looks into them. */
export type Wire = 'ours' | 'plain' | 'hocuspocus' | 'floor';

export interface Someone {
  /** A Yjs client id. */
  readonly client: number;
  readonly id: string;
  readonly name: string;
  /** Of the upgrade, with the ticket. */
  readonly path: string;
  /** Another than the plan's, with several nodes. */
  readonly port?: number;
}

export interface Group {
  readonly people: readonly Someone[];
  /** How many of them write, from the first on who is not a watcher. */
  readonly writers: number;
  readonly watchers?: number;
  /** When they come and go, ms from the start; the first group is in before it, and stays. */
  readonly joinAt: number;
  readonly leaveAt: number | null;
  /** Whoever is refused comes back, as a stock client does. */
  readonly comesBack: boolean;
}

export interface Plan {
  readonly wire: Wire;
  readonly port: number;
  readonly document: string;
  readonly groups: readonly Group[];
  /** Updates a second of each writer. */
  readonly hz: number;
  /** Nothing is counted in the first `warmMs`; then `measureMs` are. */
  readonly warmMs: number;
  readonly measureMs: number;
  /** An update that is in the document before anybody draws, by the first writers in turn (base64). */
  readonly before?: readonly string[];
  /** Processes whose CPU is counted, children included. */
  readonly pids: Readonly<Record<string, number>>;
  /** Where the acknowledged is looked up afterwards. */
  readonly database?: string;
}

export interface Cpu {
  /** Cores, by process. */
  readonly cores: Readonly<Record<string, number>>;
  readonly rigCores: number;
  /** The whole machine, kernel included. */
  readonly machineCores: number;
}

export interface Report {
  readonly latency: Times;
  /** Where the first writer's node is and where it is not, with several nodes. */
  readonly sameNode?: Times;
  readonly otherNode?: Times;
  /** Of the first group, second by second from the start, p99 ms. */
  readonly p99BySecond: readonly number[];
  /** From the time at which an update was due until its ack, ms. */
  readonly ack: Times;
  readonly cpu: Cpu;
  /** Delivered in the measured time: an update that one receiver got. */
  readonly delivered: number;
  readonly bytesPerReceiver: number;
  readonly framesPerReceiver: number;
  readonly missing: number;
  readonly doubled: number;
  readonly acknowledged: number;
  readonly acknowledgedLost: number;
  /** Replicas that are not equal to the first, of those that were kept. */
  readonly diverged: number;
  /** Close code and reason → how often. */
  readonly closed: Readonly<Record<string, number>>;
  /** How long those who came later took from their connection to the whole document, ms. */
  readonly joined: Times;
  readonly problem: string | null;
}
