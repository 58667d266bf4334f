/** Wrong passwords for one account, wherever they come from: an address can be changed, the account that is guessed at not. */
const WINDOW_MS = 15 * 60_000;
const MOST_WRONG = 30;
/** Accounts remembered at once; the oldest is forgotten first, so that made-up addresses cannot fill the memory. */
const MOST_ACCOUNTS = 10_000;

export interface GuessLimit {
  /** False while this account has had too many wrong tries. */
  mayTry(email: string): boolean;
  wrong(email: string): void;
  right(email: string): void;
}

/** @param now wall clock, ms */
export function createGuessLimit(now: () => number = Date.now): GuessLimit {
  const tries = new Map<string, { since: number; wrong: number }>();
  const key = (email: string): string => email.trim().toLowerCase().slice(0, 254);
  const current = (email: string): { since: number; wrong: number } | undefined => {
    const found = tries.get(key(email));
    return found && now() - found.since < WINDOW_MS ? found : undefined;
  };
  return {
    mayTry: (email) => (current(email)?.wrong ?? 0) < MOST_WRONG,
    wrong(email) {
      const { since, wrong } = current(email) ?? { since: now(), wrong: 0 };
      tries.delete(key(email));
      tries.set(key(email), { since, wrong: wrong + 1 });
      const oldest = tries.keys().next().value;
      if (tries.size > MOST_ACCOUNTS && oldest !== undefined) tries.delete(oldest);
    },
    right: (email) => void tries.delete(key(email)),
  };
}
