/**
 * Razorpay's own package, and what it lacks (another host, time-outs, the cause of a network error, ids that are checked
 * before they reach a path); reference: its sheet §0 and §14.
 */
import Razorpay from 'razorpay';
import type { Answer } from './payment-gateway.ts';
import { answerFrom } from './razorpay-entities.ts';

export interface RazorpaySettings {
  readonly keyId: string;
  readonly keySecret: string;
  /** The current one first; more while one is being rotated. */
  readonly webhookSecrets: readonly string[];
  /** Another host, such as the sandbox: `http://127.0.0.1:4000`, without `/v1`. Asked at each call: it may move. */
  readonly baseUrl?: () => string;
  /** Wall ms; by default 10,000. */
  readonly timeoutMs?: number;
}

interface RequestConfig {
  baseURL?: string;
  proxy?: unknown;
}

/** The axios instance inside the package, as far as we use it. Its types do not mention it. */
export interface Transport {
  readonly defaults: { timeout: number; maxRedirects: number };
  readonly interceptors: {
    readonly request: { use(prepare: (config: RequestConfig) => RequestConfig): unknown };
    readonly response: { use(ok: undefined, failed: (error: unknown) => Promise<never>): unknown };
  };
  post(url: string, body: unknown, config?: { headers: Record<string, string> }): Promise<{ data: unknown }>;
}

function isTransport(value: unknown): value is Transport {
  return typeof value === 'function' && 'defaults' in value && 'interceptors' in value && 'post' in value;
}

/** Loopback is never behind a proxy, but HTTP_PROXY would send it there. */
const isLoopback = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);

export interface Connection {
  readonly client: Razorpay;
  readonly transport: Transport;
}

export function connect(settings: RazorpaySettings): Connection {
  const { keyId, keySecret, baseUrl, timeoutMs = 10_000 } = settings;
  // With only one of them the package would send no credentials at all, silently.
  if (keyId === '' || keySecret === '') throw new Error('The payment gateway needs its key id and its secret.');
  const client = new Razorpay({ key_id: keyId, key_secret: keySecret });
  const transport: unknown = Reflect.get(client.api, 'rq');
  if (!isTransport(transport)) throw new Error('This version of the razorpay package has no transport we know.');
  transport.defaults.timeout = timeoutMs;
  transport.defaults.maxRedirects = 0;
  if (baseUrl !== undefined)
    transport.interceptors.request.use((config) => {
      const url = baseUrl();
      return { ...config, baseURL: url, ...(isLoopback(url) && { proxy: false }) };
    });
  // Without a response the package reads `undefined.status` and the cause is lost.
  transport.interceptors.response.use(undefined, (error) => {
    if (error instanceof Error && Reflect.get(error, 'response') === undefined) {
      const reason = String(Reflect.get(error, 'code') ?? error.message);
      Reflect.set(error, 'response', { status: 0, data: { error: { code: 'NETWORK_ERROR', description: reason } } });
    }
    return Promise.reject(error);
  });
  return { client, transport };
}

/** The package rejects with `{statusCode, error}`, the transport with an error that has a `response`. */
function failureOf(error: unknown): { status: number; code: string; description: string } {
  const get = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined;
  const response = get(error, 'response');
  const status = get(error, 'statusCode') ?? get(response, 'status');
  const said = get(error, 'error') ?? get(get(response, 'data'), 'error');
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    status: typeof status === 'number' ? status : 0,
    code: text(get(said, 'code')),
    description: text(get(said, 'description')) || (error instanceof Error ? error.message : ''),
  };
}

const ID = /^(order|pay|trf|acc|acc_prd|sth|disp|doc)_[A-Za-z0-9]{14}$/;

/** Something that is no id of the provider; it never leaves this process. */
class NotAnId extends Error {}

/** The package puts ids into paths as they are. @throws NotAnId */
type IdKind = 'order' | 'pay' | 'trf' | 'acc' | 'acc_prd' | 'sth' | 'disp' | 'doc';

export function checked(kind: IdKind, id: string): string {
  if (ID.exec(id)?.[1] !== kind) throw new NotAnId(`Not an id of the provider (${kind}): ${id}`);
  return id;
}

const IN_PROGRESS = 'still in progress';

export async function ask<T>(read: (value: unknown) => T | null, call: () => Promise<unknown>): Promise<Answer<T>> {
  try {
    return answerFrom(read, await call());
  } catch (error) {
    if (error instanceof NotAnId) return { kind: 'rejected', code: 'NOT_AN_ID', description: error.message };
    const { status, code, description } = failureOf(error);
    // Wrong credentials are our own fault, and a page of some proxy has no code: neither is the provider's verdict.
    const verdict = status === 400 || status === 404 || status === 422 || status === 409;
    if (!verdict || code === '' || (status === 409 && description.includes(IN_PROGRESS)))
      return { kind: 'unknown', cause: `${status} ${code} ${description}`.trim() };
    return { kind: 'rejected', code, description };
  }
}
