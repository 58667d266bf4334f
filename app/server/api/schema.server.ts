/** Shapes that several operations share. What a response schema does not name is not sent (fastify serialises by it). */
import { Type, type TSchema, type TUnsafe } from '@sinclair/typebox';
import { ROLES } from '#events/access/roles.ts';

/** One of these words. Answers are not held against the list, so an old client's page survives a new word. */
export const oneOf = <const T extends string>(values: readonly T[], description?: string): TUnsafe<T> =>
  Type.Unsafe<T>({ type: 'string', enum: values, ...(description ? { description } : {}) });

export const TextOrNull = Type.Unsafe<string | null>({ type: ['string', 'null'] });
export const IntegerOrNull = Type.Unsafe<number | null>({ type: ['integer', 'null'] });
export const NumberOrNull = Type.Unsafe<number | null>({ type: ['number', 'null'] });
export const oneOfOrNull = <const T extends string>(values: readonly T[]): TUnsafe<T | null> =>
  Type.Unsafe<T | null>({ type: ['string', 'null'], enum: [...values, null] });

/** The end of the year 9999: far inside what Date can say, so that days can be added to it. */
const LAST_INSTANT = 253_402_300_799_999;
/** An instant that a client sends, ms. */
export const Instant = Type.Integer({ minimum: 0, maximum: LAST_INSTANT, description: 'ms since the epoch' });
export const Paise = Type.Integer({ description: 'paise' });

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable; programs decide by it' }),
    detail: Type.String({ description: 'For people' }),
    correlationId: Type.String(),
  },
  { description: 'The request was refused (4xx) or failed (5xx)' },
);

const asProblem = { description: Problem.description, content: { 'application/problem+json': { schema: Problem } } };

/** What an operation can answer: this, or a problem. */
export const answers = (status: 200 | 201, schema: TSchema) => ({
  [status]: schema,
  '4xx': asProblem,
  '5xx': asProblem,
});

/** A lesson's document: bytes, nothing, or a problem. */
export const answersBytes = (description: string) => ({
  200: { description, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } },
  204: Type.Null({ description: 'Nobody wrote anything' }),
  '4xx': asProblem,
  '5xx': asProblem,
});

/** A file as it was given: bytes of its own type, or a problem. */
export const answersFile = (description: string) => ({
  200: { description, content: { '*/*': { schema: { type: 'string', format: 'binary' } } } },
  '4xx': asProblem,
  '5xx': asProblem,
});

/** Commands that happen once however often they are sent. */
export const RequestKey = Type.Object({
  'Idempotency-Key': Type.String({
    pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    description: 'A UUID in lower case that you keep when you repeat the request',
  }),
});

export const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });

export const PersonShape = Type.Object({
  personId: Type.String(),
  name: Type.String(),
  email: Type.String(),
  roles: Type.Array(oneOf(ROLES)),
  zone: Type.String({ description: 'IANA zone' }),
});
