import { Redis } from 'ioredis';
import type { Bus } from './bus.ts';
import type { OnError } from './memory.ts';

export interface RedisBusOptions {
  /** Before every key and channel, so that installations can share one Redis. Default `nexused:`. */
  readonly prefix?: string;
  readonly onError?: OnError;
}

/**
 * KEYS: the lease, the last fence given. ARGV: holder, ms. The fence is Redis' own time in microseconds, or one more
 * than the last: it rises over a Redis that came back empty (see fence.ts). Numbers travel as text, because a Lua
 * number that Redis writes out loses digits.
 */
const LEASE = `
local held = redis.call('HMGET', KEYS[1], 'holder', 'fence')
if held[1] == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return held[2]
end
if held[1] then return nil end
local time = redis.call('TIME')
local fence = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if fence <= last then fence = last + 1 end
local text = string.format('%.0f', fence)
redis.call('SET', KEYS[2], text)
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'fence', text)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return text`;

const RELEASE = `
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** Between two tries to connect, ms. */
const RETRY_MS = 250;

/** The bus of many processes. Rejects when Redis does not answer within 10 s at the start. */
export async function openRedisBus(url: string, options: RedisBusOptions = {}): Promise<Bus> {
  const { prefix = 'nexused:', onError = () => undefined } = options;
  const settings = { lazyConnect: true, connectTimeout: 5_000, keepAlive: 10_000 };
  // A command that meets an outage fails soon: a lease that was not renewed in time is lost, not waited for.
  // It is back as soon as Redis is: whoever comes later finds their leases with others.
  const retryStrategy = (): number => RETRY_MS;
  const commands = new Redis(url, { ...settings, maxRetriesPerRequest: 1, commandTimeout: 3_000, retryStrategy });
  // Subscriptions wait out an outage and are made again by the client.
  const listening = new Redis(url, { ...settings, maxRetriesPerRequest: null });
  for (const redis of [commands, listening]) redis.on('error', (error: unknown) => onError(error, 'connection'));

  const subscribers = new Map<string, Set<(message: unknown) => void>>();
  listening.on('message', (channel: string, text: string) => {
    for (const onMessage of [...(subscribers.get(channel) ?? [])]) {
      try {
        onMessage(JSON.parse(text));
      } catch (error) {
        onError(error, channel);
      }
    }
  });

  try {
    await Promise.all([commands.connect(), listening.connect()]);
  } catch (error) {
    commands.disconnect();
    listening.disconnect();
    throw new Error('REDIS_URL is set, but Redis does not answer there', { cause: error });
  }

  return {
    kind: 'redis',

    async publish(topic, message) {
      await commands.publish(prefix + topic, JSON.stringify(message));
    },

    async subscribe(topic, onMessage) {
      const channel = prefix + topic;
      const subscriber = (message: unknown): void => onMessage(message);
      const others = subscribers.get(channel) ?? new Set();
      subscribers.set(channel, others);
      others.add(subscriber);
      // Asked each time: it resolves when the subscription stands, also for whoever comes while the first one waits.
      await listening.subscribe(channel);
      return async () => {
        others.delete(subscriber);
        if (others.size === 0 && subscribers.get(channel) === others) {
          subscribers.delete(channel);
          await listening.unsubscribe(channel);
        }
      };
    },

    async lease(name, holder, ttlMs) {
      const fence = await commands.eval(LEASE, 2, `${prefix}lease:${name}`, `${prefix}fence`, holder, ttlMs);
      return typeof fence === 'string' ? { fence: Number(fence) } : null;
    },

    async release(name, holder) {
      await commands.eval(RELEASE, 1, `${prefix}lease:${name}`, holder);
    },

    async holder(name) {
      return await commands.hget(`${prefix}lease:${name}`, 'holder');
    },

    async close() {
      subscribers.clear();
      await Promise.allSettled([commands.quit(), listening.quit()]);
      commands.disconnect();
      listening.disconnect();
    },
  };
}
