/** The client of `step-server.ts`, in a browser: one question after the other, as the examples of the media library ask them. */
import { Device } from 'mediasoup-client';
import type { ConsumerOptions, RtpCapabilities, Transport, TransportOptions } from 'mediasoup-client/types';
import { io } from 'socket.io-client';

declare global {
  interface Window {
    stepJoin: (sends: boolean) => Promise<void>;
    stepFirstFrameMs: number | null;
  }
}

window.stepFirstFrameMs = null;
window.stepJoin = async (sends) => {
  const began = performance.now();
  const socket = io({ transports: ['websocket'] });
  const ask = async <T>(type: string, data: unknown = null): Promise<T> => socket.emitWithAck(type, data);
  const connecting = (transport: Transport): Transport => {
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      ask('connect-transport', { id: transport.id, dtlsParameters }).then(() => done(), failed);
    });
    transport.on('produce', ({ kind, rtpParameters }, done, failed) => {
      ask<string>('produce', { id: transport.id, kind, rtpParameters }).then((id) => done({ id }), failed);
    });
    return transport;
  };
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: await ask<RtpCapabilities>('capabilities') });
  const send = connecting(device.createSendTransport(await ask<TransportOptions>('transport')));
  const receive = connecting(device.createRecvTransport(await ask<TransportOptions>('transport')));
  for (const producerId of await ask<string[]>('producers')) {
    const asked = { id: receive.id, producerId, rtpCapabilities: device.recvRtpCapabilities };
    const { track, id, kind } = await receive.consume(await ask<ConsumerOptions>('consume', asked));
    await ask('resume', id);
    if (kind === 'video') show(track, began);
  }
  if (!sends) return;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 360 } });
  const encodings = [100_000, 300_000, 900_000].map((maxBitrate, layer) => ({
    maxBitrate,
    scaleResolutionDownBy: 4 >> layer,
  }));
  for (const track of stream.getTracks())
    await send.produce({ track, ...(track.kind === 'video' ? { encodings } : {}) });
};

function show(track: MediaStreamTrack, began: number): void {
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, playsInline: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
  video.requestVideoFrameCallback(() => (window.stepFirstFrameMs ??= performance.now() - began));
}
