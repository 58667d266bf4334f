/**
 * Erases a person: what they wrote becomes unreadable, the account goes, and what was agreed and paid stays. Each step may
 * be repeated, so that an erasure that was interrupted is finished by asking again.
 */
import { fromPerson } from '#events/handling/context.ts';
import type { Submit } from '#events/handling/submit.ts';
import { canErase, type ErasureFacts } from '#events/person/can-erase.ts';
import { wordsOf } from '#events/sealing/words.server.ts';
import type { Vault } from '#events/sealing/vault.server.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import type { LessonRow } from '#projections/queries.ts';
import { accountById, deleteAccount } from './accounts.server.ts';

export interface ErasureSettings {
  readonly db: Database;
  /** The sealed one: the words must be readable while they are looked for. */
  readonly store: EventStore;
  readonly submit: Submit;
  readonly vault: Vault;
  /** Business time, ms. */
  readonly now: () => number;
  /** What is open for this person, from the read models. */
  readonly factsOf: (personId: string) => Promise<ErasureFacts>;
  /** Takes what is known of them out of the tables of the workers. */
  readonly scrub: (traces: {
    readonly personId: string;
    readonly name: string;
    readonly email: string;
    readonly words: ReadonlySet<string>;
  }) => Promise<void>;
  /** The conversations that they are in or invited to. */
  readonly membershipsOf: (personId: string) => Promise<readonly string[]>;
  /** The study rooms that they opened, or were in. */
  readonly studyRoomsOf: (personId: string) => Promise<readonly Pick<LessonRow, 'lessonId' | 'tutorId' | 'state'>[]>;
  /** Has the read models built anew. */
  readonly rebuild: () => Promise<void>;
}

export interface Erasing {
  readonly personId: string;
  /** Who asks: the person, or ops for them. */
  readonly by: { readonly personId: string; readonly role?: string };
  readonly requestId: string;
}

export type ErasePerson = (erasing: Erasing) => Promise<{ readonly kind: 'erased' } | Refusal>;

export function createErasure(settings: ErasureSettings): ErasePerson {
  const { db, store, submit, vault, now, factsOf, scrub, membershipsOf, studyRoomsOf, rebuild } = settings;

  async function isErased(personId: string): Promise<boolean> {
    const [last] = await store.read(`person-${personId}`, { direction: 'backwards', limit: 1 });
    return last?.type === 'PersonErased';
  }

  return async ({ personId, by, requestId }) => {
    if (personId !== by.personId && by.role !== 'ops')
      return refuse('not-allowed', 'Only the person themselves or the operations team can erase an account.');
    if (!(await isErased(personId))) {
      const no = canErase(await factsOf(personId));
      if (no) return no;
      const done = await submit(
        { type: 'ErasePerson', now: now(), data: { personId } },
        fromPerson({ ...by, requestId, command: 'ErasePerson' }),
      );
      if (isRefusal(done)) return done;
    }
    // Nobody can book somebody who is gone, whatever a page still shows.
    if ((await store.read(`calendar-${personId}`, { limit: 1 })).length > 0)
      await submit(
        { type: 'SetAvailability', now: now(), data: { tutorId: personId, zone: 'UTC', windows: [] } },
        fromPerson({ ...by, requestId, command: 'SetAvailability' }),
      );
    // Nobody stays in a room without a host.
    for (const { lessonId, tutorId, state } of await studyRoomsOf(personId))
      if (tutorId === personId && state !== 'ended')
        await submit(
          { type: 'EndLesson', now: now(), data: { lessonId, by: 'host', policy: POLICY_2026_11 } },
          fromPerson({ ...by, requestId, command: 'EndLesson' }),
        );
    // Nobody waits for an answer, and no group is left without an owner. What they wrote there stays with the others.
    for (const conversationId of await membershipsOf(personId))
      await submit(
        { type: 'EndMembership', now: now(), data: { conversationId, personId } },
        fromPerson({ ...by, requestId, command: 'EndMembership' }),
      );
    // The words first, as long as there is a key to read them with and an account to take the name from.
    const account = await accountById(db, personId);
    const words = await wordsOf(store, personId);
    await scrub({ personId, name: account?.name ?? '', email: account?.email ?? '', words });
    await vault.destroy(personId);
    await deleteAccount(db, personId);
    await rebuild();
    return { kind: 'erased' };
  };
}
