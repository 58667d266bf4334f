/**
 * How a request's services reach the bundled pages. The bundle is a second copy of every module it imports, so the two
 * copies meet at a global symbol: the host runs kit inside this scope, `hooks.server.ts` copies it to `event.locals`.
 * Nothing reads it at import time.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Person, Services } from './services.ts';
import type { Unavailable } from './unavailable.ts';

export interface RequestScope {
  readonly services: Services;
  readonly person: Person | null;
  readonly correlationId: string;
  /**
   * Where an unexpected error of a page goes: the host's log, which keeps secrets out. Says whether it passes by itself;
   * the bundle's copies of the error classes could not.
   */
  readonly report: (error: unknown, path: string) => Unavailable | null;
}

const KEY = Symbol.for('nexused.request');

type Holder = { [KEY]?: AsyncLocalStorage<RequestScope> };

export function requestScope(): AsyncLocalStorage<RequestScope> {
  const holder = globalThis as Holder;
  holder[KEY] ??= new AsyncLocalStorage<RequestScope>();
  return holder[KEY];
}
