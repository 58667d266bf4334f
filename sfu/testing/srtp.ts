/** Protects RTP for sending, with AES-128 in counter mode and HMAC-SHA1 of 80 bits (RFC 3711), as every browser can. */
import { createCipheriv, createHmac } from 'node:crypto';

/** What a DTLS handshake exports: 60 bytes. */
export interface SrtpKeys {
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** The client's half of what DTLS exports: client's key, server's key, client's salt, server's salt. */
export const clientKeys = (exported: Buffer): SrtpKeys => ({
  key: exported.subarray(0, 16),
  salt: exported.subarray(32, 46),
});

const ctr = (key: Buffer, iv: Buffer, data: Buffer): Buffer => createCipheriv('aes-128-ctr', key, iv).update(data);

function derive({ key, salt }: SrtpKeys, label: number, bytes: number): Buffer {
  const iv = Buffer.alloc(16);
  salt.copy(iv);
  iv[7] = (iv[7] ?? 0) ^ label;
  return ctr(key, iv, Buffer.alloc(bytes));
}

export class Srtp {
  readonly #key: Buffer;
  readonly #salt: Buffer;
  readonly #auth: Buffer;

  constructor(keys: SrtpKeys) {
    this.#key = derive(keys, 0, 16);
    this.#auth = derive(keys, 1, 20);
    this.#salt = derive(keys, 2, 14);
  }

  /** @param index the packet's number since the beginning: its sequence number, and how often that went round. */
  protect(header: Buffer, payload: Buffer, index: number): Buffer {
    const iv = Buffer.alloc(16);
    this.#salt.copy(iv);
    for (let at = 0; at < 4; at += 1) iv[4 + at] = (iv[4 + at] ?? 0) ^ (header[8 + at] ?? 0);
    const number = Buffer.alloc(6);
    number.writeUIntBE(index, 0, 6);
    for (let at = 0; at < 6; at += 1) iv[8 + at] = (iv[8 + at] ?? 0) ^ (number[at] ?? 0);
    const packet = Buffer.concat([header, ctr(this.#key, iv, payload)]);
    const rollover = Buffer.alloc(4);
    rollover.writeUInt32BE(Math.floor(index / 65_536));
    const tag = createHmac('sha1', this.#auth).update(packet).update(rollover).digest().subarray(0, 10);
    return Buffer.concat([packet, tag]);
  }
}
