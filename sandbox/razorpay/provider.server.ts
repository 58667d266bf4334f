import type { Clock } from '../shared/clock.server.ts';
import type { Database } from '../shared/database.server.ts';
import { createCounter, type Counter } from './counter.server.ts';
import { startCourier, type Courier } from './courier.server.ts';
import { createApiFaults, type ApiFaults } from './faults.server.ts';
import { createIdempotency, type Idempotency } from './idempotency.server.ts';
import { startTime } from './passage-of-time.server.ts';
import { createRequestLog, type RequestLog } from './request-log.server.ts';
import { openWorld, type Keys, type World } from './world.server.ts';

/** The world and what stands around it: the way in, the way out, the time. */
export interface Provider {
  readonly world: World;
  readonly faults: ApiFaults;
  readonly requests: RequestLog;
  readonly idempotency: Idempotency;
  readonly courier: Courier;
  /** How many of the next refunds stay pending until the control surface resolves them. */
  readonly refundsToPend: Counter;
  stop(): Promise<void>;
}

export function startProvider(
  database: Database,
  clock: Clock,
  keys: Keys & { readonly webhookUrl: string | null },
): Provider {
  const world = openWorld(database, clock, keys);
  const stopTime = startTime(world);
  const courier = startCourier(world.webhooks, keys.webhookUrl);
  return {
    world,
    faults: createApiFaults(database),
    requests: createRequestLog(database),
    idempotency: createIdempotency(database),
    courier,
    refundsToPend: createCounter(database, 'refunds-to-pend'),
    async stop() {
      stopTime();
      await courier.stop();
    },
  };
}
