/**
 * The whole configuration, parsed once at start (ARCHITECTURE §2). A wrong setting stops the program with a sentence
 * that says which one and why; nothing else reads the environment.
 */
import { resolve } from 'node:path';
import { InvalidEventStoreUrl, readEventStoreUrl } from '#events/store/eventstoredb-url.ts';

export const ROLE_NAMES = ['web', 'sync', 'sfu', 'worker'] as const;
export type RoleName = (typeof ROLE_NAMES)[number];

export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly roles: ReadonlySet<RoleName>;
  readonly publicUrl: string | null;
  readonly trustProxy: boolean;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Address that browsers send media to; null: every address of this machine that they can reach. */
  readonly mediaAddress: string | null;
  /** First media port, UDP and TCP, one a worker; 0: free ones. */
  readonly mediaPort: number;
  /** Where browsers reach this process, or for `web` without `sync` the one with it; null: where they reach the page. */
  readonly nodePublicUrl: string | null;
  readonly databaseUrl: string | null;
  /** EventStoreDB or KurrentDB for the event log alone; null: the log stands in the database. */
  readonly eventStoreUrl: string | null;
  readonly redisUrl: string | null;
  readonly s3: S3Settings | null;
  readonly payments:
    | { readonly kind: 'sandbox' }
    | {
        readonly kind: 'razorpay';
        readonly keyId: string;
        readonly keySecret: string;
        readonly webhookSecrets: readonly string[];
      };
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Relays for browsers that reach us neither by UDP nor by our own TCP port, in the order of preference. */
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | null;
  readonly keys: {
    readonly auth: string | null;
    readonly ticket: string | null;
    /** Signs the head of the event log (Ed25519 seed, 32 bytes in hex). */
    readonly audit: string | null;
    /** Wraps the keys that personal data are encrypted with (32 bytes in hex). */
    readonly data: string | null;
  };
  readonly logLevel: string;
  /** Vite in the middle instead of the built pages. */
  readonly dev: boolean;
}

