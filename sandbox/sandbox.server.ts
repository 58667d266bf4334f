import Fastify from 'fastify';
import { createMailbox } from './mail/mailbox.server.ts';
import { registerInbox } from './mail/inbox.server.ts';
import { startSmtp } from './mail/smtp.server.ts';
import { registerOpenAi } from './openai/openai.server.ts';
import { registerApi } from './razorpay/api.server.ts';
import { registerCheckout } from './razorpay/checkout/checkout.server.ts';
import { registerControl } from './razorpay/control/control.server.ts';
import { registerAssets } from './razorpay/look/assets.server.ts';
import { startProvider } from './razorpay/provider.server.ts';
import type { Settings } from './settings.ts';
import { createClock } from './shared/clock.server.ts';
import { openDatabase } from './shared/database.server.ts';

export interface Sandbox {
  readonly port: number;
  readonly smtpPort: number;
  /** Takes no more requests, ends those under way, closes the database. */
  stop(): Promise<void>;
}

/** The outside world, on loopback only. */
export async function startSandbox(settings: Settings): Promise<Sandbox> {
  const database = openDatabase(settings.dataFolder);
  const clock = createClock(database, settings.clockOffsetMs);
  const provider = startProvider(database, clock, settings);
  const mailbox = createMailbox(database, () => clock.now());
  const app = Fastify({
    logger: false,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  await registerApi(app, provider);
  await registerCheckout(app, provider);
  await registerControl(app, provider);
  await registerAssets(app);
  await registerInbox(app, mailbox);
  await registerOpenAi(app);
  app.get('/health', () => ({ status: 'ok' }));

  const smtp = await startSmtp(mailbox);
  await app.listen({ host: '127.0.0.1', port: settings.port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the sandbox has no port');
  return {
    port: address.port,
    smtpPort: smtp.port,
    async stop() {
      await app.close();
      await smtp.close();
      await provider.stop();
      database.close();
    },
  };
}
