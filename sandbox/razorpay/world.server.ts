import type { Clock } from '../shared/clock.server.ts';
import { createTables, text, type Database } from '../shared/database.server.ts';
import { createCollection, type Collection } from './collection.server.ts';
import {
  AccountSchema,
  DisputeSchema,
  DocumentSchema,
  OrderSchema,
  PaymentSchema,
  RefundSchema,
  ReversalSchema,
  SettlementSchema,
  TransferSchema,
  type Account,
  type Dispute,
  type Document,
  type Order,
  type Payment,
  type Refund,
  type Reversal,
  type Settlement,
  type Transfer,
} from './entities.ts';
import { newId } from './ids.ts';
import { createJobs, type Jobs } from './jobs.server.ts';
import { createLedger, PLATFORM, type Ledger } from './ledger.server.ts';
import type { Shown } from './present.ts';
import { createWebhooks, type Webhooks } from './webhooks.server.ts';

/** ₹1,00,000 that the platform begins with, in paise: refunds cost fees, so it needs some money of its own. */
export const FLOAT = 10_000_000;

/** Everything the provider knows, in one place. */
export interface World {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyId: string;
  readonly keySecret: string;
  readonly platformAccountId: string;
  readonly orders: Collection<Order>;
  readonly payments: Collection<Payment>;
  readonly refunds: Collection<Refund>;
  readonly transfers: Collection<Transfer>;
  readonly reversals: Collection<Reversal>;
  readonly accounts: Collection<Account>;
  readonly settlements: Collection<Settlement>;
  readonly disputes: Collection<Dispute>;
  readonly documents: Collection<Document>;
  readonly ledger: Ledger;
  readonly jobs: Jobs;
  readonly webhooks: Webhooks;
}

export interface Keys {
  readonly keyId: string;
  readonly keySecret: string;
  readonly webhookSecret: string;
}

/** Opens the world in `database`; the first time, the platform gets its account id and its float. */
export function openWorld(database: Database, clock: Clock, keys: Keys): World {
  createTables(database, 'CREATE TABLE IF NOT EXISTS platform (id INTEGER PRIMARY KEY, account_id TEXT NOT NULL)');
  const ledger = createLedger(database);
  const platformAccountId = database.transaction(() => {
    const known = database.get('SELECT account_id FROM platform WHERE id = 1');
    if (known) return text(known, 'account_id');
    const made = newId('acc');
    database.run('INSERT INTO platform (id, account_id) VALUES (1, ?)', made);
    ledger.post({
      owner: PLATFORM,
      kind: 'float',
      amount: FLOAT,
      entityId: made,
      transferId: null,
      settlesAt: null,
    });
    return made;
  });
  return {
    database,
    clock,
    keyId: keys.keyId,
    keySecret: keys.keySecret,
    platformAccountId,
    orders: createCollection(database, 'order', OrderSchema),
    payments: createCollection(
      database,
      'payment',
      PaymentSchema,
      "json_extract(body, '$.status') IN ('created', 'authorized')",
    ),
    refunds: createCollection(database, 'refund', RefundSchema),
    transfers: createCollection(
      database,
      'transfer',
      TransferSchema,
      "json_extract(body, '$.on_hold') = 1 AND json_extract(body, '$.on_hold_until') IS NOT NULL",
    ),
    reversals: createCollection(database, 'reversal', ReversalSchema),
    accounts: createCollection(database, 'account', AccountSchema),
    settlements: createCollection(database, 'settlement', SettlementSchema),
    disputes: createCollection(database, 'dispute', DisputeSchema, "json_extract(body, '$.status') = 'open'"),
    documents: createCollection(database, 'document', DocumentSchema),
    ledger,
    jobs: createJobs(database),
    webhooks: createWebhooks(database, keys.webhookSecret),
  };
}

/** Puts an event into the outbox; `contents` are snapshots by name, such as `{ payment: showPayment(…) }`. */
export function announce(
  world: World,
  event: string,
  entityId: string,
  contents: Readonly<Record<string, Shown>>,
): void {
  announceRaw(world, event, entityId, {
    payload: Object.fromEntries(Object.entries(contents).map(([name, entity]) => [name, { entity }])),
  });
}

/** For the events whose payload holds more than entities, or that are about another account than the platform's. */
export function announceRaw(
  world: World,
  event: string,
  entityId: string,
  { payload, accountId }: { payload: Readonly<Record<string, Shown>>; accountId?: string },
): void {
  world.webhooks.enqueue(event, entityId, {
    entity: 'event',
    account_id: accountId ?? world.platformAccountId,
    event,
    contains: Object.keys(payload),
    payload,
    created_at: world.clock.seconds(),
  });
}
