/**
 * The way to the media server, opened while the person still looks at themselves in the preview: a join takes one round
 * trip then, instead of one for each step of a connection. What fails here is done again, and told, by the join.
 */
import type { ServerDataOf } from '#sfu/signalling/protocol.ts';
import type { Join } from '../../server/services.ts';
import { Signalling, SignallingError } from './signalling.ts';

export interface Opened {
  readonly signalling: Signalling;
  readonly welcome: ServerDataOf<'welcome'>;
}

interface Begun {
  readonly ticket: string;
  readonly opening: Promise<Opened>;
  /** Once it is open. */
  opened: Opened | null;
}

export class Ahead {
  #begun: Begun | null = null;

  /** Opens it, unless it is open for this ticket. Resolves with null where that fails. */
  async open({ ticket, signalling: { url, path } }: Join): Promise<Opened | null> {
    if (!this.#holds(ticket)) {
      this.drop();
      const begun: Begun = { ticket, opening: Signalling.open(url, path, ticket), opened: null };
      this.#begun = begun;
      begun.opening.then(
        (opened) => (begun.opened = opened),
        () => (this.#begun = this.#begun === begun ? null : this.#begun),
      );
    }
    return this.#begun === null ? null : told(this.#begun.opening);
  }

  /** What was opened, or is being opened, for this ticket; it is the caller's from here on. */
  take(ticket: string): Promise<Opened> | null {
    if (!this.#holds(ticket)) return null;
    const { opening } = this.#begun ?? {};
    this.#begun = null;
    return opening ?? null;
  }

  drop(): void {
    void this.#begun?.opening.then(
      ({ signalling }) => signalling.close(),
      () => undefined,
    );
    this.#begun = null;
  }

  /** The server lets go of whoever takes too long. */
  #holds(ticket: string): boolean {
    const begun = this.#begun;
    return begun?.ticket === ticket && (begun.opened === null || begun.opened.signalling.open);
  }
}

async function told(opening: Promise<Opened>): Promise<Opened | null> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof SignallingError) return null;
    throw error;
  }
}
