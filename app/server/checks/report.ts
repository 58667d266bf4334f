/** What a connectivity test found, as the page sends it and ops read it. */
import { Type, type Static } from '@sinclair/typebox';

export const STEPS = [
  'browser',
  'camera',
  'microphone',
  'speaker',
  'signalling',
  'udp',
  'tcp',
  'relay',
  'quality',
] as const;
export type StepId = (typeof STEPS)[number];

export const STATES = ['ok', 'warn', 'fail', 'skipped'] as const;
export type StepResult = (typeof STATES)[number];

const oneOf = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
/** Not a union: the host's reader of bodies would turn 0 into null, or null into 0, to fit its first part. */
const Figure = Type.Unsafe<number | null>({ type: 'number', nullable: true, minimum: 0, maximum: 1_000_000_000 });

export const Report = Type.Object(
  {
    steps: Type.Array(
      Type.Object(
        {
          id: oneOf(STEPS),
          state: oneOf(STATES),
          /** Which of the things that may be the matter; the page has words for each. */
          finding: Type.String({ pattern: '^[a-z-]{1,40}$' }),
          /** How long it took, ms. */
          ms: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: STEPS.length },
    ),
    figures: Type.Object(
      {
        /** Round trips, ms. */
        signallingMs: Figure,
        rttMs: Figure,
        /** Shares, 0 to 1. */
        lossUp: Figure,
        lossDown: Figure,
        /** bit/s. */
        up: Figure,
        down: Figure,
      },
      { additionalProperties: false },
    ),
    /** What the browser says it is. */
    browser: Type.String({ maxLength: 300 }),
  },
  { additionalProperties: false },
);
export type Report = Static<typeof Report>;
