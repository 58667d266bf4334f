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
  /** The media server is not where the last answer says, or does not answer there. */
  #doubted: { readonly avoid: string | null } | null = null;
  /** The page prepares and the person comes in: both mean the same answer. */
  #opening: Promise<JoinAnswer> | null = null;

  constructor(code: string, personId: string, ask: typeof askToJoin = askToJoin) {
    this.#code = code;
    this.#personId = personId;
    this.#ask = ask;
  }

  /** The answer at hand, while it is good for a connection. */
  async open(): Promise<JoinAnswer> {
    const { current } = this;
    const good = current !== null && this.#doubted === null && this.#left(current) > LEAST_MS;
    if (good) return { kind: 'join', join: current };
    const opening = this.#opening ?? this.fresh();
    this.#opening = opening;
    try {
      return await opening;
    } finally {
      if (this.#opening === opening) this.#opening = null;
    }
  }

  async fresh(): Promise<JoinAnswer> {
    const doubted = this.#doubted;
    const avoid = doubted?.avoid ?? null;
    const answer = await this.#ask(this.#code, this.#personId, avoid === null ? {} : { avoid });
    if (answer.kind === 'join') {
      this.current = answer.join;
      if (this.#doubted === doubted) this.#doubted = null;
    }
    return answer;
  }

  /** A new ticket for who is connected, and stays where they are. */
  async renew(): Promise<JoinAnswer> {
    const { current } = this;
    const answer = await this.#ask(this.#code, this.#personId, { renewing: true });
    if (answer.kind !== 'join') return answer;
    this.current = current === null ? answer.join : { ...answer.join, signalling: current.signalling };
    return { kind: 'join', join: this.current };
  }

  /**
   * The next opening asks anew; until then the ticket at hand serves board and chat.
   * @param avoid where nobody answered; null: the media server is another one.
   */
  doubt(avoid: string | null): void {
    this.#doubted = { avoid };
    this.#opening = null;
  }

  get wantsRenewal(): boolean {
    return this.current !== null && this.#left(this.current) <= RENEW_BEFORE_MS;
  }

  /** The next opening asks anew. */
  forget(): void {
    this.current = null;
    this.#opening = null;
  }

  #left({ expiresAt }: Join): number {
    return expiresAt - Date.now();
  }
}
