/** What most contract tests begin with: a sandbox of their own, the SDK, and the steps towards a paid transfer. */
import { afterAll, beforeAll } from 'vitest';
import { startSandboxProcess, temporaryFolder, type RunningSandbox } from './process.ts';
import { createSdk, type Sdk } from './sdk.ts';
import { field, type Json } from './shapes.ts';

const DAY_MS = 86_400_000;

export interface Scene {
  readonly sandbox: RunningSandbox;
  readonly sdk: Sdk;
  makeAccount(email: string): Promise<string>;
  /** Creates an order and pays it by UPI. */
  paidPayment(amount: number, order?: Json): Promise<string>;
  /** From a payment, waited for until it is no longer pending. */
  transfer(paymentId: string, account: string, amount: number, more?: Json): Promise<string>;
  settledTransfer(id: string): Promise<Json>;
  /** Moves the provider's clock forward. */
  passDays(days: number): Promise<void>;
  platformBalance(): Promise<number>;
}

export async function eventually<T>(read: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await read();
    if (found(value)) return value;
    if (tries > 100) throw new Error(`it never came about: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** Call it once at the top of a test file; the scene is there from the first test on. */
export function useScene(env: Readonly<Record<string, string>> = {}): () => Scene {
  const folder = temporaryFolder();
  let scene: Scene | null = null;
  beforeAll(async () => {
    scene = createScene(await startSandboxProcess(folder.path, env));
  });
  afterAll(async () => {
    await scene?.sandbox.stop();
    folder.remove();
  });
  return () => {
    if (!scene) throw new Error('the scene is set before the first test, not earlier');
    return scene;
  };
}

function createScene(sandbox: RunningSandbox): Scene {
  const sdk = createSdk(sandbox.url);
  const settledTransfer = (id: string): Promise<Json> =>
    eventually(
      () => sdk.get(`/v1/transfers/${id}`),
      ({ status }) => status !== 'pending' && status !== 'created',
    );
  return {
    sandbox,
    sdk,
    settledTransfer,
    makeAccount: async (email) => String((await sandbox.control('accounts', { email, name: 'A tutor' })).accountId),
    async paidPayment(amount, order = {}) {
      const made = await sdk.post('/v1/orders', { amount, currency: 'INR', ...order });
      return String((await sandbox.control(`orders/${String(made.id)}/pay`, {})).payment_id);
    },
    async transfer(paymentId, account, amount, more = {}) {
      const made = await sdk.post(`/v1/payments/${paymentId}/transfers`, {
        transfers: [{ account, amount, currency: 'INR', ...more }],
      });
      const [first] = Array.isArray(made.items) ? made.items : [];
      const id = String(field(first, 'id'));
      await settledTransfer(id);
      return id;
    },
    async passDays(days) {
      const { offsetMs } = (await sandbox.state()).clock;
      await sandbox.control('clock', { offsetMs: offsetMs + Math.round(days * DAY_MS) });
    },
    platformBalance: async () => (await sandbox.state()).balances.platform.balance,
  };
}
