/** The smallest client that speaks the protocol: runs in a real browser for the tests, and shows how to write another. */
import { Device } from 'mediasoup-client';
import { io } from 'socket.io-client';
import type { Answer, Answers, ClientType, ConsumerInfo, DataOf, ServerDataOf } from '../../signalling/protocol.ts';

interface Seen {
  /** Frames shown of each person. */
  frames: Record<string, number>;
  /** From the call to the first remote frame, ms. */
  firstFrameMs: number | null;
  closed: string | null;
  /** Everyone who was said to speak. */
  spoke: string[];
}

declare global {
  interface Window {
    seen: Seen;
    /** Connects ahead, as a preview does. */
    prepare: (ticket: string) => Promise<void>;
    join: (ticket: string, source: 'camera' | null, loudness: number) => Promise<void>;
    stopSending: () => Promise<void>;
  }
}

window.seen = { frames: {}, firstFrameMs: null, closed: null, spoke: [] };
let stop: () => Promise<void> = () => Promise.resolve();
window.stopSending = () => stop();

async function open(ticket: string) {
  const socket = io({ path: '/signalling', transports: ['websocket'], auth: { ticket }, reconnection: false });
  const welcome = await new Promise<ServerDataOf<'welcome'>>((resolve, reject) => {
    socket.once('welcome', resolve);
    socket.once('connect_error', reject);
  });
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: welcome.routerRtpCapabilities });
  return { socket, device };
}

let opened: ReturnType<typeof open> | null = null;
window.prepare = async (ticket) => {
  opened = open(ticket);
  await opened;
};

window.join = async (ticket, source, loudness) => {
  const began = performance.now();
  const { socket, device } = await (opened ?? open(ticket));
  const ask = async <T extends ClientType>(type: T, data: DataOf<T>): Promise<Answers[T]> => {
    const answer: Answer<Answers[T]> = await socket.timeout(5_000).emitWithAck(type, data);
    if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
    return answer.data;
  };
  socket.on('closed', ({ reason }: ServerDataOf<'closed'>) => (window.seen.closed = reason));
  socket.on('speaking', ({ personIds }: ServerDataOf<'speaking'>) => window.seen.spoke.push(...personIds));
  const joined = await ask('join', { version: 1, rtpCapabilities: device.recvRtpCapabilities, resume: null });
  if (joined.transports === null) throw new Error('A first join brings transports');
  const receive = device.createRecvTransport(joined.transports.receive);
  receive.on('connect', ({ dtlsParameters }, done) => {
    // Its answer need not be waited for: what the browser sends first is on its way as long as this message.
    done();
    void ask('connect-transport', { transportId: receive.id, dtlsParameters });
  });

  const consume = async (infos: readonly ConsumerInfo[]): Promise<void> => {
    for (const { consumerId: id, personId, producerId, kind, rtpParameters } of infos) {
      const { track } = await receive.consume({ id, producerId, kind, rtpParameters });
      if (kind === 'video') show(personId, track, began);
    }
    if (infos.length > 0) await ask('consumer-ready', { consumerIds: infos.map(({ consumerId }) => consumerId) });
  };
  socket.on('consumer-added', (info: ConsumerInfo) => void consume([info]));
  await consume(joined.consumers);

  if (source === null || joined.transports.send === null) return;
  const send = device.createSendTransport(joined.transports.send);
  send.on('connect', ({ dtlsParameters }, done, failed) => {
    ask('connect-transport', { transportId: send.id, dtlsParameters }).then(done, failed);
  });
  send.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
    const from = appData['source'] === 'camera' ? 'camera' : 'microphone';
    ask('produce', { kind, source: from, rtpParameters, paused: false }).then(
      ({ producerId }) => done({ id: producerId }),
      failed,
    );
  });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360 } });
  const [video] = stream.getVideoTracks();
  const audio = hum(loudness);
  const encodings = [100_000, 300_000, 900_000].map((maxBitrate, layer) => ({
    maxBitrate,
    scaleResolutionDownBy: 4 >> layer,
  }));
  const camera = await send.produce({ ...(video ? { track: video } : {}), encodings, appData: { source: 'camera' } });
  // A steady tone is silence to the encoder's own ear; it must be sent all the same.
  const codecOptions = { opusDtx: false };
  const microphone = await send.produce({
    codecOptions,
    ...(audio ? { track: audio } : {}),
    appData: { source: 'microphone' },
  });
  stop = async () => {
    for (const producer of [camera, microphone]) {
      producer.close();
      await ask('close-producer', { producerId: producer.id });
    }
  };
};

/** Chromium's own fake microphone beeps too rarely to count as speech: this one hums. */
function hum(loudness: number): MediaStreamTrack | undefined {
  const context = new AudioContext();
  const tone = new OscillatorNode(context, { frequency: 220, type: 'sawtooth' });
  const out = context.createMediaStreamDestination();
  tone.connect(new GainNode(context, { gain: loudness })).connect(out);
  tone.start();
  return out.stream.getAudioTracks()[0];
}

function show(personId: string, track: MediaStreamTrack, began: number): void {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, playsInline: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
  const next = (): void => {
    window.seen.firstFrameMs ??= performance.now() - began;
    window.seen.frames[personId] = (window.seen.frames[personId] ?? 0) + 1;
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
}
