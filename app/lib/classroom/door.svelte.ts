/** The lesson's door as one page knows it: its latest answer, and when to ask again. Wall time. */
import type { Join } from '../../server/services.ts';
import { askToJoin, type JoinAnswer } from './tickets.ts';

/** A ticket is renewed this long before it runs out, ms. */
const RENEW_BEFORE_MS = 2 * 60_000;
/** One that runs out sooner is not worth a connection, ms. */
const LEAST_MS = 30_000;

export class Door {
  /** Documents, ticket, role; null while nobody is in. */
  current: Join | null = $state.raw(null);
  readonly #code: string;
  readonly #personId: string;
  readonly #ask: typeof askToJoin;

  constructor(code: string, personId: string, ask: typeof askToJoin = askToJoin) {
    this.#code = code;
    this.#personId = personId;
    this.#ask = ask;
  }

  /** The answer at hand, while it is good for a connection. */
  async open(): Promise<JoinAnswer> {
    const { current } = this;
    return current !== null && this.#left(current) > LEAST_MS ? { kind: 'join', join: current } : this.fresh();
  }

  async fresh(): Promise<JoinAnswer> {
    const answer = await this.#ask(this.#code, this.#personId);
    if (answer.kind === 'join') this.current = answer.join;
    return answer;
  }

  get wantsRenewal(): boolean {
    return this.current !== null && this.#left(this.current) <= RENEW_BEFORE_MS;
  }

  /** The next opening asks anew. */
  forget(): void {
    this.current = null;
  }

  #left({ expiresAt }: Join): number {
    return expiresAt - Date.now();
  }
}
