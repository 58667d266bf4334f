/**
 * Rooms full of people on one bare media worker on the first core: everybody sends three layers and a voice, everybody gets
 * what the plan says. Packets come and go over plain UDP; towards the receivers they are encrypted as for a browser (SRTP).
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { cpuOfTree } from '../events/cpu.ts';
import { rounded } from '../events/measure.ts';
import { CODECS } from '#sfu/media/codecs.ts';
import { mediaLibrary } from '#sfu/media/library.ts';
import type { MediaProducer, MediaRouter } from '#sfu/media/types.ts';
import { AUDIO_TYPE, FPS, LAYERS, Microphone, Receipt, VIDEO_TYPE, VideoLayer } from './rtp.ts';

export interface Crowd {
  readonly rooms: number;
  readonly people: number;
  /** Which layer each camera is forwarded in, 0 to 2. */
  readonly layer: 0 | 1 | 2;
  /** How many of a room's microphones reach everybody. */
  readonly voices: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

export interface CrowdReport {
  readonly people: number;
  readonly rooms: number;
  /** Of the worker. */
  readonly cores: number;
  /** Of this process, which sends and counts; above 0.8 a run is void. */
  readonly rigCores: number;
  /** Packets a second that should leave the worker. */
  readonly packetsOut: number;
  readonly loss: number;
  /** From the sender's socket to the receiver's, ms. */
  readonly p50: number;
  readonly p99: number;
  /** Nothing was lost to speak of, nothing was late, and the generator had room. */
  readonly ok: boolean;
}

const LOSS = 0.001;
const LATE_MS = 5;
/** Of each room these read what they get; the packets of the others are sent and not read. */
const READERS = 2;
const ALL_LAYERS_MS = 2_800;

const cleanup: (() => unknown)[] = [];

interface Sender {
  readonly layers: readonly VideoLayer[];
  readonly microphone: Microphone;
  readonly socket: Socket;
  readonly phase: number;
}

async function connected(port: number): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 2_000_000 });
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  // What the worker reports back is not what is measured.
  socket.on('error', () => undefined);
  cleanup.push(() => socket.close());
  return socket;
}

async function unread(): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, [`${import.meta.dirname}/unread.ts`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  cleanup.push(() => child.kill('SIGKILL'));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve(Number(line.toString())));
    child.once('exit', () => reject(new Error('The place that nobody reads is gone')));
  });
  return port;
}

interface Person {
  readonly video: MediaProducer;
  readonly audio: MediaProducer;
  readonly sender: Sender;
}

/** @param bits of each layer that is sent. */
async function publish(router: MediaRouter, index: number, bits: readonly number[]): Promise<Person> {
  const transport = await router.createPlainTransport({ listenIp: '127.0.0.1', comedia: true, rtcpMux: true });
  const ssrc = 10_000 + index * 10;
  const video = await transport.produce({
    kind: 'video',
    rtpParameters: {
      codecs: [{ mimeType: 'video/VP8', payloadType: VIDEO_TYPE, clockRate: 90_000 }],
      encodings: bits.map((_, layer) => ({
        ssrc: ssrc + layer,
        ...(bits.length > 1 ? { scalabilityMode: 'L1T2' } : {}),
      })),
      rtcp: { cname: `p${index}` },
    },
  });
  const audio = await transport.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: AUDIO_TYPE, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: ssrc + 5 }],
      rtcp: { cname: `p${index}` },
    },
  });
  const sender: Sender = {
    layers: bits.map((each, layer) => new VideoLayer(ssrc + layer, each)),
    microphone: new Microphone(ssrc + 5),
    socket: await connected(transport.tuple.localPort),
    phase: (index * 7.3) % 40,
  };
  return { video, audio, sender };
}

const KEY = Buffer.alloc(30, 7).toString('base64');

async function receive(
  router: MediaRouter,
  others: readonly { readonly person: Person; readonly audible: boolean }[],
  layer: number,
  port: number,
): Promise<void> {
  const cryptoSuite = 'AES_CM_128_HMAC_SHA1_80';
  const transport = await router.createPlainTransport({
    listenIp: '127.0.0.1',
    rtcpMux: true,
    comedia: false,
    enableSrtp: true,
    srtpCryptoSuite: cryptoSuite,
  });
  await transport.connect({ ip: '127.0.0.1', port, srtpParameters: { cryptoSuite, keyBase64: KEY } });
  const { rtpCapabilities } = router;
  for (const { person, audible } of others) {
    await transport.consume({
      producerId: person.video.id,
      rtpCapabilities,
      ...(person.video.type === 'simulcast' ? { preferredLayers: { spatialLayer: layer, temporalLayer: 1 } } : {}),
    });
    await transport.consume({ producerId: person.audio.id, rtpCapabilities, paused: !audible });
  }
}

