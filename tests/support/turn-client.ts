/** As much of a TURN client (RFC 8656) as is needed to ask a relay for what it must not give. UDP. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

const COOKIE = 0x2112a442;
const METHOD = { allocate: 0x003, refresh: 0x004, permission: 0x008, bind: 0x009, binding: 0x001 } as const;
const SEND = 0x016;
const DATA = 0x017;
const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  channel: 0x000c,
  lifetime: 0x000d,
  peer: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  family: 0x0017,
  transport: 0x0019,
  software: 0x8022,
  fingerprint: 0x8028,
} as const;

type Attribute = readonly [type: number, value: Buffer];
export type Method = keyof typeof METHOD;

interface Message {
  readonly type: number;
  readonly transaction: string;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

export interface TurnAnswer {
  /** 0 when it was granted, else the STUN error code. */
  readonly code: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

function encode(type: number, transaction: Buffer, attributes: readonly Attribute[], key: Buffer | null): Buffer {
  const body = Buffer.concat(
    attributes.map(([kind, value]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16BE(kind, 0);
      head.writeUInt16BE(value.length, 2);
      return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
    }),
  );
  const head = Buffer.alloc(20);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(body.length + (key === null ? 0 : 24), 2);
  head.writeUInt32BE(COOKIE, 4);
  transaction.copy(head, 8);
  const message = Buffer.concat([head, body]);
  if (key === null) return message;
  const seal = Buffer.alloc(4);
  seal.writeUInt16BE(ATTRIBUTE.integrity, 0);
  seal.writeUInt16BE(20, 2);
  return Buffer.concat([message, seal, createHmac('sha1', key).update(message).digest()]);
}

function decode(packet: Buffer): Message {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= packet.length;) {
    const length = packet.readUInt16BE(at + 2);
    attributes.set(packet.readUInt16BE(at), packet.subarray(at + 4, at + 4 + length));
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return { type: packet.readUInt16BE(0), transaction: packet.subarray(8, 20).toString('hex'), attributes };
}

/** Sixteen bytes of an IPv6 address, `::ffff:1.2.3.4` included. */
function ipv6Bytes(address: string): Buffer {
  const host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = '', right] = host.split('::');
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(left), words(right ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.alloc(16);
  all.forEach((word, index) => bytes.writeUInt16BE(word, index * 2));
  return bytes;
}

