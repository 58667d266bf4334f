/** Debian's coturn, run as it is shipped: `deploy/coturn/start.sh` with its configuration. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { needProgram } from './need.ts';

export const COTURN_START = join(import.meta.dirname, '..', '..', 'deploy', 'coturn', 'start.sh');

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Hash of its public key, for a browser that shall take it (`--ignore-certificate-errors-spki-list`). */
  readonly spki: string;
  remove(): void;
}

/** A certificate that nobody vouches for, for these addresses. */
export function makeCertificate(addresses: readonly string[]): Certificate {
  const openssl = needProgram('openssl', 'openssl');
  const folder = mkdtempSync(join(tmpdir(), 'nexused-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = addresses.map((address) => `IP:${address}`).join(',');
  execFileSync(
    openssl,
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'].concat([
      '-subj',
      '/CN=relay.test',
      '-addext',
      `subjectAltName=${names}`,
      '-keyout',
      key,
      '-out',
      cert,
    ]),
    { stdio: 'ignore' },
  );
  const publicKey = execFileSync(openssl, ['x509', '-in', cert, '-noout', '-pubkey']);
  const der = execFileSync(openssl, ['pkey', '-pubin', '-outform', 'der'], { input: publicKey });
  const digest = execFileSync(openssl, ['dgst', '-sha256', '-binary'], { input: der });
  return { cert, key, spki: digest.toString('base64'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface CoturnSettings {
  readonly address: string;
  readonly mediaAddress: string;
  readonly secret: string;
  readonly certificate: Certificate;
}

/** Two addresses of the loopback that other test runs on this machine do not have, for relays. */
export function loopbackAddresses(): readonly [string, string] {
  const prefix = `127.${64 + (process.pid % 128)}.${Math.floor(process.pid / 128) % 256}`;
  return [`${prefix}.2`, `${prefix}.3`];
}

export const isOpen = (host: string, port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, host);
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });

/** What `start.sh` reads. */
export const coturnSettings = (settings: CoturnSettings): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  TURN_SECRET: settings.secret,
  TURN_ADDRESS: settings.address,
  MEDIA_ADDRESS: settings.mediaAddress,
  TURN_CERT: settings.certificate.cert,
  TURN_KEY: settings.certificate.key,
});

export function startCoturn(settings: CoturnSettings): Promise<Child> {
  needProgram('turnserver', 'coturn');
  const { address } = settings;
  return startChild('/bin/sh', [COTURN_START], { env: coturnSettings(settings) }, async () =>
    (await Promise.all([isOpen(address, 3478), isOpen(address, 443)])).every(Boolean),
  );
}

/** A UDP port at `address` that gives back what it gets, as the media server's would answer. */
export async function startEcho(address: string): Promise<{ port: number; close: () => Promise<void> }> {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, address, done));
  socket.on('message', (packet, from) => socket.send(packet, from.port, from.address));
  return { port: socket.address().port, close: () => new Promise((done) => socket.close(() => done())) };
}
