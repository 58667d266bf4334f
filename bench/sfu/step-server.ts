/** Signalling in steps, as the examples of the media library have it: a question and an answer for each thing that is made. */
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { CODECS } from '#sfu/media/codecs.ts';
import { mediaLibrary } from '#sfu/media/library.ts';
import type {
  DtlsParameters,
  MediaProducer,
  MediaTransport,
  RtpCapabilities,
  RtpParameters,
} from '#sfu/media/types.ts';
import { freePort } from '../../tests/support/free-port.ts';

const library = await mediaLibrary();
if ('missing' in library) throw new Error(library.missing);
const worker = await library.createWorker({ logLevel: 'error' });
const mediaPort = await freePort();
const listenInfos = (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ip: '127.0.0.1', port: mediaPort }));
const webRtcServer = await worker.createWebRtcServer({ listenInfos });
const router = await worker.createRouter({ mediaCodecs: CODECS });
const producers = new Map<string, MediaProducer>();

const http = createServer((_request, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body>'),
);
const io = new Server(http);
type Reply = (data: unknown) => void;
io.on('connection', (socket) => {
  const transports = new Map<string, MediaTransport>();
  const consumers = new Map<string, { resume(): Promise<void> }>();
  socket.on('capabilities', (_: unknown, reply: Reply) => reply(router.rtpCapabilities));
  socket.on('transport', async (_: unknown, reply: Reply) => {
    const transport = await router.createWebRtcTransport({ webRtcServer, enableUdp: true, preferUdp: true });
    transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    const candidates = iceCandidates.map((candidate) => ({ ...candidate, address: candidate.address ?? candidate.ip }));
    reply({ id, iceParameters, iceCandidates: candidates, dtlsParameters });
  });
  socket.on('connect-transport', async (asked: { id: string; dtlsParameters: DtlsParameters }, reply: Reply) => {
    await transports.get(asked.id)?.connect({ dtlsParameters: asked.dtlsParameters });
    reply(null);
  });
  socket.on(
    'produce',
    async (asked: { id: string; kind: 'audio' | 'video'; rtpParameters: RtpParameters }, reply: Reply) => {
      const { id, kind, rtpParameters } = asked;
      const producer = await transports.get(id)?.produce({ kind, rtpParameters });
      if (producer === undefined) return reply(null);
      producers.set(producer.id, producer);
      producer.observer.once('close', () => producers.delete(producer.id));
      reply(producer.id);
    },
  );
  socket.on('producers', (_: unknown, reply: Reply) => reply([...producers.keys()]));
  socket.on(
    'consume',
    async (asked: { id: string; producerId: string; rtpCapabilities: RtpCapabilities }, reply: Reply) => {
      const { id, producerId, rtpCapabilities } = asked;
      const consumer = await transports.get(id)?.consume({ producerId, rtpCapabilities, paused: true });
      if (consumer === undefined) return reply(null);
      consumers.set(consumer.id, consumer);
      reply({
        id: consumer.id,
        producerId,
        kind: consumer.kind,
        rtpParameters: consumer.rtpParameters,
      });
    },
  );
  socket.on('resume', async (id: string, reply: Reply) => {
    await consumers.get(id)?.resume();
    reply(null);
  });
  socket.on('disconnect', () => {
    for (const transport of transports.values()) transport.close();
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  process.send?.({ url: `http://127.0.0.1:${port}`, mediaPort });
});
