/**
 * The composition root: parses the configuration once, builds the adapters, starts the roles, and stops them in order.
 * Adapters are chosen here and nowhere else.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit } from '#app/server/audit/audit.server.ts';
import { createAuth } from '#app/server/auth/auth.server.ts';
import { signUpRole } from '#app/server/auth/accounts.server.ts';
import { createErasure } from '#app/server/auth/erase.server.ts';
import { createPersonOf } from '#app/server/auth/person.server.ts';
import { readyBanner, missingParts } from '#app/server/banner.server.ts';
import { createChecks } from '#app/server/checks/checks.server.ts';
import { createFiles } from '#app/server/files/files.server.ts';
import { createHost } from '#app/server/host/host.server.ts';
import { builtPages, devPages } from '#app/server/host/pages.server.ts';
import { createLive } from '#app/server/live.server.ts';
import { runProgram, type Running } from '#app/server/run.server.ts';
import { startSandbox, type Sandbox } from '#app/server/sandbox.server.ts';
import { createServices } from '#app/server/services.server.ts';
import { ConfigError, parseConfig, type Config } from '#config';
import { createCheckOffice } from '#events/access/check-ticket.server.ts';
import { createInviteTokens } from '#events/shared/invite-token.ts';
import { createTicketOffice } from '#events/access/ticket.server.ts';
import { fromSystem } from '#events/handling/context.ts';
import { createSubmit } from '#events/handling/submit.server.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { sealedStore } from '#events/sealing/sealed-store.server.ts';
import { openVault, WrongDataKey } from '#events/sealing/vault.server.ts';
import { createHeadSigner } from '#events/store/audit/heads.server.ts';
import { auditKey } from '#events/store/audit/key.server.ts';
import { openEventStoreDb } from '#events/store/eventstoredb.server.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { openRedisBus } from '#platform/bus/redis.server.ts';
import { openBusinessClock } from '#platform/clock/database.server.ts';
import { FolderInUse } from '#platform/database/folder-lock.server.ts';
import { kyselyDialect } from '#platform/database/kysely-dialect.server.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { loadKeys } from '#platform/keys/keys.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { createMetrics } from '#platform/log/metrics.server.ts';
import { openFolder } from '#platform/objects/folder.server.ts';
import { openS3 } from '#platform/objects/s3.server.ts';
import { lettersOf, openSmtp } from '#projections/effects/mail.server.ts';
import { openRazorpay } from '#projections/effects/razorpay.server.ts';
import { erasureFacts } from '#projections/erasure/facts.server.ts';
import { scrubWorkerTables } from '#projections/erasure/scrub.server.ts';
import { createRehearsals } from '#projections/rehearsal/run.server.ts';
import { requestRebuild } from '#projections/runner/read-models.server.ts';
import { openPayments, openReadSide, prepareProjections, startWorker } from '#projections/worker.server.ts';
import { createSfu } from '#sfu/create-sfu.server.ts';
import { createPlaces } from '#sfu/nodes/places.server.ts';
import { RoomStates } from '#sfu/nodes/states.server.ts';
import { createTraceStore } from '#sfu/trace/store.server.ts';
import { offerMetrics } from '#sfu/metrics.ts';
import { createSyncServer } from '#sync/create-sync-server.server.ts';
import { redisFanout } from '#sync/fanout/redis.server.ts';
import { demoAccounts, DEMO_PASSWORD } from './tools/seed/people.ts';
import { hasDemo, makeDemo } from './tools/seed/make-demo.ts';

const VERSION = '0.1.0';
const ROOT = import.meta.dirname;

async function start(config: Config): Promise<Running> {
  mkdirSync(config.dataDir, { recursive: true });
  // On a terminal the address must not scroll away: the log goes to a file.
  const logFile = process.stdout.isTTY ? createWriteStream(join(config.dataDir, 'nexused.log'), { flags: 'a' }) : null;
  const log = createLog({
    level: config.logLevel,
    ...(logFile ? { pretty: false, write: (line: string) => void logFile.write(line) } : {}),
  });
  const keys = loadKeys(
    config.dataDir,
    ['AUTH_SECRET', 'TICKET_KEY', 'AUDIT_KEY', 'DATA_KEY', 'SANDBOX_KEY_SECRET', 'SANDBOX_WEBHOOK_SECRET'],
    {
      AUTH_SECRET: config.keys.auth,
      TICKET_KEY: config.keys.ticket,
      AUDIT_KEY: config.keys.audit,
      DATA_KEY: config.keys.data,
    },
  );
  /** Undone in the opposite order. */
  const undo: (() => Promise<void>)[] = [];
  const onStop = (step: () => Promise<void>): void => void undo.push(step);

  // — what everything stands on
  const db = config.databaseUrl
    ? await openPostgres(config.databaseUrl, { log })
    : await openPglite(join(config.dataDir, 'database'));
  onStop(() => db.close());
  const bus = config.redisUrl
    ? await openRedisBus(config.redisUrl, { onError: (error) => log.error({ err: error }, 'Redis failed') })
    : createMemoryBus((error, topic) => log.error({ err: error, topic }, 'a subscriber failed'));
  onStop(() => bus.close());
  const clock = await openBusinessClock(db, bus);
  onStop(() => clock.close());
  const chained = config.eventStoreUrl
    ? await openEventStoreDb(config.eventStoreUrl, { db, log })
    : await openSqlStore(db, { log });
  onStop(() => chained.close());
  const vault = await openVault({ db, dataKey: keys.DATA_KEY, bus });
  onStop(() => vault.close());
  const store = sealedStore(chained, vault, { log });
  const objects = config.s3 ? await openS3(config.s3) : await openFolder(join(config.dataDir, 'objects'));
  onStop(() => objects.close());
  const signingKey = auditKey(keys.AUDIT_KEY);
  const signs = config.roles.has('worker');
  // Others sign only when they are asked for an export.
  const head = { store: chained, db, objects, key: signingKey, bus, log };
  const signer = await createHeadSigner({ ...head, ...(!signs && { everyMs: null }) });
  if (signs) onStop(() => signer.stop());
  const submit = createSubmit(store);
  const metrics = createMetrics();
  const tickets = createTicketOffice(Buffer.from(keys.TICKET_KEY));
  const checkTickets = createCheckOffice(Buffer.from(keys.TICKET_KEY));

  // — the outside world
  const { payments: paying } = config;
  if (paying.kind === 'razorpay' && ((await hasDemo(db)) || clock.now() - Date.now() > 60_000))
    throw new ConfigError(
      'This database was used with the payment sandbox: it has demo accounts with a public password, or a clock that was moved. Real payments need a database of their own.',
    );
  let sandbox: Sandbox | null = null;
  // A process of board and media alone has nothing to pay.
  if (paying.kind === 'sandbox' && (config.roles.has('web') || config.roles.has('worker'))) {
    sandbox = await startSandbox({
      root: ROOT,
      dataDir: config.dataDir,
      keyId: 'rzp_test_nexused',
      keySecret: keys.SANDBOX_KEY_SECRET,
      webhookSecret: keys.SANDBOX_WEBHOOK_SECRET,
      log,
    });
    onStop(sandbox.stop);
    await sandbox.setClock(clock.now() - Date.now());
  }
  const sandboxUrl = sandbox?.url ?? null;
  const gateway = openRazorpay(
    paying.kind === 'razorpay'
      ? { keyId: paying.keyId, keySecret: paying.keySecret, webhookSecrets: paying.webhookSecrets }
      : {
          keyId: 'rzp_test_nexused',
          keySecret: keys.SANDBOX_KEY_SECRET,
          webhookSecrets: [keys.SANDBOX_WEBHOOK_SECRET],
          baseUrl: () => sandboxUrl ?? 'http://no-payments.invalid',
        },
  );
  const { smtpUrl } = config;
  const smtp = smtpUrl ? () => smtpUrl : sandbox?.smtpUrl;
  const mail = smtp ? openSmtp(smtp, config.mailFrom) : null;
  if (mail) onStop(async () => mail.close());

  // — sign-in, before the read models: they take people's names from its tables
  const auth = await createAuth({
    db,
    dialect: kyselyDialect(db),
    secret: keys.AUTH_SECRET,
    publicUrl: config.publicUrl,
    log,
    sendMail: async ({ to, subject, text, messageId }) => {
      if (!mail) return log.warn({ subject }, 'a mail was not sent: SMTP_URL is not set');
      const { html } = lettersOf('', text, null);
      await mail.send({
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${messageId}@nexused>`,
        calendar: null,
      });
    },
    register: async ({ id, role, zone }) => {
      const chosen = signUpRole(role);
      // Ops, auditors and institute admins are made by us, never by a form.
      if (!chosen) return;
      const done = await submit(
        { type: 'RegisterPerson', now: clock.now(), data: { personId: id, role: chosen, zone } },
        fromSystem('sign-up', id),
      );
      if (isRefusal(done)) log.error({ code: done.code, personId: id }, 'a person could not be registered');
      else if (done.position) await readSide.waitFor(done.position, 2_000);
    },
  });

  // — read models, processes, effects
  await prepareProjections(db);
  const readSide = await openReadSide({ db, clock });
  onStop(() => readSide.stop());
  const payments = openPayments({ db, gateway, submit, clock, log });
  let address = config.publicUrl ?? '';
  if (config.roles.has('worker')) {
    const worker = startWorker({ db, gateway, submit, clock, log, store, bus, mail, publicUrl: () => address });
    onStop(() => worker.stop());
  }

  // — board and chat
  const fanout = config.redisUrl ? redisFanout(config.redisUrl, { log }) : null;
  if (fanout) onStop(() => fanout.close());
  const sync = createSyncServer({ db, bus, store, submit, tickets, clock, objects, log, ...(fanout && { fanout }) });
  onStop(() => sync.close());

  const capabilities = {
    demoSignIn: sandbox ? { password: DEMO_PASSWORD, accounts: demoAccounts() } : null,
    clockControl: sandbox !== null,
    inbox: sandbox !== null && config.smtpUrl === null,
    providerControls: sandbox !== null,
  };
  const adapters = {
    events: store.kind,
    documents: db.kind,
    bus: bus.kind,
    objects: objects.kind,
    payments: paying.kind,
  };
  const health = async () => ({
    status: 'ok',
    version: VERSION,
    roles: [...config.roles],
    adapters,
    sfu: sfu ? { workers: sfu.stats().workers, mediasoup: sfu.stats().mediasoup } : { workers: 0, mediasoup: 'none' },
  });
  const traces = await createTraceStore(db);
  const roomStates = await RoomStates.open(db, log);
  const places = await createPlaces({ bus, log, fallback: config.nodePublicUrl });
  onStop(() => places.close());
  const audit = await createAudit({ store: chained, db, key: signingKey, signer, log });
  onStop(() => audit.stop());
  const services = createServices({
    store,
    submit,
    log,
    queries: readSide.queries,
    tickets,
    inviteToken: createInviteTokens(Buffer.from(keys.TICKET_KEY)),
    capabilities,
    checkout: {
      script: sandbox ? '/sandbox/razorpay/checkout.js' : 'https://checkout.razorpay.com/v1/checkout.js',
      keyId: paying.kind === 'razorpay' ? paying.keyId : 'rzp_test_nexused',
    },
    files: await createFiles({ db, objects, now: () => clock.now() }),
    checks: await createChecks({ db, office: checkTickets, mediaNode: places.any }),
    traces,
    // As it is stored: what people wrote stays sealed.
    rehearsals: createRehearsals({ store: chained, log }),
    now: () => clock.now(),
    advanceClock: async (ms) => {
      const now = await clock.advance(ms);
      await sandbox?.setClock(now - Date.now());
      return now;
    },
    waitFor: readSide.waitFor,
    observeOrder: async (bookingId) => void (await payments.observeOrder(bookingId)),
    checkReturn: payments.checkReturn,
    allocateClientIds: sync.allocateClientIds,
    snapshot: sync.snapshot,
    storedChats: sync.stored,
    writtenDocuments: sync.written,
    continueBoard: sync.continueBoard,
    continuesBoard: sync.continues,
    history: sync.history,
    shownHistory: sync.shownHistory,
    historyCounts: sync.historyCounts,
    takeLate: sync.takeLate,
    nodePublicUrl: config.nodePublicUrl,
    mediaNodes: places,
    health,
    checkPassword: async (email, password) => {
      const headers = new Headers({ host: 'localhost' });
      return (await auth.api.signInEmail({ body: { email, password }, headers, asResponse: true })).ok;
    },
    erase: createErasure({
      db,
      store,
      submit,
      vault,
      now: () => clock.now(),
      factsOf: (personId) => erasureFacts(db, personId),
      scrub: async (known) => {
        await scrubWorkerTables(db, known);
        await traces.forget(known.personId);
        await roomStates.forget(known.personId);
      },
      rebuild: () => requestRebuild(db),
      membershipsOf: readSide.queries.membershipsOf,
      studyRoomsOf: readSide.queries.studyRoomsOf,
    }),
    audit,
  });

  // — the host
  const answers = metrics.histogram('nexused_http_seconds', 'Time to answer a request', ['method', 'status']);
  metrics.gauge('nexused_sync_rooms', 'Documents that are open', () => sync.stats().rooms);
  metrics.gauge('nexused_sync_sockets', 'Open sockets of documents', () => sync.stats().sockets);
  metrics.gauge('nexused_sync_unstored_bytes', 'Accepted and not stored yet', () => sync.stats().unstoredBytes);
  offerMetrics(metrics, () => sfu?.stats() ?? null);
  const personOf = createPersonOf(auth, readSide.queries);
  let pages: Awaited<ReturnType<typeof devPages>> | null = null;
  let ready = false;
  const builtHandler = config.dev ? null : await builtPages();
  const host = await createHost({
    services,
    auth,
    personOf,
    log,
    publicUrl: config.publicUrl,
    trustProxy: config.trustProxy,
    tls: config.tls,
    pages: (req, res, next) => {
      const handler = builtHandler ?? pages?.handler;
      if (handler) handler(req, res, next);
      else next?.();
    },
    receiveWebhook: payments.receiveWebhook,
    sandboxUrl,
    healthPage: health,
    ready: async () => ready && (await db.query('SELECT 1')).length === 1,
    metrics: metrics.page,
    answered: (method, status, seconds) =>
      answers.observe({ method, status: `${Math.floor(status / 100)}xx` }, seconds),
    upgrades: config.roles.has('sync') ? [{ prefix: '/sync/', take: sync.handleUpgrade }] : [],
    ownUpgrades: [
      ...(config.roles.has('sfu') ? ['/signalling/'] : []),
      ...(config.roles.has('web') ? ['/live/'] : []),
      ...(config.dev ? ['/'] : []),
    ],
  });
  if (config.dev) pages = await devPages(() => host.server);
  const live = config.roles.has('web')
    ? createLive({ http: host.server, bus, log, clock, personOf, membersOf: readSide.queries.membersOf })
    : null;
  const sfu = config.roles.has('sfu')
    ? await createSfu({
        httpServer: host.server,
        store,
        submit,
        tickets,
        checks: checkTickets,
        takenOut: readSide.queries.takenOutOf,
        clock,
        db,
        bus,
        log,
        settings: {
          url: config.nodePublicUrl,
          mediaAddress: config.mediaAddress,
          mediaPort: config.mediaPort,
          turn: config.turn,
        },
      })
    : null;

  await host.listen({ host: config.host, port: config.port });
  const bound = host.server.address();
  const port = typeof bound === 'object' && bound ? bound.port : config.port;
  const scheme = config.tls ? 'https' : 'http';
  const shownHost = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(config.host) ? 'localhost' : config.host;
  address ||= `${scheme}://${shownHost}:${port}`;
  if (sandbox) {
    const reached = ['0.0.0.0', '::', 'localhost'].includes(config.host) ? '127.0.0.1' : config.host;
    await sandbox.setWebhookUrl(`${scheme}://${reached}:${port}/webhooks/razorpay`);
    const made = await makeDemo({ db, submit, now: () => clock.now(), linkedAccount: sandbox.linkedAccount });
    if (made) await readSide.waitFor(made, 30_000);
  }
  ready = true;
  process.stdout.write(
    readyBanner({
      url: address,
      demo: capabilities.demoSignIn,
      missing: missingParts(sfu?.stats() ?? null),
      dataDir: config.dataDir,
    }),
  );

  return {
    url: address,
    async stop() {
      ready = false;
      // New work is refused first, then people are sent away with a reason, then what they left is written.
      const drained = await Promise.allSettled([sfu?.drain(), sync.drain(), live?.close()]);
      for (const one of drained) if (one.status === 'rejected') log.error({ err: one.reason }, 'draining failed');
      // One step that fails must not keep the database from closing.
      const failed: unknown[] = [];
      for (const step of [() => sfu?.close(), () => pages?.close(), () => host.close(), ...undo.reverse()]) {
        try {
          await step();
        } catch (error) {
          failed.push(error);
          log.error({ err: error }, 'a step of stopping failed');
        }
      }
      if (failed.length > 0) throw new AggregateError(failed, 'Stopped, but not every part cleanly.');
    },
  };
}

await runProgram('NexusEd', () => start(parseConfig(process.env)), [ConfigError, FolderInUse, WrongDataKey]);
