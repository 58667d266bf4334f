/**
 * A day of business: bookings each with a fate of its own, driven through the same day. Every step is a question that may
 * be asked again, because the life that answers may die over it.
 */
import { idFrom } from '#events/shared/ids.ts';
import { POLICY_2026_11 } from '#events/shared/policy.ts';
import { HOUR, OPS, OPS2, PRICE, STUDENTS, TUTORS } from './cast.ts';
import { bankTakesBack, dispute, decideReview } from './cases.ts';
import type { Scene } from './stage.ts';

export const FATES = [
  'taught',
  'cancelled-early',
  'cancelled-late',
  'tutor-no-show',
  'dispute-student',
  'dispute-split',
  'dispute-tutor',
  'paid-too-late',
] as const;

/** All that a seat can come to. */
export const ALL_FATES = [
  ...FATES,
  'tutor-cancels',
  'student-no-show',
  'nobody',
  'unclear',
  'paid-twice',
  'dispute-withdrawn',
  'bank-won',
  'bank-lost-early',
  'bank-lost-late',
  'never-paid',
] as const;
export type Fate = (typeof ALL_FATES)[number];

export type Json = Readonly<Record<string, unknown>>;

export interface Seat {
  readonly fate: Fate;
  readonly bookingId: string;
  readonly tutorId: string;
  readonly studentId: string;
  readonly startsAt: number;
}

/** Throws when the command is refused, unless `mayRefuse`: whoever waits for what it should have done would wait in vain. */
export type Give = (step: string, as: string, command: Json, mayRefuse?: boolean) => Promise<Json>;

export const DAY = 24 * HOUR;
const IST = 5.5 * HOUR;
const FIRST_HOUR = 8;
/** Lessons of one tutor a day. */
export const A_DAY = 11;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const giverOf =
  (stage: Scene, round: string): Give =>
  async (step, as, command, mayRefuse = false) => {
    const commandId = idFrom('chaos', round, step);
    const answer = await stage.ask('command', { commandId, as, command });
    if (answer['refused'] !== undefined && !mayRefuse)
      throw new Error(`${step}: ${String(command['type'])} was refused: ${String(answer['refused'])}`);
    if (Array.isArray(answer['types']) && answer['types'].length > 0) stage.acknowledged.add(commandId);
    return answer;
  };

/** People, profiles, offers, hours and accounts. Once a database. */
export async function prepare(stage: Scene): Promise<void> {
  const give = giverOf(stage, 'prepare');
  const roles = [
    ...TUTORS.map((id) => [id, 'tutor']),
    ...STUDENTS.map((id) => [id, 'student']),
    [OPS, 'ops'],
    [OPS2, 'ops'],
  ];
  for (const [personId, role] of roles)
    await give(`register ${personId}`, 'system', {
      type: 'RegisterPerson',
      data: { personId, role, zone: 'Asia/Kolkata' },
    });
  const offers = [{ offerId: 'single', minutes: 60, seats: 1, price: PRICE, title: 'One-to-one' }];
  const windows = [0, 1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, from: '06:00', to: '21:00', offerId: 'single' }));
  for (const [n, tutorId] of TUTORS.entries()) {
    const profile = {
      slug: tutorId,
      name: `Tutor ${n + 1}`,
      headline: 'Mathematics',
      about: 'Twelve years of patience.',
      subjects: ['Mathematics'],
      levels: ['Class 10'],
      languages: ['English'],
      city: 'Pune',
      yearsTeaching: 12,
      education: 'M.Sc.',
    };
    await give(`profile ${tutorId}`, tutorId, { type: 'PublishTutorProfile', data: { tutorId, profile } });
    await give(`offers ${tutorId}`, tutorId, { type: 'SetOffers', data: { tutorId, offers } });
    await give(`hours ${tutorId}`, tutorId, {
      type: 'SetAvailability',
      data: { tutorId, zone: 'Asia/Kolkata', windows },
    });
    const account = await stage.sandbox.control<{ accountId: string }>('accounts', {
      email: `${tutorId}@demo.test`,
      name: `Tutor ${n + 1}`,
    });
    await give(`account ${tutorId}`, tutorId, {
      type: 'ActivateLinkedAccount',
      data: { tutorId, accountId: account.accountId },
    });
  }
  await stage.sandbox.control('balance', { amount: 500_000_000 });
}

export interface Rows {
  readonly booking: Json | null;
  readonly payout: Json | null;
}

export async function until(
  stage: Scene,
  bookingId: string,
  what: string,
  holds: (rows: Rows) => boolean,
): Promise<Rows> {
  const end = Date.now() + 120_000;
  // Many wait at once, and asking must not take the time of what is waited for.
  for (let pause = 40; ; pause = Math.min(400, pause * 1.5)) {
    const { booking, payout } = await stage.ask(`row/${bookingId}`);
    const rows = { booking: recordOf(booking), payout: recordOf(payout) };
    if (holds(rows)) return rows;
    if (Date.now() > end) throw new Error(`${what} never came about: ${JSON.stringify(rows)}`);
    await sleep(pause);
  }
}

