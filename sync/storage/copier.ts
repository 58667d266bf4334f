/**
 * Sees to it that the documents of a lesson that is over get their compact copy: soon after the end, and, for those whose
 * process died in between, whenever somebody looks. One process at a time; two would do the same work and change nothing.
 */
import { newId } from '#events/shared/ids.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { parseDocumentName } from '../documents/names.ts';
import type { Log } from '../log.ts';
import type { Copies } from './copies.server.ts';

const LEASE = 'sync-copies';
const LEASE_MS = 60_000;

export interface CopierPorts {
  readonly copies: Copies;
  readonly bus: Bus;
  readonly log: Log;
  /** Wall ms. */
  readonly wall: () => number;
  /** Documents with something that no copy has. */
  readonly uncopied: () => Promise<readonly string[]>;
  /** Whether the lesson is over. */
  readonly isOver: (lessonId: string) => Promise<boolean>;
  /** Whether this process has nothing of the lesson's that is on its way to the database. */
  readonly settled: (lessonId: string) => boolean;
  /** Between two looks, wall ms. */
  readonly everyMs: number;
}

/** A lesson that goes on is asked about again after this long, wall ms. */
const ASK_AGAIN_MS = 5 * 60_000;
/** How long what was accepted at the last moment may take to be stored, wall ms. */
const SETTLE_MS = 1_000;

export class Copier {
  private readonly ports: CopierPorts;
  private readonly holder = newId();
  /** Lesson → do not ask before, wall ms. */
  private readonly goesOn = new Map<string, number>();
  private next: number;
  private working: Promise<void> | null = null;
  private stopped = false;

  constructor(ports: CopierPorts) {
    this.ports = ports;
    this.next = ports.wall() + SETTLE_MS;
  }

  /** The lesson is over: what of it is on its way is stored by the next look but one. */
  soon(lessonId: string): void {
    this.goesOn.delete(lessonId);
    this.next = Math.min(this.next, this.ports.wall() + SETTLE_MS);
  }

  /** Called again and again. */
  sweep(): void {
    const now = this.ports.wall();
    if (now < this.next || this.working || this.stopped) return;
    this.next = now + this.ports.everyMs;
    this.working = this.look()
      .catch((error: unknown) => this.ports.log.warn({ err: error }, 'copies of documents could not be made yet'))
      .finally(() => {
        this.working = null;
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.working;
  }

  private async look(): Promise<void> {
    const { bus, uncopied, wall } = this.ports;
    for (const [lessonId, until] of this.goesOn) if (until < wall()) this.goesOn.delete(lessonId);
    for (const name of await uncopied()) {
      if (this.stopped) break;
      const document = parseDocumentName(name);
      if (!document || this.goesOn.has(document.lessonId)) continue;
      if (!(await bus.lease(LEASE, this.holder, LEASE_MS))) return;
      await this.copy(name, document.lessonId);
    }
    await bus.release(LEASE, this.holder);
  }

  private async copy(name: string, lessonId: string): Promise<void> {
    const { copies, log, wall, isOver, settled } = this.ports;
    try {
      if (!(await isOver(lessonId))) return void this.goesOn.set(lessonId, wall() + ASK_AGAIN_MS);
      if (settled(lessonId)) await copies.make(name);
      else this.soon(lessonId);
    } catch (error) {
      log.warn({ err: error, document: name }, 'the copy of a document could not be made yet');
    }
  }
}
