/** The product's API and the sandbox's levers, as a client of another kind would use them. */
import { randomUUID } from 'node:crypto';

const PASSWORD = 'nexused-demo';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface Booking {
  readonly bookingId: string;
  readonly state: string;
  readonly payment: string;
  readonly orderId: string | null;
  readonly code: string | null;
  readonly startsAt: number;
  readonly refunded: number;
}

export interface Slot {
  readonly startsAt: number;
  readonly offerId: string;
  readonly minutes: number;
  readonly seats: number;
  readonly seatsLeft: number;
  readonly price: number;
}

/** What the bank of the sandbox says; only what the tests read. */
export interface BankState {
  readonly transfers: readonly {
    readonly id: string;
    readonly status: string;
    readonly amount: number;
    readonly on_hold: boolean;
    /** How often it went from on hold to released. */
    readonly holdsLifted: number;
    readonly amount_reversed: number;
    readonly source: string;
    readonly notes: Readonly<Record<string, string>>;
  }[];
  readonly refunds: readonly {
    readonly id: string;
    readonly amount: number;
    readonly payment_id: string;
    readonly status: string;
    readonly created_at: number;
    readonly notes: Readonly<Record<string, string>>;
  }[];
  readonly payments: readonly {
    readonly id: string;
    readonly order_id: string;
    readonly status: string;
    readonly amount: number;
  }[];
  readonly reversals: readonly {
    readonly id: string;
    readonly transfer_id: string;
    readonly amount: number;
    readonly created_at: number;
    readonly notes: Readonly<Record<string, string>>;
  }[];
}

export interface Client {
  readonly token: string;
  readonly personId: string;
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Books, with a fresh request id unless one is given. */
  book(
    slot: { tutorId: string; offerId: string; startsAt: number },
    requestId?: string,
  ): Promise<Answer<Booking & { code: string | null }>>;
  booking(id: string): Promise<Booking>;
  /** Looks until it is so; the error says what it was last. */
  bookingWhen(id: string, is: (booking: Booking) => boolean, ms?: number): Promise<Booking>;
}

export async function ask<T>(url: string, init?: RequestInit): Promise<Answer<T>> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
}

export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 60));
  }
}

export async function signIn(base: string, email: string): Promise<Client> {
  const answer = await ask<{ token: string; person: { personId: string } }>(`${base}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  if (answer.status !== 200) throw new Error(`${email} could not sign in: ${answer.status}`);
  const { token, person } = answer.body;
  const get = <T>(path: string): Promise<Answer<T>> =>
    ask<T>(base + path, { headers: { authorization: `Bearer ${token}` } });
  const post = <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer<T>> =>
    ask<T>(base + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const booking = async (id: string): Promise<Booking> => {
    const answer = await get<Booking>(`/api/v1/bookings/${id}`);
    if (answer.status !== 200) throw new Error(`booking ${id}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    token,
    personId: person.personId,
    get,
    post,
    book: ({ tutorId, offerId, startsAt }, requestId = randomUUID()) =>
      post(
        '/api/v1/bookings',
        { tutorId, offerId, startsAt, subject: 'Mathematics' },
        { 'idempotency-key': requestId },
      ),
    booking,
    async bookingWhen(id, is, ms) {
      let last: Booking | null = null;
      try {
        return await until(`booking ${id}`, async () => (is((last = await booking(id))) ? last : null), ms);
      } catch (error) {
        throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`, { cause: error });
      }
    },
  };
}

export async function tutorBySlug(base: string, slug: string): Promise<{ tutorId: string; slots: readonly Slot[] }> {
  const tutor = await ask<{ tutorId: string }>(`${base}/api/v1/tutors/${slug}`);
  const { body } = await ask<{ slots: readonly Slot[] }>(`${base}/api/v1/tutors/${slug}/slots`);
  return { tutorId: tutor.body.tutorId, slots: body.slots };
}

/** Pays an order at the sandbox without a browser. */
export const payOrder = (base: string, orderId: string): Promise<Answer<unknown>> =>
  ask(`${base}/sandbox/control/orders/${orderId}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

export const bankState = async (base: string): Promise<BankState> =>
  (await ask<BankState>(`${base}/sandbox/control/state`)).body;

export const businessNow = async (base: string): Promise<number> =>
  (await ask<{ now: number }>(`${base}/api/v1/clock`)).body.now;
