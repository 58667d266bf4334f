import { recogniseAs } from '#events/handling/registry.ts';
import { fold } from '#events/shared/decider.ts';
import type { EventStore } from '#events/store/event-store.ts';
import * as tutor from '#events/tutor/events.ts';
import type { TutorAccount } from './found.ts';

/** The details that a tutor gave for being paid, from their own stream: they are in no table of the workers. */
export async function tutorAccountOf(store: EventStore, tutorId: string): Promise<TutorAccount | null> {
  const history = await store.read(`tutor-${tutorId}`);
  const events = history.flatMap((event) => recogniseAs(event, 'tutor') ?? []);
  const { account } = fold(tutor, events);
  const details = 'details' in account ? account.details : null;
  if (!details || !('accountId' in account)) return details && { details, productId: null, bankRests: false };
  const { productId, bankChange, usableFrom } = account;
  return { details, productId, bankRests: usableFrom !== null && bankChange !== null && !bankChange.applied };
}
