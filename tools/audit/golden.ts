/**
 * Adds the golden files that are missing: `node tools/audit/golden.ts`. One file for each event type and version that the
 * registry knows; a file that is there is never touched, because it stands for what is in somebody's log.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { EVENTS } from '#events/handling/registry.ts';
import { exampleOfEveryType } from './golden-example.ts';

const FOLDER = join(import.meta.dirname, '../../events/handling/golden');

const write = async (name: string, value: unknown): Promise<void> =>
  writeFileSync(
    join(FOLDER, name),
    await format(JSON.stringify(value), { parser: 'json', printWidth: 120, singleQuote: true }),
  );

const examples = exampleOfEveryType();
let added = 0;
for (const [type, { category, version }] of Object.entries(EVENTS)) {
  const name = `${type}.v${version}.json`;
  if (existsSync(join(FOLDER, name))) continue;
  const data = examples.get(type);
  if (data === undefined) throw new Error(`No example for ${type}`);
  await write(name, { type, category, schemaVersion: version, data });
  process.stdout.write(`${name}\n`);
  added += 1;
}

const sums = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json') && name !== 'sums.json')
    .sort()
    .map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(FOLDER, name)))
        .digest('hex'),
    ]),
);
await write('sums.json', sums);
process.stdout.write(`${added} added, ${Object.keys(sums).length} in all\n`);
