/**
 * Tells a conversation whom somebody has written to or named who has not seen it, and who has seen it since: no word of what
 * was said. Some seconds behind, so that nobody is told of what they are looking at; a failure is tried again.
 */
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { isDirectId } from '#events/conversation/names.ts';
import { idFrom } from '#events/shared/ids.ts';
import type { Addressees, CaughtUp, Waiting } from '../documents/addressed.ts';
import type { Log } from '../log.ts';

export interface AddressedPorts {
  readonly submit: Submit;
  /** Business ms. */
  readonly business: () => number;
  readonly log: Log;
  /** Between what was written and the look at who has seen it, wall ms. */
  readonly waitMs: number;
  /** Null when nothing of the conversation is stored. */
  readonly look: (conversationId: string, direct: boolean) => Promise<Addressees | null>;
}

/** What was told of one conversation by this process. */
interface Told {
  /** Who said it, and to whom → how far they had read then. Whoever has read on since is told again. */
  readonly waiting: Map<string, number>;
  /** Person → number of the last thing that they had seen. */
  readonly caughtUp: Map<string, number>;
}

/** Conversations of which it is kept; of the others something is said twice, which changes nothing. */
const MOST = 5_000;

export class Addressed {
  private readonly ports: AddressedPorts;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly told = new Map<string, Told>();
  private readonly running = new Set<Promise<void>>();
  private stopped = false;

  constructor(ports: AddressedPorts) {
    this.ports = ports;
  }

  /** Something of it was stored, a message or how far somebody has read. */
  written(conversationId: string): void {
    if (this.stopped || this.timers.has(conversationId)) return;
    const timer = setTimeout(() => {
      this.timers.delete(conversationId);
      const run = this.tell(conversationId)
        .catch((error: unknown) => {
          this.ports.log.warn({ err: error, conversationId }, 'a conversation could not be told who is addressed');
          this.written(conversationId);
        })
        .finally(() => this.running.delete(run));
      this.running.add(run);
    }, this.ports.waitMs);
    this.timers.set(conversationId, timer);
  }

  /** What was not told yet is told when something else is written there. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    await Promise.all(this.running);
  }

  private async tell(conversationId: string): Promise<void> {
    const found = await this.ports.look(conversationId, isDirectId(conversationId));
    if (!found) return;
    const told = this.toldOf(conversationId);
    for (const one of found.waiting) await this.tellWaiting(conversationId, one, told);
    for (const one of found.caughtUp) await this.tellCaughtUp(conversationId, one, told);
  }

  private toldOf(conversationId: string): Told {
    const told = this.told.get(conversationId) ?? { waiting: new Map(), caughtUp: new Map() };
    // The one that nobody wrote in for longest goes first.
    this.told.delete(conversationId);
    this.told.set(conversationId, told);
    for (const key of this.told.keys()) if (this.told.size > MOST) this.told.delete(key);
    return told;
  }

  private async tellWaiting(
    conversationId: string,
    { personId, by, message, mark }: Waiting,
    { waiting }: Told,
  ): Promise<void> {
    const pair = `${by} ${personId ?? ''}`;
    const before = waiting.get(pair);
    if (before !== undefined && before >= mark) return;
    const data = { conversationId, by, personId };
    await this.say({ type: 'NoteAddressed', now: this.ports.business(), data }, by, message, personId ?? '');
    waiting.set(pair, mark);
  }

  private async tellCaughtUp(conversationId: string, { personId, n }: CaughtUp, { caughtUp }: Told): Promise<void> {
    if ((caughtUp.get(personId) ?? 0) >= n) return;
    const data = { conversationId, personId };
    await this.say({ type: 'NoteCaughtUp', now: this.ports.business(), data }, personId, personId, String(n));
    caughtUp.set(personId, n);
  }

  private async say(
    command: Extract<AnyCommand, { type: 'NoteAddressed' | 'NoteCaughtUp' }>,
    by: string,
    ...what: readonly string[]
  ): Promise<void> {
    const { conversationId } = command.data;
    const answer = await this.ports.submit(command, {
      // The same from every process and at every try.
      commandId: idFrom(command.type, conversationId, ...what),
      correlationId: conversationId,
      causationId: conversationId,
      actor: { kind: 'person', id: by },
    });
    if (answer.kind === 'refusal')
      this.ports.log.info({ conversationId, code: answer.code }, 'a conversation did not take note');
  }
}