/** RFC 7065, as browsers take it: a host name or an address, and UDP unless it says TCP. */
const TURN_URL = /^turns?:(?:\[[0-9a-f:]+\]|[\w.-]+)(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?$/i;

/** A setting that is wrong; its message is all that the person at the terminal sees. */
export class ConfigError extends Error {}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError */
export function parseConfig(env: Env): Config {
  const text = (name: string): string | null => {
    const value = env[name]?.trim();
    return value ? value : null;
  };
  const port = (name: string, fallback: number): number => {
    const value = text(name);
    if (value === null) return fallback;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 0 || number > 65_535)
      throw new ConfigError(`${name} must be a port between 0 and 65535, not "${value}".`);
    return number;
  };
  const url = (name: string, schemes: readonly string[]): string | null => {
    const value = text(name);
    if (value === null) return null;
    const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
    if (!schemes.includes(scheme))
      throw new ConfigError(
        `${name} must be an address that starts with ${schemes.map((s) => `${s}://`).join(' or ')}.`,
      );
    return value.replace(/\/$/, '');
  };
  /** All of them or none. */
  const together = <Name extends string>(names: readonly Name[]): Record<Name, string> | null => {
    const given = names.filter((name) => text(name) !== null);
    if (given.length === 0) return null;
    const missing = names.filter((name) => text(name) === null);
    if (missing.length > 0) throw new ConfigError(`${given.join(', ')} needs ${missing.join(', ')} as well.`);
    const values = {} as Record<Name, string>;
    for (const name of names) values[name] = text(name) ?? '';
    return values;
  };

  /** 32 bytes in hex, as `openssl rand -hex 32` gives them. */
  const key = (name: string): string | null => {
    const value = text(name);
    if (value !== null && !/^[0-9a-f]{64}$/i.test(value))
      throw new ConfigError(`${name} must be 32 bytes in hex: 64 characters, as "openssl rand -hex 32" gives them.`);
    return value?.toLowerCase() ?? null;
  };

  const roles = parseRoles(text('ROLES'));
  const databaseUrl = url('DATABASE_URL', ['postgres', 'postgresql']);
  const redisUrl = url('REDIS_URL', ['redis', 'rediss']);
  const eventStoreUrl = text('EVENTSTORE_URL');
  if (eventStoreUrl !== null) checkEventStoreUrl(eventStoreUrl);
  if (roles.size < ROLE_NAMES.length && (databaseUrl === null || redisUrl === null))
    throw new ConfigError(
      'ROLES names only some of the roles. Processes that share the work need DATABASE_URL and REDIS_URL, because the embedded database and bus serve one process only.',
    );

  const razorpay = together(['RAZORPAY_KEY_ID', 'RAZORPAY_KEY_SECRET', 'RAZORPAY_WEBHOOK_SECRET']);
  if (roles.size < ROLE_NAMES.length) {
    if (razorpay === null && roles.has('web') !== roles.has('worker'))
      throw new ConfigError(
        'ROLES has only one of web and worker: that needs RAZORPAY_…, because the payment sandbox serves one process only.',
      );
    const apart = ['AUTH_SECRET', 'TICKET_KEY', 'AUDIT_KEY', 'DATA_KEY'].filter((name) => text(name) === null);
    if (apart.length > 0)
      throw new ConfigError(
        `ROLES names only some of the roles: all processes need the same ${apart.join(', ')}, given as settings.`,
      );
    if (roles.has('web') && !roles.has('sync') && text('NODE_PUBLIC_URL') === null)
      throw new ConfigError(
        'ROLES has web without sync: NODE_PUBLIC_URL must say where the process with it is reached.',
      );
    if (roles.has('sfu') && !roles.has('web') && text('NODE_PUBLIC_URL') === null)
      throw new ConfigError('ROLES has sfu without web: NODE_PUBLIC_URL must say where browsers reach this process.');
  }
  const s3 = together(['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']);
  const turn = together(['TURN_URLS', 'TURN_SECRET']);
  const turnUrls = turn ? turn.TURN_URLS.split(',').map((one) => one.trim()) : [];
  const notTurn = turnUrls.find((one) => !TURN_URL.test(one));
  if (notTurn !== undefined)
    throw new ConfigError(
      `TURN_URLS must list addresses such as turn:turn.example:3478?transport=udp or turns:turn.example:443?transport=tcp, not "${notTurn}".`,
    );
  if (turn && turn.TURN_SECRET.length < 32)
    throw new ConfigError('TURN_SECRET must have 32 characters at least: whoever guesses it may use the relays.');
  const tls = together(['TLS_CERT', 'TLS_KEY']);

  return {
    port: port('PORT', 3000),
    host: text('HOST') ?? '127.0.0.1',
    dataDir: resolve(text('DATA_DIR') ?? 'data'),
    roles,
    publicUrl: url('PUBLIC_URL', ['http', 'https']),
    trustProxy: ['1', 'true', 'yes'].includes(text('TRUST_PROXY')?.toLowerCase() ?? ''),
    tls: tls && { certFile: tls.TLS_CERT, keyFile: tls.TLS_KEY },
    mediaAddress: text('MEDIA_ADDRESS'),
    mediaPort: port('MEDIA_PORT', 0),
    nodePublicUrl: url('NODE_PUBLIC_URL', ['http', 'https']),
    databaseUrl,
    eventStoreUrl,
    redisUrl,
    s3: s3 && {
      endpoint: s3.S3_ENDPOINT,
      region: text('S3_REGION') ?? 'us-east-1',
      bucket: s3.S3_BUCKET,
      accessKeyId: s3.S3_ACCESS_KEY_ID,
      secretAccessKey: s3.S3_SECRET_ACCESS_KEY,
    },
    payments: razorpay
      ? {
          kind: 'razorpay',
          keyId: razorpay.RAZORPAY_KEY_ID,
          keySecret: razorpay.RAZORPAY_KEY_SECRET,
          // Several secrets while one is being rotated.
          webhookSecrets: razorpay.RAZORPAY_WEBHOOK_SECRET.split(',').map((secret) => secret.trim()),
        }
      : { kind: 'sandbox' },
    smtpUrl: url('SMTP_URL', ['smtp', 'smtps']),
    mailFrom: text('MAIL_FROM') ?? 'NexusEd <no-reply@nexused.test>',
    turn: turn && { urls: turnUrls, secret: turn.TURN_SECRET },
    keys: { auth: text('AUTH_SECRET'), ticket: text('TICKET_KEY'), audit: key('AUDIT_KEY'), data: key('DATA_KEY') },
    logLevel: text('LOG_LEVEL') ?? 'info',
    dev: text('NEXUSED_DEV') === '1',
  };
}

/** A cluster's address names several hosts, which no URL parser takes. */
function checkEventStoreUrl(value: string): void {
  try {
    readEventStoreUrl(value);
  } catch (error) {
    if (error instanceof InvalidEventStoreUrl) throw new ConfigError(error.message);
    throw error;
  }
}

function parseRoles(value: string | null): ReadonlySet<RoleName> {
  if (value === null || value === 'all') return new Set(ROLE_NAMES);
  const roles = new Set<RoleName>();
  for (const name of value.split(',').map((part) => part.trim())) {
    const role = ROLE_NAMES.find((known) => known === name);
    if (!role) throw new ConfigError(`ROLES names "${name}"; it knows ${ROLE_NAMES.join(', ')}.`);
    roles.add(role);
  }
  return roles;
}
