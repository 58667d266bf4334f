/** The checkout's own calls, all to the origin that served the page. */
export interface ShownOrder {
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'created' | 'attempted' | 'paid';
}

export interface Progress {
  readonly payment_id: string;
  readonly next: 'otp' | 'bank' | 'wait' | 'succeeded' | 'failed';
  readonly success?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly description: string; readonly reason: string } & Readonly<Record<string, unknown>>;
}

/** The server said no, in words for the payer; `field` names what to correct. */
export class Refused extends Error {
  readonly field: string | null;

  constructor(description: string, field: string | null) {
    super(description);
    this.field = field;
  }
}

const address = new URLSearchParams(location.search);
const ticket = { key: address.get('key') ?? '', order_id: address.get('order_id') ?? '' };
const BASE = '/sandbox/razorpay/checkout';

async function read<T>(answer: Response): Promise<T> {
  const body = await answer.json();
  if (answer.ok) return body;
  throw new Refused(body?.error?.description ?? 'Something went wrong.', body?.error?.field ?? null);
}

async function get<T>(path: string): Promise<T> {
  return read<T>(await fetch(`${BASE}${path}?${new URLSearchParams(ticket)}`));
}

async function post(path: string, body: Readonly<Record<string, unknown>>): Promise<Progress> {
  const answer = await fetch(BASE + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, ...ticket }),
  });
  return read<Progress>(answer);
}

export const fetchOrder = (): Promise<ShownOrder> => get<ShownOrder>('/order');
export const begin = (body: Readonly<Record<string, unknown>>): Promise<Progress> => post('/payments', body);
export const fetchProgress = (paymentId: string): Promise<Progress> => get<Progress>(`/payments/${paymentId}`);
export const giveOtp = (paymentId: string, otp: string): Promise<Progress> =>
  post(`/payments/${paymentId}/otp`, { otp });
export const answerAtBank = (paymentId: string, result: 'success' | 'failure'): Promise<Progress> =>
  post(`/payments/${paymentId}/bank`, { result });
export const cancel = (paymentId: string): Promise<Progress> => post(`/payments/${paymentId}/cancel`, {});
