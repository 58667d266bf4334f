/** A whole client without a browser: signalling, and a microphone and a camera whose packets really travel. */
import type { ConsumerInfo, Joined } from '../signalling/protocol.ts';
import { AUDIO, VIDEO, type Client, type Fixture } from './fixture.server.ts';
import { makeIdentity, WireTransport } from './wire-transport.server.ts';

const SEND_EVERY_MS = 40;
/** Each packet is a whole key frame of VP8, so that a picture may begin with any. */
const KEY_FRAME = Buffer.from([
  0x90,
  0x80,
  0x01,
  0x10,
  0x02,
  0x00,
  0x9d,
  0x01,
  0x2a,
  0x40,
  0x01,
  0xb4,
  0,
  ...Buffer.alloc(80),
]);
const SOUND = Buffer.alloc(60, 7);

export type Identity = ReturnType<typeof makeIdentity>;

interface Arriving {
  readonly info: ConsumerInfo;
  readonly ssrc: number;
}

let lastSsrc = 1_000;

export class WireClient {
  readonly name: string;
  readonly client: Client;
  /** What is consumed, by consumer id. */
  readonly consumed = new Map<string, Arriving>();
  /** How often the server moved them. */
  moved = 0;
  readonly problems: string[] = [];
  readonly #identity: Identity;
  #send: WireTransport | null = null;
  #receive: WireTransport | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Rises with every new pair of transports: what was under way for the one before is dropped. */
  #round = 0;
  /** Said as soon as the receiving end is there. */
  #early: string[] = [];

  private constructor(name: string, client: Client, identity: Identity) {
    this.name = name;
    this.client = client;
    this.#identity = identity;
    client.socket.on('consumer-added', (info) => this.#consume([info]));
    client.socket.on('consumer-closed', ({ consumerId }) => this.consumed.delete(consumerId));
    client.socket.on('joined-anew', (joined) => {
      this.moved += 1;
      void this.#adopt(joined);
    });
  }

  static async enter(fixture: Fixture, lessonId: string, name: string, identity: Identity): Promise<WireClient> {
    return WireClient.over(await fixture.connect(fixture.ticket(name, { lessonId })), name, identity);
  }

  /** Joins over a connection that has not joined. */
  static async over(client: Client, name: string, identity: Identity): Promise<WireClient> {
    const wire = new WireClient(name, client, identity);
    await wire.#adopt(await client.join());
    return wire;
  }

  /** `person source`, of everything whose packets arrived after `since` (`performance.now()`). */
  arriving(since: number): readonly string[] {
    return [...this.consumed.values()]
      .filter(({ ssrc }) => (this.#receive?.arrived.get(ssrc)?.lastAt ?? 0) > since)
      .map(({ info }) => `${info.personId} ${info.source}`)
      .toSorted();
  }

  /** `person source` of everything that is consumed: twice when it is there twice. */
  get all(): readonly string[] {
    return [...this.consumed.values()].map(({ info }) => `${info.personId} ${info.source}`).toSorted();
  }

  /** The longest time between two packets of one stream since the last call, ms. */
  longestGap(): number {
    let longest = 0;
    for (const stream of this.#receive?.arrived.values() ?? []) {
      longest = Math.max(longest, stream.longestMs);
      stream.longestMs = 0;
    }
    return longest;
  }

  close(): void {
    this.#drop();
    this.client.socket.disconnect();
  }

  #drop(): void {
    this.#round += 1;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#send?.close();
    this.#receive?.close();
    this.#send = null;
    this.#receive = null;
    this.#early = [];
  }

  async #adopt(joined: Joined): Promise<void> {
    this.#drop();
    const round = this.#round;
    this.consumed.clear();
    try {
      const { transports } = joined;
      if (transports === null || transports.send === null) throw new Error('There are no transports');
      this.#consume(joined.consumers);
      const [send, receive] = await Promise.all(
        [transports.send, transports.receive].map((parameters) =>
          WireTransport.open(parameters, this.#identity, (dtlsParameters) =>
            this.client.ask('connect-transport', { transportId: parameters.id, dtlsParameters }),
          ),
        ),
      );
      if (send === undefined || receive === undefined) throw new Error('There are no transports');
      if (round !== this.#round) {
        send.close();
        receive.close();
        return;
      }
      [this.#send, this.#receive] = [send, receive];
      this.#ready(this.#early);
      await this.#produce(send, round);
    } catch (error) {
      // Whoever is moved again meanwhile has not failed.
      if (round === this.#round) this.problems.push(`${this.name}: ${String(error)}`);
    }
  }

  async #produce(send: WireTransport, round: number): Promise<void> {
    const streams = [AUDIO, VIDEO].map((what) => {
      lastSsrc += 1;
      return {
        what: { ...what, rtpParameters: { ...what.rtpParameters, encodings: [{ ssrc: lastSsrc }] } },
        ssrc: lastSsrc,
      };
    });
    for (const { what } of streams) {
      const answer = await this.client.ask('produce', what);
      if (!answer.ok && round === this.#round) throw new Error(`produce: ${answer.code}`);
    }
    if (round !== this.#round) return;
    let index = 0;
    this.#timer = setInterval(() => {
      index += 1;
      for (const { what, ssrc } of streams) {
        const { kind, rtpParameters } = what;
        const clock = (rtpParameters.codecs[0]?.clockRate ?? 0) / 1_000;
        const payloadType = rtpParameters.codecs[0]?.payloadType ?? 0;
        send.send(ssrc, payloadType, index, index * SEND_EVERY_MS * clock, kind === 'video' ? KEY_FRAME : SOUND);
      }
    }, SEND_EVERY_MS);
  }

  #consume(infos: readonly ConsumerInfo[]): void {
    for (const info of infos)
      this.consumed.set(info.consumerId, { info, ssrc: info.rtpParameters.encodings?.[0]?.ssrc ?? 0 });
    const ids = infos.map(({ consumerId }) => consumerId);
    if (this.#receive === null) this.#early.push(...ids);
    else this.#ready(ids);
  }

  #ready(consumerIds: readonly string[]): void {
    if (consumerIds.length === 0) return;
    this.client.ask('consumer-ready', { consumerIds: [...consumerIds] }).catch((error: unknown) => {
      if (this.client.socket.connected) this.problems.push(`${this.name}: ${String(error)}`);
    });
  }
}
