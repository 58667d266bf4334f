/** The connection of a test to the media server, and the video that goes there and comes back. Knows no page. */
import { Device } from 'mediasoup-client';
import type { Transport } from 'mediasoup-client/types';
import { io, type Socket } from 'socket.io-client';
import {
  CHECK_NAMESPACE,
  type CheckAnswer,
  type CheckMessages,
  type CheckType,
  type CheckWay,
  type CheckWelcome,
  type Echo,
} from '#sfu/check/protocol.ts';
import type { Reading } from './steps.ts';

const CONNECT_MS = 8_000;
const ANSWER_MS = 8_000;
const MOST_BITRATE = 1_500_000;

/** No connection, no answer, or a "no"; the message is the server's code where it gave one. */
export class LineError extends Error {}

export class Line {
  readonly welcome: CheckWelcome;
  readonly #socket: Socket;

  private constructor(socket: Socket, welcome: CheckWelcome) {
    this.#socket = socket;
    this.welcome = welcome;
  }

  /** @throws LineError */
  static open(url: string, path: string, ticket: string): Promise<Line> {
    const socket: Socket = io(`${url}${CHECK_NAMESPACE}`, {
      path,
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_MS,
    });
    return new Promise((resolve, reject) => {
      const fail = (message: string): void => {
        clearTimeout(timer);
        socket.disconnect();
        reject(new LineError(message));
      };
      const timer = setTimeout(() => fail('timeout'), CONNECT_MS);
      socket.once('welcome', (welcome: CheckWelcome) => {
        clearTimeout(timer);
        resolve(new Line(socket, welcome));
      });
      socket.once('connect_error', (error) => fail(error.message));
      socket.once('disconnect', () => fail('disconnected'));
    });
  }

  async ask<T extends CheckType>(type: T, data: CheckMessages[T]['data']): Promise<CheckMessages[T]['answer']> {
    let answer: CheckAnswer<CheckMessages[T]['answer']>;
    try {
      answer = await this.#socket.timeout(ANSWER_MS).emitWithAck(type, data);
    } catch (error) {
      throw new LineError(error instanceof Error ? error.message : 'no answer');
    }
    if (!answer.ok) throw new LineError(answer.code);
    return answer.data;
  }

  /** The shortest of a few round trips, ms. */
  async roundTrip(): Promise<number> {
    let shortest = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 3; tries += 1) {
      const began = performance.now();
      await this.ask('ping', {});
      shortest = Math.min(shortest, performance.now() - began);
    }
    return Math.round(shortest);
  }

  close(): void {
    this.#socket.disconnect();
  }
}

interface Stat {
  readonly type: string;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
  readonly bytesSent?: number;
  readonly packetsSent?: number;
  readonly bytesReceived?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
}

/** One way, with a video on it. */
export class EchoWay {
  readonly #transports: readonly Transport[];

  private constructor(transports: readonly Transport[]) {
    this.#transports = transports;
  }

  static async open(line: Line, device: Device, way: CheckWay, track: MediaStreamTrack): Promise<EchoWay> {
    const { send: up, receive: down, iceServers } = await line.ask('open-way', { way });
    const iceTransportPolicy: RTCIceTransportPolicy = way === 'relay' ? 'relay' : 'all';
    const how = { iceServers: [...iceServers], iceTransportPolicy };
    const send = device.createSendTransport({ ...up, ...how });
    const receive = device.createRecvTransport({ ...down, ...how });
    const opened = new EchoWay([send, receive]);
    try {
      for (const transport of [send, receive])
        transport.on('connect', ({ dtlsParameters }, done, failed) => {
          line.ask('connect-transport', { transportId: transport.id, dtlsParameters }).then(done, failed);
        });
      const echoed = Promise.withResolvers<Echo>();
      send.on('produce', ({ rtpParameters }, done, failed) => {
        line.ask('echo', { rtpParameters, rtpCapabilities: device.recvRtpCapabilities }).then((echo) => {
          echoed.resolve(echo);
          done({ id: echo.producerId });
        }, failed);
      });
      await send.produce({
        track,
        stopTracks: false,
        encodings: [{ maxBitrate: MOST_BITRATE }],
        codecOptions: { videoGoogleStartBitrate: 600 },
      });
      const { consumerId: id, producerId, rtpParameters } = await echoed.promise;
      await receive.consume({ id, producerId, kind: 'video', rtpParameters });
      await line.ask('hear', {});
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Whether the video comes back within `ms`. */
  async comesBack(ms: number): Promise<boolean> {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      if ((await this.read()).receivedPackets > 10) return true;
      if (this.#transports.some(({ connectionState }) => connectionState === 'failed')) return false;
      await new Promise((done) => setTimeout(done, 100));
    }
    return false;
  }

  async read(): Promise<Reading> {
    const reports = await Promise.all(this.#transports.map((transport) => transport.getStats()));
    const reading = {
      at: performance.now(),
      sentBytes: 0,
      sentPackets: 0,
      lostUp: 0,
      receivedBytes: 0,
      receivedPackets: 0,
      lostDown: 0,
    };
    let rttMs: number | null = null;
    for (const stat of reports.flatMap((report): Stat[] => [...report.values()])) {
      if (stat.type === 'outbound-rtp') {
        reading.sentBytes += stat.bytesSent ?? 0;
        reading.sentPackets += stat.packetsSent ?? 0;
      } else if (stat.type === 'inbound-rtp') {
        reading.receivedBytes += stat.bytesReceived ?? 0;
        reading.receivedPackets += stat.packetsReceived ?? 0;
        reading.lostDown += stat.packetsLost ?? 0;
      } else if (stat.type === 'remote-inbound-rtp') reading.lostUp += stat.packetsLost ?? 0;
      else if (stat.type === 'candidate-pair' && stat.nominated === true && stat.currentRoundTripTime !== undefined)
        rttMs = Math.max(rttMs ?? 0, stat.currentRoundTripTime * 1_000);
    }
    return { ...reading, rttMs };
  }

  close(): void {
    for (const transport of this.#transports) transport.close();
  }
}

/** A browser that can do live media, or null. */
export async function mediaDevice(welcome: CheckWelcome): Promise<Device | null> {
  try {
    const device = await Device.factory();
    await device.load({ routerRtpCapabilities: welcome.routerRtpCapabilities });
    return device.canProduce('video') ? device : null;
  } catch (error) {
    if (error instanceof Error && error.name === 'UnsupportedError') return null;
    throw error;
  }
}

/** A moving picture that needs all the bits it can get: nobody's camera is needed to measure a connection. */
export function noise(): { readonly track: MediaStreamTrack; stop(): void } | null {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const paper = canvas.getContext('2d');
  const [track] = canvas.captureStream(20).getVideoTracks();
  if (paper === null || track === undefined) return null;
  const timer = setInterval(() => {
    for (let index = 0; index < 160; index += 1) {
      paper.fillStyle = `hsl(${Math.random() * 360} 70% ${20 + Math.random() * 60}%)`;
      paper.fillRect(Math.random() * 640, Math.random() * 360, 40, 40);
    }
  }, 50);
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
