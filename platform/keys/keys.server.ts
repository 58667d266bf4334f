/** The installation's own secrets: given as settings, or made once and kept in a file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'keys.json';

/** A secret that is given or kept already; null where none was made yet. For tools, which must not make any. */
export function findKey(folder: string, name: string, given: string | null): string | null {
  const known = given ?? keptIn(join(folder, FILE))[name];
  return typeof known === 'string' && known.length > 0 ? known : null;
}

/**
 * The secrets named, from `given` where set, else from `keys.json` in the folder, else made now (32 random bytes, hex).
 * @throws when the file is there but cannot be read: making new keys over old ones would lose what they protect.
 */
export function loadKeys<Name extends string>(
  folder: string,
  names: readonly Name[],
  given: Readonly<Partial<Record<Name, string | null>>>,
): Readonly<Record<Name, string>> {
  const file = join(folder, FILE);
  const kept = keptIn(file);
  const keys = {} as Record<Name, string>;
  let made = false;
  for (const name of names) {
    const known = given[name] ?? kept[name];
    if (typeof known === 'string' && known.length > 0) keys[name] = known;
    else {
      keys[name] = randomBytes(32).toString('hex');
      kept[name] = keys[name];
      made = true;
    }
  }
  if (made) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  }
  return keys;
}

function keptIn(file: string): Record<string, unknown> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
}