/** Keeps a fixed schedule: what is due is sent, however late this process is. */
function play(senders: readonly Sender[]): () => void {
  const began = performance.now();
  const frames = senders.map(() => 0);
  const sounds = senders.map(() => 0);
  let reported = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const at = now - began;
    for (const [index, { layers, microphone, socket, phase }] of senders.entries()) {
      while (((frames[index] ?? 0) * 1_000) / FPS + phase <= at) {
        for (const layer of layers) for (const packet of layer.frame(now)) socket.send(packet);
        frames[index] = (frames[index] ?? 0) + 1;
      }
      while ((sounds[index] ?? 0) * 20 + phase / 2 <= at) {
        socket.send(microphone.packet(performance.now()));
        sounds[index] = (sounds[index] ?? 0) + 1;
      }
    }
    if (at < reported) return;
    reported = at + 1_000;
    for (const { layers, socket } of senders) for (const layer of layers) socket.send(layer.report(now));
  }, 1);
  return () => clearInterval(timer);
}

export async function playCrowd(crowd: Crowd): Promise<CrowdReport> {
  const library = await mediaLibrary();
  if ('missing' in library) throw new Error(library.missing);
  const worker = await library.createWorker({ logLevel: 'error' });
  cleanup.push(() => worker.close());
  try {
    execFileSync('taskset', ['-cp', '0', String(worker.pid)], { stdio: 'ignore' });
    const sink = await unread();
    const senders: Sender[] = [];
    const receipts: Receipt[] = [];
    // Where the largest is forwarded it is the only one that is sent: a worker without a browser's reports of bandwidth would
    // choose a smaller one.
    const bits = crowd.layer === 2 ? LAYERS.slice(2) : LAYERS;
    const rooms: { readonly router: MediaRouter; readonly people: readonly Person[] }[] = [];
    for (let room = 0; room < crowd.rooms; room += 1) {
      const router = await worker.createRouter({ mediaCodecs: CODECS });
      const people: Person[] = [];
      for (let index = 0; index < crowd.people; index += 1)
        people.push(await publish(router, room * crowd.people + index, bits));
      rooms.push({ router, people });
      senders.push(...people.map(({ sender }) => sender));
    }
    // Every layer is there before anybody asks for one, so that nobody begins with another.
    cleanup.push(play(senders));
    await new Promise((resolve) => setTimeout(resolve, ALL_LAYERS_MS));
    for (const [room, { router, people }] of rooms.entries())
      await Promise.all(
        people.map(async (me, place) => {
          const others = people.flatMap((person, index) =>
            person === me ? [] : [{ person, audible: index < crowd.voices }],
          );
          await receive(router, others, crowd.layer, place < READERS && room < 2 ? await reader(receipts) : sink);
        }),
      );
    return await measure(crowd, worker.pid, receipts);
  } finally {
    for (const end of cleanup.splice(0).toReversed()) end();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function reader(receipts: Receipt[]): Promise<number> {
  const receipt = new Receipt();
  const socket = createSocket({ type: 'udp4', recvBufferSize: 8_000_000 });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (packet) => receipt.take(packet, performance.now()));
  cleanup.push(() => socket.close());
  receipts.push(receipt);
  return socket.address().port;
}

async function measure(crowd: Crowd, pid: number, receipts: readonly Receipt[]): Promise<CrowdReport> {
  await new Promise((resolve) => setTimeout(resolve, crowd.warmMs));
  for (const receipt of receipts) receipt.counting = true;
  const [cpu, rig, from] = [cpuOfTree(pid), process.cpuUsage(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, crowd.measureMs));
  const [cpuAfter, rigAfter, to] = [cpuOfTree(pid), process.cpuUsage(rig), performance.now()];
  for (const receipt of receipts) receipt.counting = false;
  const us = (to - from) * 1_000;
  const sum = (of: (receipt: Receipt) => number): number => receipts.reduce((all, receipt) => all + of(receipt), 0);
  const delays = Float64Array.from(receipts.flatMap((receipt) => receipt.delays)).sort();
  const at = (part: number): number => rounded(delays[Math.floor(delays.length * part)] ?? Number.NaN, 2);
  const [expected, got] = [sum((receipt) => receipt.expected), sum((receipt) => receipt.got)];
  const cores = rounded((cpuAfter - cpu) / us, 3);
  const rigCores = rounded((rigAfter.user + rigAfter.system) / us, 3);
  const loss = rounded((expected - got) / Math.max(1, expected), 5);
  const [p50, p99] = [at(0.5), at(0.99)];
  return {
    people: crowd.people,
    rooms: crowd.rooms,
    cores,
    rigCores,
    // What each reader should have got, for all.
    packetsOut: Math.round(((expected / Math.max(1, receipts.length)) * crowd.people * crowd.rooms) / (us / 1e6)),
    loss,
    p50,
    p99,
    ok: got > 0 && loss < LOSS && p99 < LATE_MS && rigCores < 0.8,
  };
}
