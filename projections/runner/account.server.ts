import type { EventStore } from '#events/store/event-store.ts';
import { recognise } from '../fact.ts';

/** The tutor's account at the provider, from the tutor's own stream: no read model can be behind it. */
export async function accountOf(store: EventStore, tutorId: string): Promise<string | null> {
  for (const event of await store.read(`tutor-${tutorId}`, { direction: 'backwards' })) {
    const fact = recognise(event);
    if (fact?.type === 'LinkedAccountActivated') return fact.data.accountId;
  }
  return null;
}