/** XOR-PEER-ADDRESS of a peer. */
function peerAddress(address: string, port: number, transaction: Buffer): Buffer {
  const pad = Buffer.concat([Buffer.from([0x21, 0x12, 0xa4, 0x42]), transaction]);
  const bytes = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.alloc(4);
  head.writeUInt16BE(isIPv6(address) ? 2 : 1, 0);
  head.writeUInt16BE(port ^ (COOKIE >>> 16), 2);
  return Buffer.concat([head, Buffer.from(bytes.map((byte, index) => byte ^ (pad[index] ?? 0)))]);
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

interface Server {
  readonly host: string;
  readonly port: number;
}
type Who = { readonly username: string; readonly credential: string } | null;

export class TurnClient {
  readonly #socket: Socket;
  readonly #server: Server;
  readonly #who: Who;
  readonly #waiting = new Map<string, (message: Message) => void>();
  #realm = Buffer.alloc(0);
  #nonce = Buffer.alloc(0);
  /** What peers sent through the relay. */
  readonly received: string[] = [];

  private constructor(socket: Socket, server: Server, who: Who) {
    this.#socket = socket;
    this.#server = server;
    this.#who = who;
    socket.on('message', (packet) => {
      const message = decode(packet);
      if (message.type === DATA) this.received.push(message.attributes.get(ATTRIBUTE.data)?.toString() ?? '');
      this.#waiting.get(message.transaction)?.(message);
    });
  }

  /** @param who null for somebody who has no credential at all. */
  static async open(host: string, who: Who, port = 3478): Promise<TurnClient> {
    const socket = createSocket('udp4');
    await new Promise<void>((done) => socket.bind(0, host, done));
    return new TurnClient(socket, { host, port }, who);
  }

  /** A relay: over UDP and IPv4 unless asked for otherwise. */
  allocate(options: { transport?: number; family?: number } = {}): Promise<TurnAnswer> {
    const { transport = 17, family } = options;
    return this.#ask('allocate', () => [
      [ATTRIBUTE.transport, Buffer.from([transport, 0, 0, 0])],
      ...(family === undefined ? [] : [[ATTRIBUTE.family, Buffer.from([family, 0, 0, 0])] as const]),
    ]);
  }

  permit(address: string, port = 9): Promise<TurnAnswer> {
    return this.#ask('permission', (transaction) => [[ATTRIBUTE.peer, peerAddress(address, port, transaction)]]);
  }

  bindChannel(address: string, port: number): Promise<TurnAnswer> {
    return this.#ask('bind', (transaction) => [
      [ATTRIBUTE.channel, Buffer.from([0x40, 0, 0, 0])],
      [ATTRIBUTE.peer, peerAddress(address, port, transaction)],
    ]);
  }

  /** A plain STUN question, which anybody may send to a STUN server. Null when nothing answers within 500 ms. */
  async askForMyAddress(): Promise<TurnAnswer | null> {
    return this.#once(encode(METHOD.binding, randomBytes(12), [], null), 500);
  }

  send(address: string, port: number, text: string): void {
    const transaction = randomBytes(12);
    const attributes: Attribute[] = [
      [ATTRIBUTE.peer, peerAddress(address, port, transaction)],
      [ATTRIBUTE.data, Buffer.from(text)],
    ];
    this.#socket.send(encode(SEND, transaction, attributes, null), this.#server.port, this.#server.host);
  }

  /** Gives the relay back. */
  async close(): Promise<void> {
    if (this.#nonce.length > 0 && this.#who !== null)
      await this.#ask('refresh', () => [[ATTRIBUTE.lifetime, number(0)]]);
    await new Promise<void>((done) => this.#socket.close(() => done()));
  }

  async #ask(method: Method, attributes: (transaction: Buffer) => readonly Attribute[]): Promise<TurnAnswer> {
    const first = await this.#try(method, attributes);
    // 401: the server names realm and nonce; 438: the nonce was too old.
    if (this.#who === null || (first.code !== 401 && first.code !== 438)) return first;
    const had = this.#nonce.length > 0 && first.code === 401;
    this.#realm = Buffer.from(first.attributes.get(ATTRIBUTE.realm) ?? this.#realm);
    this.#nonce = Buffer.from(first.attributes.get(ATTRIBUTE.nonce) ?? this.#nonce);
    return had ? first : this.#try(method, attributes);
  }

  async #try(method: Method, attributes: (transaction: Buffer) => readonly Attribute[]): Promise<TurnAnswer> {
    const transaction = randomBytes(12);
    const known = this.#who !== null && this.#nonce.length > 0 ? this.#who : null;
    const proof: Attribute[] =
      known === null
        ? []
        : [
            [ATTRIBUTE.username, Buffer.from(known.username)],
            [ATTRIBUTE.realm, this.#realm],
            [ATTRIBUTE.nonce, this.#nonce],
          ];
    const key =
      known === null
        ? null
        : createHash('md5').update(`${known.username}:${this.#realm.toString()}:${known.credential}`).digest();
    const packet = encode(METHOD[method], transaction, [...attributes(transaction), ...proof], key);
    const answer = await this.#once(packet, 5_000);
    if (answer === null) throw new Error(`The relay did not answer ${method}`);
    return answer;
  }

  async #once(packet: Buffer, ms: number): Promise<TurnAnswer | null> {
    const transaction = packet.subarray(8, 20).toString('hex');
    const answer = new Promise<Message | null>((done) => {
      this.#waiting.set(transaction, done);
      setTimeout(() => done(null), ms);
    });
    this.#socket.send(packet, this.#server.port, this.#server.host);
    const message = await answer;
    this.#waiting.delete(transaction);
    if (message === null) return null;
    const error = message.attributes.get(ATTRIBUTE.error);
    const code = error === undefined ? 0 : (error[2] ?? 0) * 100 + (error[3] ?? 0);
    return { code, attributes: message.attributes };
  }
}

export const SOFTWARE = ATTRIBUTE.software;
export const FINGERPRINT = ATTRIBUTE.fingerprint;
