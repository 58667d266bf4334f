import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Finds the outer handle being used inside a transaction, which on PGlite waits for ever and on PostgreSQL silently
 * runs outside of the transaction.
 */
export class MisuseGuard {
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();

  async enter<T>(work: () => Promise<T>): Promise<T> {
    const transaction = { open: true };
    try {
      return await this.#inside.run(transaction, work);
    } finally {
      transaction.open = false;
    }
  }

  check(): void {
    if (this.#inside.getStore()?.open) throw new Error('Inside a transaction only its own handle may be used');
  }
}
