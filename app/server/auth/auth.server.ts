/**
 * Sign-in. better-auth owns e-mail, password and session, nothing else; roles are events of `person`
 * (ARCHITECTURE §4, Identity). Person id = account id.
 */
import { betterAuth } from 'better-auth';
import { bearer } from 'better-auth/plugins';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { getMigrations } from 'better-auth/db/migration';
import type { Dialect } from 'kysely';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { createGuessLimit } from './guess-limit.ts';
import { accountById, signUpRole, SIGN_UP_ROLES, type Account } from './accounts.server.ts';

export interface AccountMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Same id, same mail: a retry does not send twice. */
  readonly messageId: string;
}

export interface AuthSettings {
  readonly db: Database;
  readonly dialect: Dialect;
  readonly secret: string;
  readonly publicUrl: string | null;
  readonly sendMail: (mail: AccountMail) => Promise<void>;
  /** Appends the person's first event; called again at each sign-in until it has succeeded once. */
  readonly register: (account: Account) => Promise<void>;
  readonly log: Log;
}

/** `localhost` or an address in numbers: names that no stranger's DNS can point here. */
const LOCAL_HOST = /^(localhost|[\d.]+|\[[\da-f:.]+\])(:\d+)?$/i;

/**
 * Where the browser thinks it is. Without PUBLIC_URL the `Origin` must match the host it talks to, and that host must be
 * local: a forged Host header would otherwise choose where the links in our mails lead.
 */
export function originsFor(host: string | null, publicUrl: string | null): string[] {
  if (publicUrl) return [new URL(publicUrl).origin];
  return host && LOCAL_HOST.test(host) ? [`http://${host}`, `https://${host}`] : [];
}

/** A name as others see it: not empty, at most 100 characters. @throws APIError */
function nameOf(value: unknown): string {
  const name = typeof value === 'string' ? value.replaceAll('\u0000', '').trim().slice(0, 100) : '';
  if (!name) throw new APIError('BAD_REQUEST', { code: 'NAME_MISSING', message: 'Tell us your name.' });
  return name;
}

const isZone = (zone: string): boolean => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC';

/** Where the host tells better-auth the client's address; no client can set it. */
export const CLIENT_ADDRESS_HEADER = 'x-client-address';

const emailIn = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'email' in body && typeof body.email === 'string' ? body.email : '';

export async function createAuth(settings: AuthSettings) {
  const guesses = createGuessLimit();
  const { db, register } = settings;
  const options = {
    appName: 'NexusEd',
    basePath: '/api/auth',
    ...(settings.publicUrl ? { baseURL: settings.publicUrl } : {}),
    secret: settings.secret,
    database: { dialect: settings.dialect, type: 'postgres' as const },
    trustedOrigins: (request?: Request) => originsFor(request?.headers.get('host') ?? null, settings.publicUrl),
    telemetry: { enabled: false },
    // What is not an answer of its own goes to the host's error handler, which tells a lost database from a bug.
    onAPIError: { throw: true },
    logger: {
      // Its warning at each start asks for a fixed base URL; without PUBLIC_URL there is none, on purpose.
      level: 'error' as const,
      log: (level: string, message: string) =>
        settings.log[level === 'error' ? 'error' : 'warn']({ auth: true }, message),
    },
    emailAndPassword: {
      enabled: true,
      autoSignIn: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      resetPasswordTokenExpiresIn: 3_600,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({
        user,
        url,
        token,
      }: {
        user: { email: string; name: string };
        url: string;
        token: string;
      }) => {
        await settings.sendMail({
          to: user.email,
          subject: 'Choose a new password',
          text: `Hello ${user.name},\n\nyou asked for a new password. Choose one here within an hour:\n\n${url}\n\nIf it was not you, ignore this mail; nothing changes.\n\nNexusEd`,
          messageId: `reset-${token}`,
        });
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      autoSignInAfterVerification: true,
      expiresIn: 24 * 3_600,
      sendVerificationEmail: async ({
        user,
        url,
        token,
      }: {
        user: { email: string; name: string };
        url: string;
        token: string;
      }) => {
        const link = new URL(url);
        link.searchParams.set('callbackURL', '/confirm-email?ok=1');
        await settings.sendMail({
          to: user.email,
          subject: 'Confirm your e-mail address',
          text: `Hello ${user.name},\n\nwelcome to NexusEd. Confirm that this address is yours:\n\n${link.href}\n\nThe link works for a day.\n\nNexusEd`,
          messageId: `confirm-${token.slice(-40)}`,
        });
      },
    },
    user: {
      additionalFields: {
        role: { type: [...SIGN_UP_ROLES] as string[], required: false, defaultValue: 'student', input: true },
        zone: { type: 'string' as const, required: false, defaultValue: 'Asia/Kolkata', input: true },
      },
    },
    session: { expiresIn: 30 * 24 * 3_600, updateAge: 24 * 3_600 },
    // Per address; better-auth's own default of 3 sign-ins in 10 s would stop a family behind one router.
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: {
        '/sign-in/email': { window: 60, max: 60 },
        '/sign-up/email': { window: 60, max: 60 },
        '/request-password-reset': { window: 60, max: 10 },
      },
    },
    // The host writes this header itself, from the connection or the one proxy it trusts.
    advanced: { cookiePrefix: 'nexused', ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] } },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (ctx.path === '/sign-in/email' && !guesses.mayTry(emailIn(ctx.body)))
          throw new APIError('TOO_MANY_REQUESTS', {
            code: 'TOO_MANY_WRONG_PASSWORDS',
            message: 'Too many wrong passwords. Wait a quarter of an hour, or choose a new password.',
          });
      }),
      after: createAuthMiddleware(async (ctx) => {
        if (ctx.path !== '/sign-in/email') return;
        const { returned } = ctx.context;
        if (!(returned instanceof APIError)) guesses.right(emailIn(ctx.body));
        else if (returned.statusCode === 401) guesses.wrong(emailIn(ctx.body));
      }),
    },
    databaseHooks: {
      user: {
        create: {
          // The last word on what a stranger may make of themselves: the field's own list is only a type.
          before: async (user: Record<string, unknown>) => {
            const role = signUpRole(user.role ?? 'student');
            if (!role)
              throw new APIError('BAD_REQUEST', {
                code: 'ROLE_NOT_ALLOWED',
                message: 'Sign up as a student, a guardian or a tutor.',
              });
            const name = nameOf(user.name);
            const zone = typeof user.zone === 'string' && isZone(user.zone) ? user.zone : 'Asia/Kolkata';
            return { data: { ...user, name, role, zone } };
          },
        },
        update: {
          // The role in the account is only the wish at sign-up: nobody changes it later.
          before: async (changes: Record<string, unknown>) => {
            if (changes.role !== undefined)
              throw new APIError('BAD_REQUEST', {
                code: 'ROLE_NOT_ALLOWED',
                message: 'A role is granted, not chosen.',
              });
            return { data: 'name' in changes ? { ...changes, name: nameOf(changes.name) } : changes };
          },
        },
      },
      session: {
        create: {
          after: async (session: { userId: string }) => {
            const account = await accountById(db, session.userId);
            if (account) await register(account);
          },
        },
      },
    },
    plugins: [bearer({ requireSignature: true })],
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  // What read models know of a person's name; the account keeps it, the log never does.
  await db.script('CREATE OR REPLACE VIEW person_name AS SELECT id AS person_id, name, email FROM "user"');
  return betterAuth(options);
}

export type Auth = Awaited<ReturnType<typeof createAuth>>;
