/** `npm run audit`: exports the log with its proofs, verifies an export, lists signed heads (arguments.ts). */
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { ConfigError, parseConfig } from '#config';
import { canonicalJson } from '#events/store/canonical.ts';
import { DOCUMENT_BYTES, DOCUMENT_START, verifyDocument } from '#events/store/audit/document.ts';
import { exportLog, NothingToExport, type Exported } from '#events/store/audit/export.server.ts';
import { headObject, listHeads, publishedHead } from '#events/store/audit/heads.server.ts';
import type { Head, Scope } from '#events/store/audit/format.ts';
import { keptHeads } from '#events/store/audit/lines.ts';
import { headDigest, headFlaw } from '#events/store/audit/signatures.ts';
import { verifyExport } from '#events/store/audit/verify.ts';
import { parseArguments, Usage, type Asked } from './arguments.ts';
import { keyOf, NotReadable, openInstallation } from './installation.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const count = (number: number): string => number.toLocaleString('en');
const when = (ms: number): string => new Date(ms).toISOString();

/** @returns the exit code */
async function run(asked: Asked): Promise<number> {
  switch (asked.command) {
    case 'export':
      return exportTo(asked.out, asked.scope);
    case 'verify':
      return verify(asked.file, asked.keys, asked.kept);
    case 'heads':
      return heads();
    case 'public-key': {
      const { keyId, publicKey } = keyOf(parseConfig(process.env));
      say(`${publicKey}  (key ${keyId}, Ed25519)`);
      return 0;
    }
  }
}

async function exportTo(out: string, scope: Scope): Promise<number> {
  const installation = await openInstallation(parseConfig(process.env));
  try {
    const { store, db, key, signer } = installation;
    const signing = await signer.sign();
    if (signing.kind === 'broken') {
      say(`BROKEN${signing.position === null ? '' : ` at ${signing.position}`}: ${signing.reason}.`);
      say('No head is signed. What the log holds is exported all the same, with the heads that were signed before.');
    }
    const line = await listHeads(db);
    const exported = await written(out, (write) => exportLog({ store, key, heads: line, scope, write }));
    const newest = line.at(-1)?.head;
    say(
      `${count(exported.records)} records in ${out}, up to the head of ${when(newest?.signedAt ?? 0)} at ${newest?.position}.`,
    );
    say(`Verify it anywhere: npm run audit -- verify ${out} --key ${key.publicKey}`);
    return signing.kind === 'broken' ? 1 : 0;
  } finally {
    await installation.close();
  }
}

