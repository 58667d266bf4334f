/** Reads the golden files of this folder: one example of every event type and version that was ever written. For tests. */
import { createHash, createSecretKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idFrom } from '../../shared/ids.ts';
import type { EventMeta, NewEvent, RecordedEvent } from '../../store/event-store.ts';
import type { Vault } from '../../sealing/vault.server.ts';

export interface Golden {
  readonly file: string;
  readonly type: string;
  readonly category: string;
  readonly schemaVersion: number;
  /** As the sealing store writes it, under the key of `goldenVault`. */
  readonly sealed: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

const FOLDER = import.meta.dirname;

export const goldenName = (type: string, version: number, sealed = false): string =>
  `${type}.v${version}${sealed ? '.sealed' : ''}.json`;

const filesIn = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && name !== 'sums.json')
    .sort();

export const goldens = (): readonly Golden[] =>
  filesIn().map((file) => ({
    ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Golden, 'file' | 'sealed'>),
    file,
    sealed: file.endsWith('.sealed.json'),
  }));

export const goldenSums = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    filesIn().map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(FOLDER, file)))
        .digest('hex'),
    ]),
  );

export const keptSums = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(join(FOLDER, 'sums.json'), 'utf8')) as Record<string, string>;

/** What was sealed is bound to its event, so the id is always the same one. */
export function goldenEvent({ type, schemaVersion, data }: Omit<Golden, 'file' | 'sealed' | 'category'>): NewEvent {
  const meta: EventMeta = {
    commandId: idFrom('golden', 'command'),
    correlationId: idFrom('golden', 'command'),
    causationId: idFrom('golden', 'command'),
    actor: { kind: 'person', id: idFrom('golden', 'actor') },
    occurredAt: 1_800_000_000_000,
    schemaVersion,
  };
  return { id: idFrom('golden', type, schemaVersion), type, data, meta };
}

export const goldenRecord = (golden: Golden): RecordedEvent => ({
  ...goldenEvent(golden),
  stream: `${golden.category}-golden`,
  category: golden.category,
  revision: 0,
  position: '0000000000000001',
  recordedAt: 0,
  chain: '',
});

/** One key for everybody, the same for ever. */
export function goldenVault(): Vault {
  const key = createSecretKey(Buffer.alloc(32, 7));
  const keys = async (ids: ReadonlySet<string>) => new Map([...ids].map((id) => [id, key]));
  return { keysFor: keys, knownKeys: keys, destroy: async () => undefined, close: async () => undefined };
}
