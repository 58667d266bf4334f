/** The official SDK, turned to the sandbox as its users must do it: the host is hard-coded in it. */
import Razorpay from 'razorpay';
import { KEY_ID, KEY_SECRET } from './process.ts';
import { field, isJson, type Json } from './shapes.ts';

export interface Sdk {
  readonly razorpay: Razorpay;
  /** POST with headers, which the SDK's own methods cannot send. */
  post(path: string, body: Json, headers?: Readonly<Record<string, string>>): Promise<Json>;
  get(path: string): Promise<Json>;
}

type Send = (...given: readonly unknown[]) => Promise<unknown>;

export function createSdk(
  url: string,
  keys: { key_id: string; key_secret: string } = { key_id: KEY_ID, key_secret: KEY_SECRET },
  timeoutMs = 5_000,
): Sdk {
  const razorpay = new Razorpay(keys);
  const rq: unknown = Reflect.get(Object(Reflect.get(razorpay, 'api')), 'rq');
  const defaults = field(Object.assign(Object.create(null), rq), 'defaults');
  Object.assign(Object(defaults), { baseURL: url, timeout: timeoutMs, proxy: false });
  const method = (name: string): Send => {
    const send: unknown = Reflect.get(Object(rq), name);
    if (typeof send !== 'function') throw new Error(`the SDK has no ${name}`);
    return async (...given) => send.apply(rq, given);
  };
  const data = async (answer: Promise<unknown>): Promise<Json> => {
    const body = field(await answer, 'data');
    if (!isJson(body)) throw new Error('no JSON in the answer');
    return body;
  };
  return {
    razorpay,
    post: (path, body, headers = {}) => data(method('post')(path, body, { headers })),
    get: (path) => data(method('get')(path)),
  };
}

/** What the SDK rejects with: a plain object, not an Error. */
export async function rejection(call: Promise<unknown>): Promise<{ statusCode: unknown; error: Json }> {
  try {
    await call;
  } catch (thrown) {
    const response = isJson(thrown) || thrown instanceof Error ? Reflect.get(thrown, 'response') : undefined;
    if (response) {
      const error = field(field(response, 'data'), 'error');
      return { statusCode: field(response, 'status'), error: isJson(error) ? error : {} };
    }
    const error = field(thrown, 'error');
    return { statusCode: field(thrown, 'statusCode'), error: isJson(error) ? error : {} };
  }
  throw new Error('it was accepted');
}
