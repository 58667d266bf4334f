import type { CheckResult, FileCheck } from './check-file.ts';
import type { FailureCode, FromWorker, ToWorker } from './protocol.ts';

export type Stage =
  | { readonly kind: 'idle' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'running'; readonly part: number }
  | { readonly kind: 'done'; readonly result: CheckResult; readonly ms: number }
  | { readonly kind: 'failed'; readonly code: FailureCode };

/** The check that a page runs, one at a time. */
export class Verification {
  stage: Stage = $state.raw({ kind: 'idle' });
  #worker: Worker | null = null;

  /** Loads all that a check needs, so that none of it is fetched later: the network may go from here on. */
  prepare(): void {
    const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#take(data));
    worker.addEventListener('error', () => (this.stage = { kind: 'failed', code: 'check-failed' }));
    this.#worker = worker;
  }

  start(check: FileCheck): void {
    this.stage = { kind: 'running', part: 0 };
    this.#send({ kind: 'check', ...check });
  }

  cancel(): void {
    this.#send({ kind: 'cancel' });
  }

  reset(): void {
    this.stage = { kind: 'idle' };
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #take(message: FromWorker): void {
    switch (message.kind) {
      case 'progress':
        this.stage = { kind: 'running', part: message.part };
        return;
      case 'result':
        this.stage =
          message.result.kind === 'cancelled'
            ? { kind: 'cancelled' }
            : { kind: 'done', result: message.result, ms: message.ms };
        return;
      case 'failed':
        this.stage = { kind: 'failed', code: message.code };
    }
  }
}
