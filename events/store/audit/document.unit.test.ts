import { expect, it } from 'vitest';
import { documentFile, signDocument, verifyDocument } from './document.ts';
import { auditKey } from './key.server.ts';

const key = auditKey('01'.repeat(32));
const other = auditKey('02'.repeat(32));
const paper = { booking: 'b-1', minutes: { taught: 57, booked: 60 }, tutor: 'कविता Rao', amount: 80_000 };
const document = signDocument(key, 'lesson-receipt', paper, 1_790_000_000_000);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = bytes(documentFile(document));

it('[AU16] a document holds with the key that signed it, and says what it is', async () => {
  expect(await verifyDocument(file, [key.publicKey])).toEqual({ kind: 'document', document, bytes: file.length });
  expect(await verifyDocument(file)).toMatchObject({ kind: 'document', document: { kind: 'lesson-receipt', paper } });
  expect(await verifyDocument(file, [other.publicKey])).toMatchObject({ kind: 'document-broken', code: 'other-key' });
});

it('[AU16] any one changed byte of a document is found, and every place at which it is cut off', async () => {
  const held: string[] = [];
  for (let at = 0; at < file.length; at += 1)
    for (const flip of [1, 0x20, 0x80]) {
      const changed = Uint8Array.from(file);
      changed[at] = (changed[at] ?? 0) ^ flip;
      if ((await verifyDocument(changed)).kind === 'document') held.push(`${at} ^ ${flip}`);
    }
  for (let end = 0; end < file.length; end += 1)
    if ((await verifyDocument(file.subarray(0, end))).kind === 'document') held.push(`cut at ${end}`);
  expect(held).toEqual([]);
});

it('[AU16] a document is not taken for one of another kind, nor in another writing', async () => {
  const { signature } = document;
  const text = documentFile(document);
  for (const forged of [
    documentFile({ ...signDocument(key, 'evidence', paper, document.signedAt), signature }),
    documentFile({ ...signDocument(other, 'lesson-receipt', paper, document.signedAt), signature }),
    text.replace('{"format"', '{ "format"'),
    text.replace('"paper":{', '"note":"x","paper":{'),
    `${text}\n`,
    `\uFEFF${text}`,
    documentFile(signDocument(key, 'evidence', paper, 1e300)),
    '[]\n',
    '\n',
  ])
    expect(await verifyDocument(bytes(forged)), forged).toMatchObject({ kind: 'document-broken' });
});
