/** `/live`: a signed-in person's own channel (notices, lesson started). Fleeting; the pages reload the truth. */
import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { CONVERSATION_NEWS, conversationNews } from '#events/conversation/names.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Log } from '#platform/log/log.server.ts';
import { fetchHeaders } from './host/host.server.ts';
import type { Person } from './services.ts';

/** How often an open socket's sign-in is looked at again, wall ms. */
const RECHECK_MS = 60_000;
const SOCKETS_PER_PERSON = 20;

export interface Live {
  close(): Promise<void>;
}

export function createLive(settings: {
  readonly http: HttpServer;
  readonly bus: Bus;
  readonly log: Log;
  readonly clock: BusinessClock;
  readonly personOf: (headers: Headers) => Promise<Person | null>;
  readonly membersOf: (conversationId: string) => Promise<readonly string[]>;
}): Live {
  const { bus, log, personOf } = settings;
  const io = new Server(settings.http, {
    path: '/live',
    transports: ['websocket'],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 1_024,
    allowRequest: (req, done) => {
      const { origin, host } = req.headers;
      done(null, origin === undefined || (URL.canParse(origin) && new URL(origin).host === host));
    },
  });
  // What is open, due or live depends on the clock: everyone's page looks again.
  const stopWatching = settings.clock.onJump(() => void io.emit('push', { type: 'booking-changed', bookingId: '' }));
  /** One bus subscription a person, shared by their tabs. */
  const channels = new Map<string, { sockets: number; stop: Promise<() => Promise<void>> }>();

  /** Every process hears it, and tells the members that it has. */
  const tellMembers = async (message: unknown): Promise<void> => {
    const news = conversationNews(message);
    if (!news || channels.size === 0) return;
    const { conversationId } = news;
    const members = new Set([...(await settings.membersOf(conversationId)), ...news.alsoFor]);
    for (const personId of members)
      if (channels.has(personId))
        io.to(`person:${personId}`).emit('push', { type: 'conversation-changed', conversationId });
  };
  const stopHearing = bus.subscribe(CONVERSATION_NEWS, (message) => {
    tellMembers(message).catch((error: unknown) =>
      log.warn({ err: error }, 'news of a conversation could not be told'),
    );
  });
  stopHearing.catch((error: unknown) => log.warn({ err: error }, 'news of conversations cannot be heard'));

  io.use((socket, next) => {
    personOf(fetchHeaders(socket.request)).then(
      (person) => {
        if (!person) return next(new Error('not-signed-in'));
        if ((channels.get(person.personId)?.sockets ?? 0) >= SOCKETS_PER_PERSON)
          return next(new Error('too-many-sockets'));
        socket.data = { personId: person.personId };
        next();
      },
      (error: unknown) => {
        log.warn({ err: error }, 'live sign-in could not be checked');
        next(new Error('try-later'));
      },
    );
  });

  io.on('connection', (socket) => {
    const { personId } = socket.data as { personId: string };
    const room = `person:${personId}`;
    void socket.join(room);
    const channel = channels.get(personId) ?? {
      sockets: 0,
      stop: bus.subscribe(room, (message) => io.to(room).emit('push', message)),
    };
    channel.sockets += 1;
    channels.set(personId, channel);
    const recheck = setInterval(() => {
      personOf(fetchHeaders(socket.request)).then(
        (person) => {
          if (person?.personId !== personId) socket.disconnect(true);
        },
        (error: unknown) => log.warn({ err: error }, 'live sign-in could not be checked again'),
      );
    }, RECHECK_MS);
    socket.on('error', (error) => log.debug({ err: error }, 'live socket failed'));
    socket.on('disconnect', () => {
      clearInterval(recheck);
      channel.sockets -= 1;
      if (channel.sockets > 0) return;
      channels.delete(personId);
      channel.stop
        .then((stop) => stop())
        .catch((error: unknown) => log.warn({ err: error }, 'live subscription could not be ended'));
    });
  });

  return {
    async close() {
      stopWatching();
      io.disconnectSockets(true);
      // The http server is closed by its owner.
      io.engine.close();
      await (
        await stopHearing
      )();
    },
  };
}
