/**
 * One transport of a client that is no browser: ICE and SRTP of our own over a real UDP socket, and DTLS by the machine's
 * openssl. What arrives is counted by its stream and not opened.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes, X509Certificate } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DtlsParameters, TransportParameters } from '../signalling/protocol.ts';
import { clientKeys, Srtp } from './srtp.ts';

const MAGIC = 0x2112a442;
const HANDSHAKE_MS = 8_000;
const CONSENT_MS = 2_000;

interface Identity {
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
  /** Takes the files away. */
  forget(): void;
}

/** A key and certificate for all transports of a test. */
export function makeIdentity(): Identity {
  const folder = mkdtempSync(join(tmpdir(), 'wire-'));
  const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const made = ['-x509', '-days', '2', '-subj', '/CN=wire', '-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', ...curve, ...made], { stdio: 'ignore' });
  const { fingerprint256 } = new X509Certificate(readFileSync(certificate));
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  return { certificate, key, fingerprint: fingerprint256, forget };
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

/** "May I send to you from here?", signed with the server's password. */
function bindingRequest(server: { usernameFragment: string; password: string }, tieBreaker: Buffer): Buffer {
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(0x6e7f1eff);
  const said = Buffer.concat([
    attribute(0x0006, Buffer.from(`${server.usernameFragment}:wire`)),
    attribute(0x0024, priority),
    attribute(0x802a, tieBreaker),
    attribute(0x0025, Buffer.alloc(0)),
  ]);
  const header = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]), randomBytes(12)]);
  header.writeUInt32BE(MAGIC, 4);
  header.writeUInt16BE(said.length + 24, 2);
  const signature = createHmac('sha1', server.password).update(header).update(said).digest();
  const signed = Buffer.concat([header, said, attribute(0x0008, signature)]);
  signed.writeUInt16BE(said.length + 32, 2);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(signed) ^ 0x5354554e) >>> 0);
  return Buffer.concat([signed, attribute(0x8028, sum)]);
}

const bind = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve(socket));
  });

export class WireTransport {
  readonly id: string;
  /** Packets that arrived, by SSRC, and when the last one did, `performance.now()`. */
  readonly arrived = new Map<number, { count: number; lastAt: number; longestMs: number }>();
  readonly #socket: Socket;
  readonly #address: { readonly ip: string; readonly port: number };
  readonly #ice: TransportParameters['iceParameters'];
  readonly #tieBreaker = randomBytes(8);
  #srtp: Srtp | null = null;
  #onDtls: (packet: Buffer) => void = () => undefined;
  #onBound: () => void = () => undefined;
  #consent: NodeJS.Timeout | null = null;
  #closed = false;

  private constructor(socket: Socket, parameters: TransportParameters) {
    const [candidate] = parameters.iceCandidates.filter(({ protocol }) => protocol === 'udp');
    if (candidate === undefined) throw new Error('The server has no UDP');
    this.id = parameters.id;
    this.#socket = socket;
    this.#address = { ip: candidate.address, port: candidate.port };
    this.#ice = parameters.iceParameters;
    socket.on('message', (packet) => this.#take(packet));
    // A worker that died answers with "port unreachable".
    socket.on('error', () => undefined);
  }

  /** Resolves when media may be sent. @param tell gives the server our fingerprint. */
  static async open(
    parameters: TransportParameters,
    identity: Identity,
    tell: (dtls: DtlsParameters) => Promise<unknown>,
  ): Promise<WireTransport> {
    const transport = new WireTransport(await bind(), parameters);
    try {
      const fingerprints = [{ algorithm: 'sha-256' as const, value: identity.fingerprint }];
      await Promise.all([tell({ role: 'client', fingerprints }), transport.#bindAddress()]);
      await transport.#handshake(identity);
      return transport;
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  /** @param index the packet's number since the beginning. */
  send(ssrc: number, payloadType: number, index: number, timestamp: number, payload: Buffer): void {
    if (this.#srtp === null || this.#closed) return;
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = payloadType;
    header.writeUInt16BE(index % 65_536, 2);
    header.writeUInt32BE(timestamp % 2 ** 32, 4);
    header.writeUInt32BE(ssrc, 8);
    this.#out(this.#srtp.protect(header, payload, index));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#consent !== null) clearInterval(this.#consent);
    this.#socket.close();
  }

  #out(packet: Buffer): void {
    if (!this.#closed) this.#socket.send(packet, this.#address.port, this.#address.ip);
  }

  #take(packet: Buffer): void {
    const first = packet[0] ?? 0;
    if (first < 2) this.#onBound();
    else if (first >= 20 && first < 64) this.#onDtls(packet);
    else if (first >= 128 && packet.length > 12) {
      const second = packet[1] ?? 0;
      if (second >= 192 && second < 224) return;
      const [now, ssrc] = [performance.now(), packet.readUInt32BE(8)];
      const before = this.arrived.get(ssrc);
      const longestMs = before === undefined ? 0 : Math.max(before.longestMs, now - before.lastAt);
      this.arrived.set(ssrc, { count: (before?.count ?? 0) + 1, lastAt: now, longestMs });
    }
  }

  async #bindAddress(): Promise<void> {
    const ask = (): void => this.#out(bindingRequest(this.#ice, this.#tieBreaker));
    const again = setInterval(ask, 100);
    try {
      await within('an answer to ICE', (done) => {
        this.#onBound = done;
        ask();
      });
    } finally {
      clearInterval(again);
    }
    if (!this.#closed) this.#consent = setInterval(ask, CONSENT_MS);
  }

  /** openssl talks to a socket of ours, which hands its packets on over the way that ICE found. */
  async #handshake({ certificate, key }: Identity): Promise<void> {
    const relay = await bind();
    let port = 0;
    relay.on('message', (packet, from) => {
      port = from.port;
      this.#out(packet);
    });
    relay.on('error', () => undefined);
    this.#onDtls = (packet) => relay.send(packet, port, '127.0.0.1');
    const keys = ['-cert', certificate, '-key', key, '-use_srtp', 'SRTP_AES128_CM_SHA1_80'];
    const exported = ['-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', '60'];
    const to = ['-connect', `127.0.0.1:${relay.address().port}`];
    const child = spawn('openssl', ['s_client', '-dtls1_2', ...to, ...keys, ...exported], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      let said = '';
      await within('the end of the DTLS handshake', (done) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.toString();
          const [, hex] = /Keying material: ([0-9A-F]{120})/.exec(said) ?? [];
          if (hex === undefined) return;
          this.#srtp = new Srtp(clientKeys(Buffer.from(hex, 'hex')));
          done();
        });
      });
    } finally {
      // Killed, so that it says no goodbye, which would end the transport.
      child.kill('SIGKILL');
      this.#onDtls = () => undefined;
      relay.close();
    }
  }
}

async function within(what: string, begin: (done: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`Missing after ${HANDSHAKE_MS} ms: ${what}`)), HANDSHAKE_MS);
      begin(resolve);
    });
  } finally {
    clearTimeout(timer);
  }
}
