/** The evidence of a case on paper, for who decides and for a payer's bank. Pure; paise, business ms. */
import type { PersonEvidence } from '#events/evidence/evidence.ts';
import type { Finding } from '#events/evidence/findings.ts';
import { SIDE_OF } from '#events/evidence/minutes.ts';
import { tutorPartOfRefund } from '#events/shared/money.ts';
import type { EvidenceTold } from '../evidence-told.ts';
import type { Bars, Paper, Part } from '#platform/pdf/paper.ts';
import type { BookingRow } from '#projections/queries.ts';
import { findingWords, lengthWords, sorted, verdictWords, type Names } from '../../lib/case/evidence.ts';
import type { Messages } from '../../lib/messages/index.ts';
import { capital } from '../../lib/moment.ts';
import { formatMoney } from '../../lib/ui/money.ts';
import { formatClock, formatDate, zoneShort } from '../../lib/ui/time.ts';

export interface EvidencePaperOf {
  readonly told: EvidenceTold;
  readonly booking: Pick<BookingRow, 'subject' | 'tutorName' | 'studentName'>;
  /** IANA zone of its times. */
  readonly zone: string;
}

const MINUTE_MS = 60_000;
/** A lesson that is cut into more stretches is shown by its longest ones. */
const MOST_STRETCHES = 120;

const full = (paise: number): string => formatMoney(paise, { paise: 'always' });

/** The paper is as old as what it tells, so that the same evidence is the same file. */
export function evidencePaper({ told, booking, zone }: EvidencePaperOf, messages: Messages): Paper {
  const { evidence, kept, hash, bookingId } = told;
  const m = messages.papers.evidence;
  const names: Names = booking;
  const when = (at: number): string => `${formatDate(at, zone, 0)}, ${formatClock(at, zone)} (${zoneShort(at, zone)})`;
  const { terms, claim, outcome, verdict } = evidence;
  const causes: Readonly<Record<string, string>> = messages.cases.work.causes;
  const outcomes: Readonly<Record<string, string>> = messages.cases.outcomes;
  const cause = claim && (causes[claim.cause] ?? claim.cause);
  const says = verdictWords(evidence, messages.evidence);
  const found = sorted(evidence);
  const numbers = new Map(told.events.map(({ id }, index) => [id, index + 1]));
  const findings = (title: string, list: readonly Finding[]): readonly Part[] =>
    list.length === 0
      ? []
      : [
          { kind: 'heading', text: title },
          {
            kind: 'table',
            columns: [
              { title: m.columns.finding, share: 6 },
              { title: m.columns.when, share: 2.6 },
              { title: m.columns.events, share: 1.8 },
            ],
            rows: list.map((finding) => [
              findingWords(finding, names, messages.evidence),
              finding.at === null ? '–' : when(finding.at),
              [
                ...finding.events.map((id) => `${numbers.get(id) ?? '–'}`),
                ...(finding.more > 0 ? [m.more(finding.more)] : []),
              ].join(', '),
            ]),
          },
        ];
  const parts: readonly Part[] = [
    { kind: 'paragraph', text: kept === null ? m.asNow(when(evidence.asOf)) : m.asKept[kept.step](when(kept.at)) },
    { kind: 'heading', text: m.says },
    { kind: 'paragraph', tone: 'strong', text: says.answer },
    { kind: 'paragraph', text: says.why },
    ...(evidence.bank === null ? [] : [{ kind: 'paragraph', text: messages.evidence.bank[evidence.bank] } as const]),
    { kind: 'paragraph', tone: 'quiet', text: m.binds },
    { kind: 'heading', text: m.terms },
    {
      kind: 'facts',
      rows: [
        [m.booking, bookingId],
        [m.lesson, m.lessonOf(booking.subject, when(terms.startsAt), terms.minutes)],
        [m.student, booking.studentName],
        [m.tutor, booking.tutorName],
        [m.price, full(terms.price)],
        [m.policy, terms.policy],
        [
          m.claim,
          claim === null || cause === null
            ? m.noClaim
            : claim.kind === 'review'
              ? m.reviewOf
              : m.claimOf(cause, claim.wants === null ? null : full(claim.wants)),
        ],
        [m.outcome, outcome === null ? m.none : (outcomes[outcome.outcome] ?? outcome.outcome)],
      ],
    },
    ...(verdict.kind === 'proposed' ? arithmetic(evidence.terms, verdict.refund, m) : []),
    ...presence(told, names, zone, m),
    ...stretches(told, messages, zone),
    ...findings(m.rest, found.because),
    ...findings(m.also, found.also),
    { kind: 'heading', text: m.named },
    {
      kind: 'table',
      columns: [
        { title: m.columns.number, share: 0.7 },
        { title: m.columns.event, share: 2.4 },
        { title: m.columns.when, share: 2.4 },
        { title: m.columns.id, share: 5 },
      ],
      rows: told.events.map(({ type, at, id, chain }, index) => [`${index + 1}`, type, when(at), `${id}\n${chain}`]),
    },
    { kind: 'facts', rows: [[m.fingerprint, hash]] },
    { kind: 'paragraph', tone: 'quiet', text: `${m.built(evidence.events, evidence.upTo)} ${m.signed}` },
  ];
  return {
    title: m.title(messages.papers.receipt.lessonOf(booking.subject, booking.tutorName)),
    author: 'NexusEd',
    madeAt: evidence.asOf,
    footer: m.footer(bookingId, hash.slice(0, 16)),
    parts,
  };
}

