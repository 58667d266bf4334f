/** The namespace `/check`: who may try their connection, for how long, and what they may ask. */
import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { CheckOffice } from '#events/access/check-ticket.server.ts';
import type { Log } from '../log.ts';
import { wireCapabilities } from '../media/wire.ts';
import type { Workers } from '../media/workers.server.ts';
import { Bucket, MESSAGES } from '../signalling/rate.ts';
import type { BesideRooms } from '../signalling/signalling.server.ts';
import { isHandshake, RtpCapabilitiesShape, RtpParametersShape, DtlsParametersShape } from '../signalling/schema.ts';
import { iceServersFor, type TurnSettings } from '../turn/credentials.server.ts';
import { Allowance, CHECK_LIMITS, type CheckLimits } from './allowance.ts';
import {
  CHECK_WAYS,
  type CheckAnswer,
  type CheckClose,
  type CheckMessages,
  type CheckRefusal,
  type CheckType,
  type CheckWelcome,
} from './protocol.ts';
import { CheckSession } from './session.ts';

export interface CheckParts {
  /** Null on a machine without a media worker. */
  readonly workers: Workers | null;
  readonly office: CheckOffice;
  readonly turn: TurnSettings | null;
  readonly draining: () => boolean;
  readonly log: Log;
  readonly limits?: Partial<CheckLimits>;
}

const COUNT_EVERY_MS = 1_000;

const compile = <S extends TSchema>(schema: S): ((data: unknown) => data is Static<S>) => {
  const compiled = TypeCompiler.Compile(schema);
  return (data): data is Static<S> => compiled.Check(data);
};
const isOpenWay = compile(Type.Object({ way: Type.Union(CHECK_WAYS.map((way) => Type.Literal(way))) }));
const isConnect = compile(
  Type.Object({ transportId: Type.String({ maxLength: 64 }), dtlsParameters: DtlsParametersShape }),
);
const isEcho = compile(Type.Object({ rtpParameters: RtpParametersShape, rtpCapabilities: RtpCapabilitiesShape }));

type Handlers = {
  readonly [T in CheckType]: (data: unknown) => Promise<CheckAnswer<CheckMessages[T]['answer']>>;
};
const no = (code: CheckRefusal) => ({ ok: false, code }) as const;
const done = { ok: true, data: null } as const;

function handlersOf(session: CheckSession): Handlers {
  return {
    async 'open-way'(data) {
      if (!isOpenWay(data)) return no('bad-request');
      const opened = await session.openWay(data.way);
      return opened === null ? no('no-relay') : { ok: true, data: opened };
    },
    async 'connect-transport'(data) {
      if (!isConnect(data)) return no('bad-request');
      const transport = session.transport(data.transportId);
      if (transport === null) return no('unknown-id');
      await transport.connect({ dtlsParameters: data.dtlsParameters });
      return done;
    },
    async echo(data) {
      if (!isEcho(data)) return no('bad-request');
      const echo = await session.echo(data.rtpParameters, data.rtpCapabilities);
      return echo === null ? no('unknown-id') : { ok: true, data: echo };
    },
    hear: async () => ((await session.hear()) ? done : no('unknown-id')),
    ping: () => Promise.resolve(done),
  };
}

export function serveCheck(namespace: BesideRooms, parts: CheckParts): void {
  const { workers, office, turn, log } = parts;
  const limits = { ...CHECK_LIMITS, ...parts.limits };
  const allowance = new Allowance(limits);
  /** One at a time a ticket. */
  const open = new Map<string, (reason: CheckClose) => void>();

  namespace.use((socket, next) => {
    if (workers === null) return next(new Error('media-unavailable'));
    if (parts.draining()) return next(new Error('draining'));
    const { auth } = socket.handshake;
    const ticket = isHandshake(auth) ? office.verify(auth.ticket) : null;
    if (ticket === null) return next(new Error('ticket-invalid'));
    open.get(ticket.code)?.('again');
    const refusal = allowance.begin(ticket, Date.now());
    if (refusal !== null) return next(new Error(refusal));
    // The place is given back when the connection under it goes, whether or not it ever came to a test.
    socket.conn.once('close', () => allowance.end());
    socket.data.check = ticket;
    next();
  });

  namespace.on('connection', (socket) => {
    const { check: ticket } = socket.data;
    if (workers === null || ticket === undefined) {
      socket.disconnect(true);
      return;
    }
    const bucket = new Bucket(MESSAGES, Date.now());
    const session = workers
      .openRouter()
      .then(
        (router) =>
          new CheckSession(router, () => iceServersFor(turn, { lessonId: 'check', personId: ticket.code }, Date.now())),
      );
    const close = (reason: CheckClose): void => {
      socket.emit('closed', { reason });
      socket.disconnect(true);
    };
    open.set(ticket.code, close);
    let counted = 0;
    const count = async (): Promise<void> => {
      const bytes = await (await session).received();
      const grown = bytes - counted;
      counted = bytes;
      if (!allowance.take(ticket, grown)) close('bytes');
    };
    const counting = setInterval(() => {
      count().catch((error: unknown) => {
        // A transport that closed while it was asked has nothing to say any more.
        if (socket.connected) log.warn({ err: error, check: ticket.code }, 'A connectivity test was not counted');
      });
    }, COUNT_EVERY_MS);
    const deadline = setTimeout(() => close('time'), limits.sessionMs);
    socket.on('disconnect', () => {
      clearInterval(counting);
      clearTimeout(deadline);
      if (open.get(ticket.code) === close) open.delete(ticket.code);
      session.then(
        (one) => one.close(),
        (error: unknown) => log.error({ err: error }, 'A connectivity test had no router'),
      );
    });
    socket.on('error', (error) => log.warn({ err: error, check: ticket.code }, 'A socket of a check failed'));

    const carryOut = async (type: CheckType, data: unknown): Promise<CheckAnswer<unknown>> => {
      try {
        return await handlersOf(await session)[type](data);
      } catch (error) {
        // What mediasoup throws of parameters that do not fit together is the client's mistake.
        const theirs = error instanceof TypeError || (error instanceof Error && error.name === 'UnsupportedError');
        if (theirs) return no('bad-request');
        if (socket.connected) log.error({ err: error, type, check: ticket.code }, 'A check could not be carried out');
        return no('internal');
      }
    };
    const TYPES = ['open-way', 'connect-transport', 'echo', 'hear', 'ping'] as const satisfies readonly CheckType[];
    for (const type of TYPES)
      socket.on<string>(type, (data: unknown, acknowledge: unknown) => {
        const answer = (value: CheckAnswer<unknown>): void => {
          if (typeof acknowledge === 'function') acknowledge(value);
        };
        const verdict = bucket.take(Date.now());
        if (verdict === 'flood') socket.disconnect(true);
        else if (verdict === 'over') answer(no('too-fast'));
        else void carryOut(type, data).then(answer);
      });
    const welcome: CheckWelcome = {
      routerRtpCapabilities: wireCapabilities(workers.rtpCapabilities),
      relays: turn !== null,
    };
    socket.emit('welcome', welcome);
  });
}