export const recordOf = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;

const refunded = (stage: Scene, { bookingId }: Seat, amount: number): Promise<Rows> =>
  until(stage, bookingId, `${amount} paise back`, ({ booking }) => booking?.['refunded'] === amount);

async function orderOf(stage: Scene, { bookingId }: Seat): Promise<string> {
  const { booking } = await until(
    stage,
    bookingId,
    'the order',
    (rows) => typeof rows.booking?.['orderId'] === 'string',
  );
  return String(booking?.['orderId']);
}

/** The bank of the payer is asked once; while a life is down its webhooks wait. */
async function pay(stage: Scene, seat: Seat): Promise<void> {
  const orderId = await orderOf(stage, seat);
  const { orders } = await stage.sandbox.state();
  if (orders.some((order) => order['id'] === orderId && order['status'] === 'paid')) return;
  await stage.sandbox.control(`orders/${orderId}/pay`, {});
}

export async function advance(stage: Scene, to: number): Promise<void> {
  const { offsetMs } = await stage.ask('advance', { to });
  await stage.sandbox.control('clock', { offsetMs: Number(offsetMs) });
}

export const businessNow = async (stage: Scene): Promise<number> => Number((await stage.ask('now'))['now']);

/** Books and drives tomorrow's seats, and gives them. `round` names it: the same name asks the same things. */
export async function playRound(
  stage: Scene,
  round: string,
  fates: readonly Fate[] = FATES,
  releases: 'wait' | 'later' = 'wait',
): Promise<readonly Seat[]> {
  const give = giverOf(stage, round);
  const midnight = Math.floor(((await businessNow(stage)) + IST) / DAY) * DAY - IST;
  const day = midnight + DAY;
  const seats = fates.map((fate, n): Seat => ({
    fate,
    bookingId: idFrom('chaos-booking', round, n),
    tutorId: TUTORS[Math.floor(n / A_DAY)] ?? '',
    studentId: STUDENTS[n % STUDENTS.length] ?? '',
    startsAt: day + (FIRST_HOUR + (n % A_DAY)) * HOUR,
  }));
  const of = (...wanted: readonly Fate[]): readonly Seat[] => seats.filter((seat) => wanted.includes(seat.fate));

  await Promise.all(seats.map((seat) => book(stage, give, seat)));
  await Promise.all(
    of('cancelled-early', 'tutor-cancels').map(async (seat) => {
      await cancel(give, seat, seat.fate === 'tutor-cancels' ? 'tutor' : 'student');
      await refunded(stage, seat, PRICE);
    }),
  );
  await expire(stage, of('paid-too-late', 'never-paid'));
  const late = of('cancelled-late').toSorted((one, other) => one.startsAt - other.startsAt);
  // Before the first lesson of the day, which would otherwise begin without anybody.
  const first = Math.min(...seats.map(({ startsAt }) => startsAt));
  for (const seat of late) {
    await advance(stage, Math.min(seat.startsAt - 6 * HOUR, first - 5 * 60_000));
    await cancel(give, seat, 'student');
  }
  await Promise.all(late.map((seat) => refunded(stage, seat, PRICE / 2)));

  await lessons(
    stage,
    give,
    seats.filter(
      ({ fate }) =>
        !['cancelled-early', 'tutor-cancels', 'paid-too-late', 'never-paid', 'cancelled-late'].includes(fate),
    ),
  );
  await Promise.all(
    of('dispute-student', 'dispute-split', 'dispute-tutor', 'dispute-withdrawn').map((seat) =>
      dispute(stage, give, seat),
    ),
  );
  await Promise.all(of('unclear').map((seat) => decideReview(stage, give, seat)));
  await Promise.all(of('bank-won', 'bank-lost-early').map((seat) => bankTakesBack(stage, give, seat)));
  if (releases === 'later') return seats;
  await advance(stage, day + 5 * DAY);
  await Promise.all(
    of('taught', 'dispute-tutor', 'dispute-split', 'dispute-withdrawn', 'cancelled-late').map(({ bookingId }) =>
      until(stage, bookingId, 'the release', ({ payout }) =>
        ['released', 'settled'].includes(String(payout?.['state'])),
      ),
    ),
  );
  return seats;
}

