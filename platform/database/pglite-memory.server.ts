/** PGlite in memory, for tests. Making the empty database takes seconds, so one is kept to start from. */
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { existsSync, mkdirSync, openAsBlob, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULES = join(import.meta.dirname, '..', '..', 'node_modules');

export async function openMemory(options: PGliteOptions): Promise<PGlite> {
  const cache = join(MODULES, '.cache', 'nexused');
  const template = join(cache, `pglite-${installedVersion()}.tar`);
  if (existsSync(template)) return open({ ...options, loadDataDir: await openAsBlob(template) });

  const pg = await open(options);
  const image = Buffer.from(await (await pg.dumpDataDir('none')).arrayBuffer());
  const draft = `${template}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  writeFileSync(draft, image);
  renameSync(draft, template);
  return pg;
}

async function open(options: PGliteOptions): Promise<PGlite> {
  const pg = new PGlite(options);
  await pg.waitReady;
  return pg;
}

function installedVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(MODULES, '@electric-sql', 'pglite', 'package.json'), 'utf8'),
  );
  return manifest.version;
}
