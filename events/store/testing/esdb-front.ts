import { status, type Metadata, type ServerWritableStream } from '@grpc/grpc-js';
import type { EsdbLog } from './esdb-log.ts';
import { failure } from './esdb-messages.ts';

/** What a test can make the server do wrong. */
export interface Faults {
  /** So many appends from now are written, and their replies are not sent. */
  loseReplies: number;
  /** How a reply is lost: nothing comes, or the connection breaks. */
  lossIs: 'silently' | 'broken';
  /** Answers to appends come so much later, ms. */
  lateMs: number;
  /** Subscriptions stay open and get nothing more: the silent death seen in the field. */
  muteSubscriptions: boolean;
  /** Calls that need the leader are sent to this port. */
  leaderIsAt: number | null;
  /** Calls are taken and never answered. */
  hang: boolean;
  /** Servers before 23.10 do not say that a subscription caught up. */
  sendsCaughtUp: boolean;
}

interface AnyCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  emit(event: 'error', error: Error): boolean;
  end?(): unknown;
  on(event: string, listener: () => void): unknown;
}

/** What all services of one running test server share. */
export class Front {
  readonly faults: Faults = {
    loseReplies: 0,
    lossIs: 'silently',
    lateMs: 0,
    muteSubscriptions: false,
    leaderIsAt: null,
    hang: false,
    sendsCaughtUp: true,
  };
  readonly calls = { append: 0, batchAppend: 0 };
  /** Where each subscription began: a commit position, or null for the start. */
  readonly subscribedFrom: (bigint | null)[] = [];
  /** Every `authorization` header that arrived. */
  readonly authorizations: string[] = [];
  readonly open = new Set<AnyCall>();
  readonly #log: EsdbLog;

  constructor(log: EsdbLog) {
    this.#log = log;
  }

  loseReply(): Faults['lossIs'] | null {
    if (this.faults.loseReplies === 0) return null;
    this.faults.loseReplies -= 1;
    return this.faults.lossIs;
  }

  /** Runs one call: notes it, applies the faults, and turns a throw into the status of the call. */
  async answering(call: AnyCall, work: () => Promise<void> | void): Promise<void> {
    this.authorizations.push(...call.metadata.get('authorization').map(String));
    this.open.add(call);
    const gone = (): void => void this.open.delete(call);
    call.on('cancelled', gone);
    call.on('close', gone);
    call.on('finish', gone);
    if (this.faults.hang) return;
    const leader = this.faults.leaderIsAt;
    try {
      if (leader !== null && call.metadata.get('requires-leader').length > 0) {
        throw failure(status.NOT_FOUND, 'not the leader', {
          exception: 'not-leader',
          'leader-endpoint-host': '127.0.0.1',
          'leader-endpoint-port': String(leader),
        });
      }
      await work();
    } catch (error) {
      call.emit('error', error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Writes and waits where the reader is slow. */
  async write<Res>(call: ServerWritableStream<unknown, Res>, message: Res): Promise<void> {
    if (call.cancelled || call.destroyed || call.write(message)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        for (const event of ['drain', 'close', 'cancelled', 'error']) call.removeListener(event, done);
        resolve();
      };
      for (const event of ['drain', 'close', 'cancelled', 'error']) call.on(event, done);
    });
  }

  /** Resolves after the next write to the log, or when the call is gone. */
  moved(call: ServerWritableStream<unknown, unknown>): Promise<void> {
    return new Promise((resolve) => {
      const unwatch = this.#log.watch(() => done());
      const done = (): void => {
        unwatch();
        for (const event of ['close', 'cancelled', 'error']) call.removeListener(event, done);
        resolve();
      };
      for (const event of ['close', 'cancelled', 'error']) call.on(event, done);
    });
  }
}
