import type { PayoutDetails } from '#events/tutor/account.ts';
import type { Intent } from '../processes/process.ts';
import type { Answer, PaymentGateway } from './payment-gateway.ts';

/** What the provider has made of a call. `records` say so in the log, in this order. */
export type Found =
  /** It took effect. */
  | { readonly kind: 'done'; readonly providerId: string; readonly records: readonly Intent[] }
  /** It exists and is still on its way. */
  | { readonly kind: 'pending'; readonly providerId: string }
  /** It exists and came to nothing. */
  | {
      readonly kind: 'failed';
      readonly providerId: string;
      readonly reason: string;
      readonly records: readonly Intent[];
    };

/** What a plain no of the provider means. */
export type No =
  /** For good; `records` say so in the log, where there is an event for it. */
  | { readonly kind: 'failed'; readonly records: readonly Intent[] }
  /** Not now: the same call is made again later, under the same id and key. */
  | { readonly kind: 'later'; readonly alert: string | null; readonly records: readonly Intent[] };

/** What the sender of a call has at hand. */
export interface Sending {
  readonly gateway: PaymentGateway;
  readonly operationId: string;
  /** What the provider calls what this made so far; null while nothing is known to exist. */
  readonly providerId: string | null;
  /** Business ms before anything was asked. */
  readonly asOf: number;
  /** Keeps what a step made before the next step is taken. */
  remember(providerId: string): Promise<void>;
  /** Whether the log still waits for the outcome of our answer to this case: what has one is not sent again. */
  answerAwaited(chargebackId: string): Promise<boolean>;
  /** From the tutor's own stream; null when there are none. */
  accountOf(tutorId: string): Promise<TutorAccount | null>;
}

export interface TutorAccount {
  readonly details: PayoutDetails;
  readonly productId: string | null;
  /** The bank of `details` has not cooled off: the provider must not hear of it yet. */
  readonly bankRests: boolean;
}

export const mapped = <T, R>(answer: Answer<T>, map: (value: T) => R): Answer<R> =>
  answer.kind === 'ok' ? { kind: 'ok', value: map(answer.value) } : answer;