/** Whole under its name, or not there at all. */
async function written(
  out: string,
  make: (write: (text: string) => Promise<void>) => Promise<Exported>,
): Promise<Exported> {
  const draft = `${out}.part`;
  const file = await open(draft, 'w').catch((error: unknown) => {
    throw new NotReadable(`${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const exported = await make(async (text) => file.writeFile(text));
    await file.sync();
    await file.close();
    await rename(draft, out);
    return exported;
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error;
  }
}

/** Whether the file is a paper that was signed by itself, and no export. */
async function isDocument(name: string): Promise<boolean> {
  const file = await open(name, 'r');
  try {
    const start = Buffer.alloc(DOCUMENT_START.length);
    await file.read(start, 0, start.length, 0);
    return start.toString('latin1') === DOCUMENT_START && (await file.stat()).size <= DOCUMENT_BYTES;
  } finally {
    await file.close();
  }
}

async function verifyPaper(file: string, keys: readonly string[]): Promise<number> {
  const verdict = await verifyDocument(await readFile(file), keys);
  if (verdict.kind === 'document-broken') {
    say(`BROKEN: ${verdict.reason}.`);
    return 1;
  }
  const { document } = verdict;
  say(`WHOLE. A signed paper (${document.kind}), signed ${when(document.signedAt)}:`);
  for (const [name, value] of Object.entries(document.paper)) say(`  ${name}: ${canonicalJson(value)}`);
  sayWhoSigned([document.publicKey], keys);
  return 0;
}

function sayWhoSigned(signers: readonly string[], keys: readonly string[]): void {
  if (keys.length > 0) return say(`Signed with the key given: ${signers.join(', ')}.`);
  say(`Signed with ${signers.join(', ')}, which the file names itself.`);
  say('Compare it with the published public key, or give it with --key: a forger has a key too.');
}

async function verify(file: string, keys: readonly string[], keptFiles: readonly string[]): Promise<number> {
  if (await isDocument(file)) return verifyPaper(file, keys);
  const kept: Head[] = [];
  for (const name of keptFiles) {
    const heads = keptHeads(await readFile(name, 'utf8'));
    if (heads === null) throw new NotReadable(`${name} is not a signed head.`);
    for (const signed of heads) {
      const flaw = await headFlaw(signed, keys);
      if (flaw !== null) throw new NotReadable(`${name}: ${flaw.reason}.`);
      kept.push(signed.head);
    }
  }
  const began = performance.now();
  const verdict = await verifyExport(createReadStream(file, { highWaterMark: 1024 * 1024 }), { keys, kept });
  const seconds = (performance.now() - began) / 1_000;
  if (verdict.kind === 'broken') {
    const place = verdict.position === null ? '' : `, position ${verdict.position}`;
    say(`BROKEN at line ${verdict.line}${place}: ${verdict.reason}.`);
    return 1;
  }
  const { scope, records, bytes, head, unchecked } = verdict;
  if (unchecked.length > 0) {
    say(`A head kept elsewhere (position ${unchecked.join(', ')}) cannot be checked for a part of the log.`);
    say('What the part holds is proven against its own head. Export the whole log, or verify it without --head.');
    return 2;
  }
  const what = scope.kind === 'whole' ? 'The whole log' : `The ${scope.kind} ${scope.id}`;
  say(
    `WHOLE. ${what}: ${count(records)} records, ${count(verdict.heads)} signed heads, exported ${when(verdict.exportedAt)}.`,
  );
  say(`Newest head: position ${head.position}, ${count(head.records)} records, signed ${when(head.signedAt)}.`);
  say(`${count(Math.round(records / seconds))} records/s, ${(bytes / 1e6 / seconds).toFixed(1)} MB/s.`);
  sayWhoSigned(verdict.keys, keys);
  return 0;
}

async function heads(): Promise<number> {
  const { db, objects, key, close } = await openInstallation(parseConfig(process.env));
  try {
    let before: Head | null = null;
    let broken = 0;
    for (const signed of await listHeads(db)) {
      const { head } = signed;
      const published = await publishedHead(objects, head, before);
      const flaw: string | null =
        (await headFlaw(signed))?.reason ??
        (head.previous === (before === null ? null : headDigest(before))
          ? null
          : 'it does not go on from the one before') ??
        (published === null ? 'it is not in the object store' : null) ??
        (published !== null && headDigest(published.head) === headDigest(head) ? null : 'the published one is another');
      if (flaw !== null) broken += 1;
      const records = `${count(head.records)} records`.padEnd(20);
      say(
        `${head.number}  ${when(head.signedAt)}  ${records} ${headObject(head, before)}  key ${head.keyId}  ${flaw ?? 'ok'}`,
      );
      before = head;
    }
    say(
      before === null
        ? 'No head is signed yet.'
        : `${before.number + 1} heads, ${broken} of them broken. Key of this installation: ${key.keyId}.`,
    );
    return broken === 0 ? 0 : 1;
  } finally {
    await close();
  }
}

try {
  process.exitCode = await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  // What the person at the terminal can mend is said in words; the rest needs its stack.
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const mended = [Usage, NotReadable, NothingToExport, ConfigError].some((kind) => error instanceof kind);
  const plain = mended || ['ENOENT', 'EACCES', 'EISDIR'].includes(code);
  process.stderr.write(`${error instanceof Error ? (plain ? error.message : error.stack) : String(error)}\n`);
  process.exitCode = 2;
}
