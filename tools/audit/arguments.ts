/** What was typed after `npm run audit --`. */
import { parseArgs } from 'node:util';
import type { Scope } from '#events/store/audit/format.ts';

export type Asked =
  | { readonly command: 'export'; readonly out: string; readonly scope: Scope }
  | {
      readonly command: 'verify';
      readonly file: string;
      readonly keys: readonly string[];
      readonly kept: readonly string[];
    }
  | { readonly command: 'heads' }
  | { readonly command: 'public-key' };

/** Said on the terminal; exit code 2. */
export class Usage extends Error {}

export const USAGE = `Usage:
  npm run audit -- export --out FILE                     the whole log
  npm run audit -- export --out FILE --stream NAME       one stream, such as payout-<booking id>
  npm run audit -- export --out FILE --booking ID        all that concerns one booking
  npm run audit -- verify FILE [--key PUBLIC_KEY] [--head HEAD_FILE]
  npm run audit -- heads                                 the signed heads, and whether they are all published
  npm run audit -- public-key                            what the auditor needs to verify

verify needs nothing but the file and the public key. --key and --head may be given several times.
Exit codes: 0 it holds, 1 it does not, 2 it could not be read or asked for.
`;

/** @throws Usage */
export function parseArguments(given: readonly string[]): Asked {
  const { values, positionals } = parsed(given);
  const [command, file, ...rest] = positionals;
  const { out, stream, booking, key = [], head = [] } = values;
  const others = (...names: readonly (keyof typeof values)[]): boolean =>
    Object.keys(values).every((name) => names.some((known) => known === name));
  switch (command) {
    case 'export':
      if (out === undefined || file !== undefined || !others('out', 'stream', 'booking')) throw new Usage(USAGE);
      if (stream !== undefined && booking !== undefined) throw new Usage('Give either --stream or --booking.');
      if (stream !== undefined) return { command, out, scope: { kind: 'stream', id: stream } };
      if (booking !== undefined) return { command, out, scope: { kind: 'booking', id: booking } };
      return { command, out, scope: { kind: 'whole' } };
    case 'verify':
      if (file === undefined || rest.length > 0 || !others('key', 'head')) throw new Usage(USAGE);
      for (const one of key)
        if (!/^[0-9a-f]{64}$/i.test(one))
          throw new Usage('A public key is 64 characters of hex, as public-key shows it.');
      return { command, file, keys: key.map((one) => one.toLowerCase()), kept: head };
    case 'heads':
    case 'public-key':
      if (file !== undefined || !others()) throw new Usage(USAGE);
      return { command };
    default:
      throw new Usage(USAGE);
  }
}

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        stream: { type: 'string' },
        booking: { type: 'string' },
        key: { type: 'string', multiple: true },
        head: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new Usage(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
