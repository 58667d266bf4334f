/** One connectivity test on the media server: a router of its own, one way at a time, and one video that comes back. */
import { transportParameters } from '../rooms/room.ts';
import { wireParameters } from '../media/wire.ts';
import type { MediaConsumer, MediaTransport, RtpCapabilities, RtpParameters } from '../media/types.ts';
import type { RoomRouter } from '../media/workers.server.ts';
import type { IceServer } from '../signalling/protocol.ts';
import type { CheckWay, Echo, OpenedWay } from './protocol.ts';

/** What a way may carry, each way, bit/s: more than a lesson needs, and not enough to be worth taking. */
const MOST_BITRATE = 2_500_000;

export class CheckSession {
  readonly #router: RoomRouter;
  readonly #relays: () => readonly IceServer[];
  #send: MediaTransport | null = null;
  #receive: MediaTransport | null = null;
  #consumer: MediaConsumer | null = null;
  /** Of ways that are closed. */
  #bytes = 0;
  #closed = false;

  constructor(router: RoomRouter, relays: () => readonly IceServer[]) {
    this.#router = router;
    this.#relays = relays;
  }

  /** Null when there is no TURN server to go over. */
  async openWay(way: CheckWay): Promise<OpenedWay | null> {
    const iceServers = way === 'relay' ? this.#relays() : [];
    if (way === 'relay' && iceServers.length === 0) return null;
    await this.#closeWay();
    // A relay speaks UDP to us.
    const only = way === 'tcp' ? 'tcp' : 'udp';
    const [send, receive] = await Promise.all([this.#router.createTransport(only), this.#router.createTransport(only)]);
    if (this.#closed) throw new Error('The test is over');
    this.#send = send;
    this.#receive = receive;
    await send.setMaxIncomingBitrate(MOST_BITRATE);
    return { send: transportParameters(send), receive: transportParameters(receive), iceServers };
  }

  transport(id: string): MediaTransport | null {
    return [this.#send, this.#receive].find((transport) => transport?.id === id) ?? null;
  }

  /** Null without a way, or when it has its video already. */
  async echo(rtpParameters: RtpParameters, rtpCapabilities: RtpCapabilities): Promise<Echo | null> {
    const [send, receive] = [this.#send, this.#receive];
    if (send === null || receive === null || this.#consumer !== null) return null;
    const producer = await send.produce({ kind: 'video', rtpParameters });
    const consumer = await receive.consume({ producerId: producer.id, rtpCapabilities, paused: true });
    this.#consumer = consumer;
    return { producerId: producer.id, consumerId: consumer.id, rtpParameters: wireParameters(consumer.rtpParameters) };
  }

  /** False without a video. */
  async hear(): Promise<boolean> {
    if (this.#consumer === null) return false;
    await this.#consumer.resume();
    return true;
  }

  /** Bytes that have come in so far, over all ways. */
  async received(): Promise<number> {
    const [stats] = this.#send === null || this.#send.closed ? [] : await this.#send.getStats();
    return this.#bytes + (stats?.bytesReceived ?? 0);
  }

  close(): void {
    this.#closed = true;
    this.#router.close();
  }

  async #closeWay(): Promise<void> {
    this.#bytes = await this.received();
    this.#send?.close();
    this.#receive?.close();
    this.#send = null;
    this.#receive = null;
    this.#consumer = null;
  }
}
