/** What a simulated life runs in: followers of the log at their own pace, timers, calls outward, and one source of chance. */
import type { AnyCommand } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import type { Fact } from '../fact.ts';
import { PROCESSES } from '../processes/all.ts';
import type { Intent, Process } from '../processes/process.ts';
import { Checks } from './checks.ts';
import { Domain } from './domain.ts';
import { FakeProvider, type Row } from './provider.ts';

/** A Monday, 10:00 in Kolkata. */
export const NOW = Date.UTC(2026, 11, 7, 4, 30);

interface Follower {
  take(fact: Fact): void;
}

interface Timer {
  readonly dueAt: number;
  readonly intent: Intent;
}

export class Simulation {
  now = NOW;
  readonly domain = new Domain();
  readonly provider = new FakeProvider();
  readonly checks = new Checks();
  readonly violations: string[] = [];
  readonly #random: () => number;
  readonly #timers = new Map<string, Timer>();
  readonly #fired = new Set<string>();
  readonly #rows: Row[] = [];
  readonly #followers: readonly Follower[];
  #checked = 0;
  #step = 0;
  /** How often the provider may still say no: it ends somewhere, as people would see to it. */
  #refusals = 5;

  constructor(random: () => number) {
    this.#random = random;
    this.#followers = PROCESSES.map((any) => any.run((process) => this.#follow(process)));
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  pick<T>(...options: readonly T[]): T | undefined {
    return options[Math.floor(this.#random() * options.length)];
  }

  between(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  give(intent: Intent, commandId = `step ${(this.#step += 1)}`): string | null {
    // `Intent` is a command without its time, and here is the time.
    const refused = this.domain.give({ ...intent, now: this.now } as AnyCommand, commandId);
    for (; this.#checked < this.domain.facts.length; this.#checked += 1) {
      const fact = this.domain.facts[this.#checked];
      const wrong = fact && this.checks.see(fact);
      if (wrong) this.violations.push(`${wrong} (fact ${this.#checked + 1}, ${fact.type})`);
    }
    return refused;
  }

  #follow<State>(process: Process<State>): Follower {
    const states = new Map<string, State>();
    return {
      take: (fact) => {
        const key = process.keyOf(fact);
        if (key === null) return;
        const state = process.evolve(states.get(key) ?? process.initial, fact);
        // Killed before the commit: the fact comes again, with the same commands.
        const times = this.chance(0.05) ? 2 : 1;
        for (let time = 0; time < times; time += 1)
          for (const reaction of process.react(fact, state, { accountId: 'acc_1' })) {
            if (reaction.kind === 'command') this.give(reaction.command, idFrom(fact.id, process.name, reaction.step));
            else if (time > 0) continue;
            else if (reaction.kind === 'timer') this.#arm(reaction.key, reaction.dueAt, reaction.command);
            else if (reaction.kind === 'forget') for (const name of reaction.keys) this.#timers.delete(name);
            else if (reaction.kind === 'call') this.#plan(reaction);
          }
        states.set(key, state);
      },
    };
  }

  #arm(key: string, dueAt: number, intent: Intent): void {
    if (!this.#timers.has(key) && !this.#fired.has(key)) this.#timers.set(key, { dueAt, intent });
  }

  #plan({ operationId, call }: Omit<Row, 'state'>): void {
    if (!this.#rows.some((row) => row.operationId === operationId))
      this.#rows.push({ operationId, call, state: 'planned' });
  }

  readonly #seen: number[] = [];

  /** One process takes one fact; false when all have seen everything. */
  follow(): boolean {
    const behind = this.#followers.flatMap((follower, n) =>
      (this.#seen[n] ?? 0) < this.domain.facts.length ? [{ follower, n }] : [],
    );
    // All processes of the product move together, fact by fact; here each at its own pace, which is harder.
    const next = this.pick(...behind);
    if (!next) return false;
    const at = this.#seen[next.n] ?? 0;
    const fact = this.domain.facts[at];
    this.#seen[next.n] = at + 1;
    if (fact) next.follower.take(fact);
    return true;
  }

  /** One due timer fires; false when none is due. */
  fire(): boolean {
    for (const [key, { dueAt, intent }] of this.#timers)
      if (dueAt <= this.now) {
        this.#timers.delete(key);
        this.#fired.add(key);
        this.give(intent, `timer ${key}`);
        return true;
      }
    return false;
  }

  nextTimerAt(): number | null {
    const due = [...this.#timers.values()].map((timer) => timer.dueAt);
    return due.length > 0 ? Math.min(...due) : null;
  }

  /** One call outward goes a step; false when none waits. */
  call(calm = false): boolean {
    const waiting = this.#rows.filter((row) => row.state !== 'done');
    const row = this.pick(...waiting);
    if (!row) return false;
    if (row.state === 'unknown') {
      const found = this.provider.found(row);
      row.state = found ? 'done' : 'planned';
      if (found) this.give(found);
      return true;
    }
    const dice = calm ? 0 : this.#random();
    if (dice < 0.7) {
      this.provider.commit(row);
      const found = this.provider.found(row);
      row.state = 'done';
      if (found) this.give(found);
    } else if (dice < 0.8) {
      this.provider.commit(row);
      row.state = 'unknown';
    } else if (dice < 0.88) row.state = 'unknown';
    else if (dice < 0.92) {
      const delayed = this.provider.delayed(row);
      if (delayed) this.give(delayed);
    } else if (this.#refusals > 0) {
      const refused = this.provider.refused(row);
      if (refused) {
        this.#refusals -= 1;
        row.state = 'done';
        this.give(refused);
      }
    }
    return true;
  }

  quiet(): boolean {
    return (
      !this.#rows.some((row) => row.state !== 'done') &&
      this.#followers.every((_, n) => (this.#seen[n] ?? 0) === this.domain.facts.length)
    );
  }
}
