/** A body as it arrives: counted while it comes, stopped at its limit, and never waited for longer than it may take. */
import type { Readable } from 'node:stream';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import { HEAD_BYTES, MOST_FILE_BYTES, TOO_LARGE, limitOf } from './kinds.ts';

export interface ReceiveLimits {
  /** For the whole body, however it trickles; wall ms. */
  readonly withinMs: number;
  /** A refused body is read on for so long and so far, so that its sender hears why instead of a broken connection. */
  readonly lingerMs: number;
  readonly lingerBytes: number;
}

export const RECEIVE_LIMITS: ReceiveLimits = { withinMs: 300_000, lingerMs: 2_000, lingerBytes: 8 * 1_048_576 };

const SLOW = refuse('upload-too-slow', 'The file did not arrive in time. Try again where the connection is better.');
const BROKEN = refuse('upload-broken', 'The file did not arrive whole. Send it again.');

/** The body, or why it is not taken. After a refusal the stream may be unfinished: close its connection. */
export function receive(stream: Readable, limits: ReceiveLimits = RECEIVE_LIMITS): Promise<Uint8Array | Refusal> {
  return new Promise((done) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let limit: number | null = null;
    let refusal: Refusal | null = null;
    let linger = 0;

    const finish = (result: Uint8Array | Refusal): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // A late error of a connection that nobody listens to would end the process.
      stream.on('error', () => undefined);
      done(result);
    };
    const stop = (why: Refusal): void => {
      if (refusal) return;
      refusal = why;
      chunks.length = 0;
      linger = size + limits.lingerBytes;
      clearTimeout(timer);
      timer = setTimeout(() => finish(why), limits.lingerMs);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (refusal) {
        if (size > linger) finish(refusal);
        return;
      }
      chunks.push(chunk);
      if (limit === null && size >= HEAD_BYTES) {
        const found = limitOf(Buffer.concat(chunks).subarray(0, HEAD_BYTES));
        if (isRefusal(found)) return stop(found);
        limit = found;
      }
      if (size > (limit ?? MOST_FILE_BYTES)) stop(TOO_LARGE);
    };
    const onEnd = (): void => finish(refusal ?? Buffer.concat(chunks));
    const onClose = (): void => finish(refusal ?? BROKEN);
    let timer = setTimeout(() => finish(SLOW), limits.withinMs);
    stream.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}
