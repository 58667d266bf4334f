/** The page's calls to the levers, at the path where the product passes them on too. */
const BASE = '/sandbox/control';

export interface Order {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly receipt: string | null;
  readonly created_at: number;
}
export interface Payment {
  readonly id: string;
  readonly order_id: string;
  readonly amount: number;
  readonly status: string;
  readonly method: string;
  readonly captured: boolean;
  readonly amount_refunded: number;
  readonly error_description: string | null;
}
export interface Transfer {
  readonly id: string;
  readonly source: string;
  readonly recipient: string;
  readonly amount: number;
  readonly amount_reversed: number;
  readonly status: string;
  readonly on_hold: boolean;
  readonly on_hold_until: number | null;
  readonly settlement_status?: string | null;
  readonly settlesAt: number | null;
  readonly recipient_settlement_id: string | null;
  readonly error: { readonly description: string | null };
}
export interface Reversal {
  readonly id: string;
  readonly transfer_id: string;
  readonly amount: number;
  readonly created_at: number;
}
export interface Refund {
  readonly id: string;
  readonly payment_id: string;
  readonly amount: number;
  readonly status: string;
  readonly created_at: number;
}
export interface Dispute {
  readonly id: string;
  readonly payment_id: string;
  readonly amount: number;
  readonly amount_deducted: number;
  readonly phase: string;
  readonly status: string;
  readonly respond_by: number;
  readonly reason_code: string;
  readonly evidence: { readonly summary: string | null; readonly submitted_at: number | null };
}
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly contact_name: string;
  readonly activation: string;
  readonly coolingUntil: number;
  readonly product: { readonly requirements: readonly { readonly field_reference: string }[] } | null;
}
export interface Settlement {
  readonly id: string;
  readonly owner: string;
  readonly amount: number;
  readonly fees: number;
  readonly utr: string;
  readonly created_at: number;
}
export interface Balance {
  readonly balance: number;
  readonly held: number;
  readonly pending: number;
  readonly settled: number;
}
export interface WebhookEvent {
  readonly eventId: string;
  readonly event: string;
  readonly entityId: string;
  readonly status: string;
  /** Wall ms. */
  readonly madeAt: number;
  readonly attempts: readonly { readonly status: number | null; readonly problem: string | null }[];
}
export interface Call {
  /** Wall ms. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly committed: boolean;
  readonly fault: string | null;
}
export interface State {
  readonly clock: { readonly now: number; readonly offsetMs: number };
  readonly counts: Readonly<Record<string, number>> & { readonly webhooks: Readonly<Record<string, number>> };
  readonly faults: {
    readonly api: readonly {
      readonly kind: string;
      readonly method: string;
      readonly route: string;
      readonly left: number;
    }[];
    readonly webhooks: readonly { readonly kind: string; readonly event: string | null; readonly left: number }[];
    readonly refundsToPend: number;
  };
  readonly orders: readonly Order[];
  readonly payments: readonly Payment[];
  readonly transfers: readonly Transfer[];
  readonly reversals: readonly Reversal[];
  readonly refunds: readonly Refund[];
  readonly disputes: readonly Dispute[];
  readonly accounts: readonly Account[];
  readonly settlements: readonly Settlement[];
  readonly balances: { readonly platform: Balance; readonly accounts: Readonly<Record<string, Balance>> };
  readonly webhooks: { readonly url: string | null; readonly events: readonly WebhookEvent[] };
  readonly requests: { readonly log: readonly Call[] };
}

/** One lever and what to say when it has moved. */
export interface Pull {
  readonly method?: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly done: string;
}

/** The provider said no, in its own words; `field` names what to correct. */
export class Refused extends Error {
  readonly field: string | null;

  constructor(description: string, field: string | null) {
    super(description);
    this.field = field;
  }
}

async function read<T>(answer: Response): Promise<T> {
  const body = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body;
  throw new Refused(
    body?.error?.description ?? body?.detail ?? 'The sandbox does not answer.',
    body?.error?.field ?? null,
  );
}

/** The newest `limit` of each kind. */
export const readState = async (limit: number): Promise<State> =>
  read<State>(await fetch(`${BASE}/state?limit=${limit}`));

/** The calls that a fault can meet, such as `POST /v1/orders`. */
export const readRoutes = async (): Promise<string[]> =>
  (await read<{ routes: string[] }>(await fetch(`${BASE}/routes`))).routes;

export async function pull({ method = 'POST', path, body }: Pull): Promise<void> {
  const answer = await fetch(`${BASE}/${path}`, {
    method,
    ...(method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) } : {}),
  });
  await read<unknown>(answer);
}
