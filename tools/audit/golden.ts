/**
 * Adds the golden files that are missing: `node tools/audit/golden.ts`. One file for each event type and version that the
 * registry knows, and one more as it is sealed. A file that is there is never touched, because it stands for what is in
 * somebody's log. `--again TYPE` makes those of a type anew that no installation can have written yet.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { goldenEvent, goldenName, goldenSums, goldenVault } from '#events/handling/golden/golden.ts';
import { EVENTS } from '#events/handling/registry.ts';
import { sealedFieldsOf } from '#events/sealing/sealed-fields.ts';
import { sealedStore } from '#events/sealing/sealed-store.server.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { exampleOfEveryType, type Example } from './golden-example.ts';

const FOLDER = join(import.meta.dirname, '../../events/handling/golden');

async function write(name: string, value: unknown): Promise<void> {
  const text = await format(JSON.stringify(value), { parser: 'json', printWidth: 120, singleQuote: true });
  writeFileSync(join(FOLDER, name), text);
  process.stdout.write(`${name}\n`);
}

async function sealed(type: string, schemaVersion: number, data: Example): Promise<Example> {
  const inner = inMemoryStore();
  await sealedStore(inner, goldenVault()).append('golden-1', 'any', [goldenEvent({ type, schemaVersion, data })]);
  const [event] = await inner.read('golden-1');
  if (!event) throw new Error(`${type} was not kept`);
  return event.data;
}

const { values } = parseArgs({ options: { again: { type: 'string', multiple: true } } });
const examples = exampleOfEveryType();
for (const [type, { category, version }] of Object.entries(EVENTS)) {
  const data = examples.get(type);
  if (data === undefined) throw new Error(`No example for ${type}`);
  const files: [string, () => Promise<Example>][] = [[goldenName(type, version), async () => data]];
  if (sealedFieldsOf(type)) files.push([goldenName(type, version, true), () => sealed(type, version, data)]);
  for (const [name, make] of files) {
    if (values.again?.includes(type)) rmSync(join(FOLDER, name), { force: true });
    if (!existsSync(join(FOLDER, name)))
      await write(name, { type, category, schemaVersion: version, data: await make() });
  }
}
await write('sums.json', goldenSums());