async function book(stage: Scene, give: Give, seat: Seat): Promise<void> {
  const { bookingId, studentId, startsAt, tutorId } = seat;
  await give(`request-${bookingId}`, studentId, {
    type: 'RequestBooking',
    data: {
      bookingId,
      tutorId,
      studentId,
      bookedBy: studentId,
      offerId: 'single',
      subject: 'Mathematics',
      startsAt,
      minutes: 60,
      seats: 1,
      price: PRICE,
      mode: 'instant',
      policy: POLICY_2026_11,
      note: '',
    },
  });
  const orderId = await orderOf(stage, seat);
  if (seat.fate === 'paid-too-late' || seat.fate === 'never-paid') return;
  if (seat.fate === 'paid-twice') await stage.sandbox.control(`orders/${orderId}/pay`, { vpa: 'failure@razorpay' });
  await pay(stage, seat);
  await until(stage, bookingId, 'the transfer', ({ payout }) => typeof payout?.['transferId'] === 'string');
  // The bank's late yes to the attempt that had failed, when the next one has paid already.
  if (seat.fate === 'paid-twice') await stage.sandbox.control(`orders/${orderId}/late-authorise`, {});
}

const cancel = (give: Give, { bookingId, studentId, tutorId }: Seat, by: 'student' | 'tutor'): Promise<Json> =>
  give(`cancel-${bookingId}`, by === 'tutor' ? tutorId : studentId, {
    type: 'CancelBooking',
    data: { bookingId, by, reason: '' },
  });

async function expire(stage: Scene, seats: readonly Seat[]): Promise<void> {
  if (seats.length === 0) return;
  await advance(stage, (await businessNow(stage)) + 11 * 60_000);
  for (const seat of seats) {
    await until(stage, seat.bookingId, 'the expiry', ({ booking }) => booking?.['state'] === 'expired');
    if (seat.fate === 'never-paid') continue;
    await pay(stage, seat);
    await refunded(stage, seat, PRICE);
  }
}

/** The lessons of the day, hour by hour: what happens in one hour happens in all of its lessons. */
async function lessons(stage: Scene, give: Give, seats: readonly Seat[]): Promise<void> {
  for (const startsAt of [...new Set(seats.map((seat) => seat.startsAt))].sort((one, other) => one - other)) {
    const now = seats.filter((seat) => seat.startsAt === startsAt);
    const held = await Promise.all(
      now.map(async (seat) => {
        const { booking } = await until(
          stage,
          seat.bookingId,
          'the lesson',
          (rows) => typeof rows.booking?.['code'] === 'string',
        );
        return { seat, lessonId: String(booking?.['lessonId']) };
      }),
    );
    await advance(stage, startsAt);
    await Promise.all(held.map(({ seat, lessonId }) => comeIn(give, seat, lessonId)));
    await advance(stage, startsAt + 16 * 60_000);
    for (const { seat, lessonId } of held) if (seat.fate === 'unclear') await end(give, seat, lessonId);
    await advance(stage, startsAt + HOUR);
    for (const { seat, lessonId } of held) if (comes(seat).includes(seat.tutorId)) await end(give, seat, lessonId);
    await Promise.all(held.map(({ seat }) => cameOf(stage, seat)));
  }
}

function comes({ fate, tutorId, studentId }: Seat): readonly string[] {
  switch (fate) {
    case 'tutor-no-show':
      return [studentId];
    case 'student-no-show':
      return [tutorId];
    case 'nobody':
      return [];
    default:
      return [tutorId, studentId];
  }
}

async function comeIn(give: Give, seat: Seat, lessonId: string): Promise<void> {
  const { bookingId, startsAt } = seat;
  for (const personId of comes(seat)) {
    const role = personId === seat.tutorId ? 'host' : 'participant';
    const connectionId = `${personId} in ${bookingId}`;
    await give(`join-${connectionId}`, personId, {
      type: 'JoinLesson',
      data: { lessonId, personId, role, connectionId },
    });
    for (const direction of ['sent', 'received'])
      await give(`${direction}-${connectionId}`, personId, {
        type: 'StartMedia',
        data: { lessonId, personId, connectionId, direction, at: startsAt },
      });
  }
}

const end = (give: Give, { bookingId, tutorId }: Seat, lessonId: string): Promise<Json> =>
  give(`end-${bookingId}`, tutorId, {
    type: 'EndLesson',
    data: { lessonId, by: 'host', policy: POLICY_2026_11 },
  });

/** What the lesson came to is known, and its money is where it belongs by then. */
async function cameOf(stage: Scene, seat: Seat): Promise<void> {
  switch (seat.fate) {
    case 'tutor-no-show':
    case 'nobody':
      await refunded(stage, seat, PRICE);
      return;
    case 'unclear':
      await until(stage, seat.bookingId, 'the review', ({ booking }) => booking?.['state'] === 'under-review');
      return;
    default:
      await until(stage, seat.bookingId, 'the hold', ({ payout }) => typeof payout?.['releaseAt'] === 'number');
  }
}
