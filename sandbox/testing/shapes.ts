/** The shapes that tests read out of untyped JSON. */
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One field of an object that came over the wire; throws when there is no such object. */
export function field(value: unknown, name: string): unknown {
  if (!isJson(value)) throw new Error(`no object with ${name}: ${JSON.stringify(value)}`);
  return value[name];
}

const Balance = Type.Object({
  balance: Type.Integer(),
  held: Type.Integer(),
  pending: Type.Integer(),
  settled: Type.Integer(),
});
const Entity = Type.Record(Type.String(), Type.Unknown());
const StateSchema = Type.Object({
  orders: Type.Array(Entity),
  payments: Type.Array(Entity),
  transfers: Type.Array(Entity),
  refunds: Type.Array(Entity),
  reversals: Type.Array(Entity),
  settlements: Type.Array(Entity),
  clock: Type.Object({ now: Type.Number(), offsetMs: Type.Number() }),
  balances: Type.Object({ platform: Balance, accounts: Type.Record(Type.String(), Balance) }),
  webhooks: Type.Object({
    url: Type.Union([Type.String(), Type.Null()]),
    events: Type.Array(
      Type.Object({
        eventId: Type.String(),
        event: Type.String(),
        entityId: Type.String(),
        status: Type.String(),
        attempts: Type.Array(Type.Object({ status: Type.Union([Type.Integer(), Type.Null()]) })),
      }),
    ),
  }),
  requests: Type.Object({
    counts: Type.Record(Type.String(), Type.Object({ calls: Type.Integer(), committed: Type.Integer() })),
    log: Type.Array(Entity),
  }),
});
export type State = Static<typeof StateSchema>;

export const parseState = (value: unknown): State => Value.Parse(StateSchema, value);
