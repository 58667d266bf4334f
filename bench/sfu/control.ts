/**
 * What our part costs beside the worker's: fifty people in a room, each with camera and microphone as far as the server
 * knows, each consuming all others, telling what they look at and how good their connection is.
 */
import { io as connectTo } from 'socket.io-client';
import { rounded } from '../events/measure.ts';
import { SIGNALLING_PATH, type Answer, type Joined, type ServerDataOf } from '#sfu/signalling/protocol.ts';
import { AUDIO, tickets, VIDEO } from '#sfu/testing/fixture.server.ts';
import { served } from './served.ts';
import type { Say } from './tools.ts';

export const CONTROL_TARGETS = { ofWorker: 0.03 } as const;

const PEOPLE = 50;
const REPORT_MS = 5_000;
/** Each turns a page of the grid so often. */
const TURN_MS = 20_000;

async function enter(url: string, index: number) {
  const personId = `p-${index}`;
  const ticket = tickets.sign({
    lessonId: 'lesson-1',
    personId,
    name: personId,
    role: index === 0 ? 'host' : 'participant',
    documents: {},
    expiresAt: Date.now() + 3_600_000,
  });
  const socket = connectTo(url, {
    path: SIGNALLING_PATH,
    transports: ['websocket'],
    auth: { ticket },
    reconnection: false,
    forceNew: true,
  });
  const consumers = new Set<string>();
  const ask = async <T>(type: string, data: unknown): Promise<T> => {
    const answer: Answer<T> = await socket.timeout(20_000).emitWithAck(type, data);
    if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
    return answer.data;
  };
  socket.on('consumer-added', ({ consumerId }: ServerDataOf<'consumer-added'>) => {
    consumers.add(consumerId);
    ask('consumer-ready', { consumerIds: [consumerId] }).catch(() => consumers.delete(consumerId));
  });
  const welcome = await new Promise<ServerDataOf<'welcome'>>((resolve, reject) => {
    socket.once('welcome', resolve);
    socket.once('connect_error', reject);
  });
  const joined = await ask<Joined>('join', {
    version: welcome.version,
    rtpCapabilities: welcome.routerRtpCapabilities,
    resume: null,
  });
  for (const { consumerId } of joined.consumers) consumers.add(consumerId);
  if (consumers.size > 0) await ask('consumer-ready', { consumerIds: [...consumers] });
  await ask('produce', VIDEO);
  await ask('produce', AUDIO);
  return { socket, ask, consumers };
}

/** @param workerCores what the worker costs in a room of as many with media, measured in the same run; null: not measured. */
export async function measureControl(quick: boolean, say: Say, workerCores: number | null) {
  const server = await served('serve.ts');
  try {
    const members = [];
    for (let index = 0; index < PEOPLE; index += 1) members.push(await enter(server.url, index));
    const timers = members.flatMap(({ ask, consumers }, index) => {
      const report = {
        rttMs: 40,
        jitterMs: 3,
        lossUp: 0,
        lossDown: 0,
        framesDecoded: 1_000,
        outgoing: 1_300_000,
        faults: [],
      };
      let layer = 0;
      // Answers are not measured; at the end some are under way whose server is gone.
      const quietly = (work: Promise<unknown>): void => void work.catch(() => undefined);
      const turn = (): void => {
        layer = 1 - layer;
        const tiles = [...consumers].slice(0, 49).map((consumerId) => ({ consumerId, spatialLayer: layer }));
        quietly(ask('watch', { tiles }));
      };
      const every = (ms: number, act: () => void): NodeJS.Timeout[] => {
        const timer: NodeJS.Timeout[] = [];
        timer.push(setTimeout(() => timer.push(setInterval(act, ms)), (ms * index) / PEOPLE));
        return timer;
      };
      return [every(REPORT_MS, () => quietly(ask('report-stats', report))), every(TURN_MS, turn)];
    });
    await new Promise((resolve) => setTimeout(resolve, quick ? 5_000 : 20_000));
    const [before, from] = [server.cpu(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, quick ? 8_000 : 30_000));
    const [after, to] = [server.cpu(), performance.now()];
    for (const timer of timers.flat()) clearTimeout(timer);
    for (const { socket } of members) socket.disconnect();
    const us = (to - from) * 1_000;
    const own = rounded((after.own - before.own) / us, 4);
    const asked = rounded((after.below - before.below) / us, 4);
    const ofWorker = workerCores === null ? null : rounded((own + asked) / workerCores, 4);
    say(`  ours: ${own} cores, and ${asked} in the worker for what it is asked`);
    return {
      people: PEOPLE,
      own,
      askedOfWorker: asked,
      workerCores,
      ofWorker,
      met: ofWorker !== null && ofWorker <= CONTROL_TARGETS.ofWorker,
    };
  } finally {
    server.stop();
  }
}
