/**
 * The evidence of cases, built from the log itself: read models may lag, and what people decide on must not. Only how many
 * disputes both had elsewhere, and which bank cases there are, comes from read models; both stand in the evidence.
 */
import { createHash } from 'node:crypto';
import { lessonIdIn, type History } from '#events/evidence/case-facts.ts';
import { evidenceOf, EVIDENCE_VERSION, type Evidence } from '#events/evidence/evidence.ts';
import type { Earlier } from '#events/evidence/findings.ts';
import { fromSystem } from '#events/handling/context.ts';
import { recognise } from '#events/handling/registry.ts';
import type { EvidenceStep } from '#events/dispute/events.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { EvidenceTold } from './evidence-told.ts';
import { canonicalJson } from '#events/store/canonical.ts';
import { comparePositions, type EventStore, type Position } from '#events/store/event-store.ts';
import { NO_BOOKING, type BookingParts } from './booking-services.server.ts';
import type { EvidenceServices, Person } from './services.ts';
import { isPartyOf, seesAll } from './visibility.server.ts';

export interface BuiltEvidence {
  readonly evidence: Evidence;
  /** SHA-256 of its canonical JSON, hex. */
  readonly hash: string;
}

/** What of it is kept with a decision: all but the single stretches, which the log has. */
const summaryOf = ({ tutor: _, student: __, minutes, ...rest }: Evidence): string => {
  const { stretches: ___, ...sums } = minutes;
  return canonicalJson({ ...rest, minutes: sums });
};

/** The events of one booking's streams up to one moment of the log, in its order. */
async function historyOf(
  store: EventStore,
  bookingId: string,
  chargebacks: readonly string[],
  upTo: Position | null,
): Promise<History> {
  // Before the streams: what comes in between belongs to the next time.
  const head = upTo ?? (await store.head());
  const read = async (stream: string): Promise<History> =>
    (await store.read(stream))
      .filter(({ position }) => head !== null && comparePositions(position, head) <= 0)
      .flatMap((event) => recognise(event) ?? []);
  const streams = [
    ...['booking', 'payment', 'payout', 'dispute'].map((category) => `${category}-${bookingId}`),
    ...chargebacks.map((id) => `chargeback-${id}`),
  ];
  const own = (await Promise.all(streams.map(read))).flat();
  const lessonId = lessonIdIn(own);
  const lesson = lessonId === null ? [] : await read(`lesson-${lessonId}`);
  return [...own, ...lesson].sort((a, b) => comparePositions(a.position, b.position));
}

type Parts = Pick<BookingParts, 'store' | 'submit' | 'queries' | 'now'>;
/** What stands with evidence that was kept, and is in no event of the booking. */
export type Then = Pick<Evidence, 'asOf' | 'upTo' | 'earlier' | 'chargebacks'>;

const hashed = (evidence: Evidence): BuiltEvidence => ({
  evidence,
  hash: createHash('sha256').update(canonicalJson(evidence)).digest('hex'),
});

/** EV15: what was kept, from the log alone. Null where the log has no such booking. */
export async function rebuildEvidence(store: EventStore, bookingId: string, then: Then): Promise<BuiltEvidence | null> {
  const history = await historyOf(store, bookingId, then.chargebacks, then.upTo);
  const evidence = evidenceOf(history, then.earlier, then.asOf);
  return evidence && hashed(evidence);
}

/** As of now. @returns null for an unknown booking */
export async function buildEvidence(
  { store, queries, now }: Pick<Parts, 'store' | 'queries' | 'now'>,
  bookingId: string,
): Promise<BuiltEvidence | null> {
  const booking = await queries.booking(bookingId);
  if (!booking) return null;
  const bank = await queries.chargebacksOf(bookingId);
  const earlierOf = async (personId: string, as: 'tutorId' | 'studentId'): Promise<Earlier> => {
    const all = await queries.disputesOf(personId);
    const earlier = all.filter((row) => row.bookingId !== bookingId && row[as] === personId && row.kind === 'in-app');
    const givenBack = earlier.filter(({ resolution }) => resolution !== null && resolution.refund > 0).length;
    return { disputes: earlier.length, givenBack };
  };
  const chargebacks = bank.map(({ chargebackId }) => chargebackId);
  const [history, tutor, student] = await Promise.all([
    historyOf(store, bookingId, chargebacks, null),
    earlierOf(booking.tutorId, 'tutorId'),
    earlierOf(booking.studentId, 'studentId'),
  ]);
  const evidence = evidenceOf(history, { tutor, student }, now());
  return evidence && hashed(evidence);
}

