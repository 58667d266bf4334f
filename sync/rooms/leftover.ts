/** Rows of what another process said and never stored: as written by its authors, and nothing that is stored already. */
import type { Said } from '../fanout/fanout.ts';
import type { NewUpdate } from '../storage/journal.server.ts';
import { Assembly } from '../wire/assemble.ts';
import { scanUpdate } from '../wire/scan.ts';
import type { Heard } from './early.ts';

/** A row for each who wrote. */
export function rowsOf({ said, at, businessAt }: Heard, owners: ReadonlyMap<number, string>): NewUpdate[] {
  return said
    .flatMap((one) => (one.by === null ? byOwner(one.update, owners) : [{ ...one, by: one.by }]))
    .map(({ by, brought, update }) => ({ body: update, personId: by, brought, wallAt: at, businessAt }));
}

/** What an update says, for each whose ids it is under. */
function byOwner(update: Uint8Array, owners: ReadonlyMap<number, string>): (Said & { readonly by: string })[] {
  const scan = scanUpdate(update);
  const parts = new Map<string, Assembly>();
  const of = (client: number): Assembly => {
    const personId = owners.get(client) ?? '';
    let assembly = parts.get(personId);
    if (!assembly) parts.set(personId, (assembly = new Assembly()));
    return assembly;
  };
  for (const { client, structs } of scan.blocks)
    for (const { clock, length, bytes } of structs) of(client).struct(client, clock, length, bytes);
  for (const { client, clock, length } of scan.deletes) of(client).delete(client, clock, length);
  return [...parts].map(([by, assembly]) => ({ by, brought: false, update: assembly.encode() }));
}