type Words = Messages['papers']['evidence'];

/** As a decision of this refund would move it (`previewResolution`). */
function arithmetic({ price, share }: EvidenceTold['evidence']['terms'], refund: number, m: Words): readonly Part[] {
  const tutorGets = share - (refund === price ? share : tutorPartOfRefund(refund, share, price));
  return [
    { kind: 'heading', text: m.arithmetic },
    {
      kind: 'table',
      columns: [
        { title: m.columns.what, share: 5 },
        { title: m.columns.amount, share: 2, align: 'end' },
      ],
      rows: [
        [m.refund, full(refund)],
        [m.tutorGets, full(tutorGets)],
        [m.commission, full(price - refund - tutorGets)],
      ],
      total: [m.gross, full(price)],
    },
  ];
}

function presence({ evidence }: EvidenceTold, names: Names, zone: string, m: Words): readonly Part[] {
  const { minutes, tutor, student, lessonId } = evidence;
  if (lessonId === null) return [];
  const stays = [...tutor.here, ...student.here];
  const from = Math.min(minutes.startsAt, ...stays.map((stay) => stay.from));
  const to = Math.max(minutes.endsAt, ...stays.map((stay) => stay.to));
  const piece = (one: { readonly from: number; readonly to: number }, pale = false) => ({
    from: (one.from - from) / (to - from),
    to: (one.to - from) / (to - from),
    pale,
  });
  const held = minutes.stretches.filter(({ cause }) => cause === 'held');
  const of = (person: PersonEvidence, name: string): Bars['rows'] => [
    { label: m.rows.here(name), pieces: person.here.map((one) => piece(one, true)) },
    { label: m.rows.sent(name), pieces: person.sent.map((one) => piece(one)) },
    { label: m.rows.received(name), pieces: person.received.map((one) => piece(one)) },
    {
      label: m.rows.worked(name),
      pieces: person.worked.map(({ minute }) => piece({ from: minute, to: minute + MINUTE_MS })),
    },
    ...(person.weak.length === 0
      ? []
      : [{ label: m.rows.weak(name), pieces: person.weak.map((one) => piece(one, true)) }]),
    ...(person.faults.length === 0
      ? []
      : [{ label: m.rows.fault(name), pieces: person.faults.map((one) => piece(one, true)) }]),
  ];
  const clock = (at: number): string => `${formatClock(at, zone)} ${zoneShort(at, zone)}`;
  return [
    { kind: 'heading', text: m.presence },
    {
      kind: 'bars',
      ends: [clock(from), clock(to)],
      rows: [
        { label: m.rows.booked, pieces: [piece({ from: minutes.startsAt, to: minutes.endsAt }, true)] },
        ...of(tutor, names.tutorName),
        ...of(student, names.studentName),
        { label: m.rows.held, pieces: held.map((one) => piece(one)) },
      ],
    },
  ];
}

function stretches({ evidence }: EvidenceTold, messages: Messages, zone: string): readonly Part[] {
  const m = messages.papers.evidence;
  const words = messages.evidence;
  const { stretches: all } = evidence.minutes;
  if (evidence.lessonId === null || all.length === 0) return [];
  const length = ({ from, to }: (typeof all)[number]): number => to - from;
  const shown =
    all.length <= MOST_STRETCHES
      ? all
      : all
          .toSorted((a, b) => length(b) - length(a))
          .slice(0, MOST_STRETCHES)
          .toSorted((a, b) => a.from - b.from);
  return [
    { kind: 'heading', text: m.minutes },
    {
      kind: 'table',
      columns: [
        { title: m.columns.from, share: 2 },
        { title: m.columns.length, share: 2 },
        { title: m.columns.where, share: 5 },
      ],
      rows: shown.map((stretch) => {
        const side = SIDE_OF[stretch.cause];
        const where =
          side === null ? (stretch.cause === 'held' ? words.held : words.toCome) : words.lost(words.sides[side]);
        return [formatClock(stretch.from, zone), lengthWords(length(stretch)), capital(where)];
      }),
    },
  ];
}
