/** Redis within a time limit: a frozen server accepts connections and never answers. */
import { Redis } from 'ioredis';

/** Rejects after `ms`; what was asked may still come to pass. */
export async function within<T>(ms: number, asked: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection that never comes back by itself: whoever uses it decides what follows. */
export async function connectTo(url: string, patienceMs: number): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    protocol: 2,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: patienceMs,
    keepAlive: 10_000,
  });
  // Every failure reaches whoever waits for a command; without a listener it would end the process as well.
  redis.on('error', () => undefined);
  try {
    await within(patienceMs, redis.connect());
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
