import { InvalidEvent } from './check.ts';

export interface EventStoreDbUrl {
  /** For logs: without the password. */
  readonly shown: string;
  readonly credentials: { readonly username: string; readonly password: string } | null;
  readonly tls: boolean;
  /** What a person who runs this should know, in plain words. */
  readonly warnings: readonly string[];
}

const SHAPE =
  /^(?<scheme>esdb(?:\+discover)?):\/\/(?:(?<user>[^:@/?]+):(?<password>[^@/?]*)@)?(?<hosts>[^@/?]+)\/?(?:\?(?<query>.*))?$/;

/** The connection string was wrong; the message never holds the password, which the client's own message does. */
export class InvalidEventStoreUrl extends Error {
  readonly code = 'invalid-eventstore-url';

  constructor(message: string) {
    super(`EVENTSTORE_URL: ${message}`);
    this.name = 'InvalidEventStoreUrl';
  }
}

/** Checks what the client would only find at its first call, or would pass over in silence. */
export function readEventStoreUrl(url: string): EventStoreDbUrl {
  const parts = SHAPE.exec(url.trim())?.groups;
  if (parts === undefined) {
    throw new InvalidEventStoreUrl('expected esdb://user:password@host:2113?… (characters like @ and : URL-encoded)');
  }
  const { scheme, user, password, hosts } = parts;
  if (password?.includes(':')) throw new InvalidEventStoreUrl('a ":" in the password must be written %3A');
  const query = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(parts['query'] ?? '')) {
    query.set(key.toLowerCase().replace(/[_-]/g, ''), value);
  }
  if (query.get('throwonappendfailure') === 'false') {
    // The client then answers revision 1 for every refused append.
    throw new InvalidEventStoreUrl('throwOnAppendFailure=false is not supported');
  }
  if (query.get('tlsverifycert') === 'false') {
    throw new InvalidEventStoreUrl('tlsVerifyCert=false has no effect in this client; name the authority by tlsCAFile');
  }
  const tls = query.get('tls') !== 'false';
  const warnings: string[] = [];
  if (!tls) {
    warnings.push('the connection to EventStoreDB is not encrypted');
    if (user !== undefined) warnings.push('credentials are not sent without TLS, so this connection is anonymous');
  } else if (user === undefined) {
    // Only credentials make the client use plain Append (see README).
    warnings.push('without credentials all appends to EventStoreDB share one stream; give the URL a user');
  }
  return {
    shown: `${scheme}://${user === undefined ? '' : `${user}:…@`}${hosts}`,
    credentials:
      user === undefined || password === undefined
        ? null
        : { username: decodeURIComponent(user), password: decodeURIComponent(password) },
    tls,
    warnings,
  };
}

/** Group names become part of a system stream's name. */
export function checkGroupName(name: string): void {
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) throw new InvalidEvent(`"${name}" is not a group name`);
}