/** EV15, DI17: keeps what is known at this moment. Once for each act of deciding. */
export async function freezeEvidence(
  parts: Parts,
  person: Person,
  act: { readonly bookingId: string; readonly proposalId: string; readonly step: EvidenceStep },
): Promise<Refusal | null> {
  const built = await buildEvidence(parts, act.bookingId);
  if (!built) return NO_BOOKING;
  const { asOf, upTo, events } = built.evidence;
  const data = {
    ...act,
    version: EVIDENCE_VERSION,
    asOf,
    upTo,
    events,
    hash: built.hash,
    summary: summaryOf(built.evidence),
    by: person.personId,
  };
  // Given again, it would say another instant: the stream knows by the act whether it has it.
  const context = fromSystem('evidence', `${act.bookingId} ${act.step} ${act.proposalId} ${built.hash}`);
  const done = await parts.submit({ type: 'FreezeEvidence', now: parts.now(), data }, context);
  return isRefusal(done) ? done : null;
}

/** What is signed for somebody to take along: the evidence, with the events that it names. */
async function toldOf(store: EventStore, built: BuiltEvidence, kept: EvidenceTold['kept']): Promise<EvidenceTold> {
  const { evidence, hash } = built;
  const { bookingId, chargebacks, upTo, terms, claim, outcome, findings } = evidence;
  const named = new Set([terms.event, claim?.event, outcome?.event, ...findings.flatMap(({ events }) => events)]);
  const history = await historyOf(store, bookingId, chargebacks, upTo);
  const events = history
    .filter(({ id }) => named.has(id))
    .map(({ id, type, stream, position, chain, meta }) => ({ id, type, stream, at: meta.occurredAt, position, chain }));
  return { bookingId, evidence, hash, kept, events };
}

const DIFFERS = refuse(
  'evidence-differs',
  'What was kept with this act cannot be built again as it was. Its fingerprint and its summary stand in the event.',
);

/** EV16: as it was kept with an act, by the event that kept it. */
async function keptEvidence(
  store: EventStore,
  bookingId: string,
  eventId: string,
): Promise<EvidenceTold | null | Refusal> {
  const facts = (await store.read(`dispute-${bookingId}`)).flatMap((event) => recognise(event) ?? []);
  const frozen = facts.find(({ id }) => id === eventId);
  if (frozen?.type !== 'EvidenceFrozen') return null;
  const { asOf, upTo, hash, step, at, summary } = frozen.data;
  // Written by `summaryOf`, and held by the chain of the log.
  const { earlier, chargebacks } = JSON.parse(summary) as Pick<Evidence, 'earlier' | 'chargebacks'>;
  const built = await rebuildEvidence(store, bookingId, { asOf, upTo, earlier, chargebacks });
  return built?.hash === hash ? toldOf(store, built, { event: eventId, step, at }) : DIFFERS;
}

export function evidenceServices(parts: Parts): EvidenceServices {
  const { store, queries } = parts;
  async function mayHave(person: Person, bookingId: string): Promise<boolean> {
    if (!seesAll(person)) return false;
    const booking = await queries.booking(bookingId);
    // Whoever is a party looks at their own case as anybody does.
    return booking !== null && !(await isPartyOf(queries, person, booking));
  }

  return {
    async evidence(person, bookingId) {
      return (await mayHave(person, bookingId)) ? buildEvidence(parts, bookingId) : null;
    },
    async evidenceToTake(person, bookingId, kept) {
      if (!(await mayHave(person, bookingId))) return null;
      if (kept !== null) return keptEvidence(store, bookingId, kept);
      const built = await buildEvidence(parts, bookingId);
      return built && toldOf(store, built, null);
    },
  };
}
