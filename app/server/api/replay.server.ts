/** The replay of a lesson: its manifest, and the timed history of its board and chat. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isRefusal } from '#events/shared/refusal.ts';
import { SURFACES, type Surface } from '#sync/documents/names.ts';
import { CHAPTER_KINDS } from '../replay-facts.ts';
import { lessonLookedAt } from '../look-services.server.ts';
import type { Person, Services } from '../services.ts';
import { seesAll } from '../visibility.server.ts';
import { signedIn } from './api.server.ts';
import { problem, refused } from './problem.server.ts';
import { TextOrNull, answers, answersBytes, oneOf } from './schema.server.ts';

const unpack = promisify(gunzip);
const NO_LESSON = 'There is no such lesson.';
/** Who may read it is asked each time; the bytes need not travel again. */
const CACHE = 'private, no-cache';

const Stretches = Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() }));

const Manifest = Type.Object({
  lessonId: Type.String(),
  state: oneOf(['scheduled', 'live', 'ended']),
  opensAt: Type.Integer({ description: 'What was drawn before was brought along' }),
  from: Type.Integer({ description: 'Business time, ms' }),
  to: Type.Integer({ description: 'The end, or now while the lesson runs' }),
  people: Type.Array(Type.Object({ personId: Type.String(), name: Type.String() })),
  documents: Type.Array(
    Type.Object({
      kind: oneOf(SURFACES),
      personId: TextOrNull,
      shown: Type.Boolean({ description: 'Somebody else’s own board: only the moments in which everybody saw it' }),
      href: Type.String({ description: 'Where its history is' }),
      updates: Type.Integer(),
      counts: Type.Array(Type.Object({ personId: Type.String(), minute: Type.Integer(), count: Type.Integer() }), {
        description: 'Updates of a person in a minute (business ms, floored)',
      }),
    }),
    { description: 'The lesson’s board and chat, and the private ones that this person may read' },
  ),
  chapters: Type.Array(
    Type.Object({ at: Type.Integer(), kind: oneOf(CHAPTER_KINDS), personId: TextOrNull, page: TextOrNull }),
  ),
  missed: Type.Union([Type.Object({ from: Type.Integer(), to: Type.Integer() }), Type.Null()], {
    description: 'What this person was last away from, and came back to',
  }),
  presence: Type.Union(
    [
      Type.Array(
        Type.Object({
          personId: Type.String(),
          name: Type.String(),
          role: Type.String(),
          here: Stretches,
          sent: Stretches,
          received: Stretches,
          away: Stretches,
          weak: Stretches,
          faults: Stretches,
        }),
      ),
      Type.Null(),
    ],
    { description: 'Who was there and how well they were connected: for ops and auditors' },
  ),
});

const takesGzip = ({ headers }: FastifyRequest): boolean =>
  /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(String(headers['accept-encoding'] ?? ''));

/** Board and chat that were given out on duty are noted as a look. */
async function noted(services: Services, person: Person, code: string): Promise<void> {
  if (!seesAll(person)) return;
  const lesson = await services.queries.lessonByCode(code);
  if (lesson) await lessonLookedAt(services, person, lesson);
}

/** Bytes of one sending: an hour of drawing without a connection. */
const MOST_LATE = 1024 * 1024;

export async function registerReplay(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (raw) => {
    raw.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: MOST_LATE },
      (_request, body, done) => done(null, body),
    );
    raw.post<{ Params: { code: string }; Querystring: { of?: string }; Body: unknown }>(
      '/api/v1/lessons/:code/history/board',
      {
        bodyLimit: MOST_LATE,
        schema: {
          summary:
            'Ink that was drawn without a connection, after the lesson’s end: into the history alone, marked as late',
          description:
            'The body is one Yjs update (V1). What is not the sender’s own, or was not allowed, is left out: then the answer is `partly`, or `nothing`, which is final. Sent again it is `known`.',
          consumes: ['application/octet-stream'],
          params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
          querystring: Type.Object({ of: Type.Optional(Type.String({ maxLength: 64 })) }),
          response: answers(200, Type.Object({ status: oneOf(['kept', 'partly', 'known', 'nothing']) })),
        },
      },
      async (request, reply) => {
        const person = signedIn(request, reply);
        if (!person) return reply;
        const { body } = request;
        if (!(body instanceof Uint8Array)) return problem(reply, 400, 'bad-update', 'Send one Yjs update.');
        const sent = await services.sendLate(person, request.params.code, request.query.of ?? null, body);
        return isRefusal(sent) ? refused(reply, sent) : { status: sent.kind };
      },
    );
  });

  app.get<{ Params: { code: string } }>(
    '/api/v1/lessons/:code/history',
    {
      schema: {
        summary:
          'What there is to replay of a lesson: the participants’ while it runs, then everybody’s who may see it',
        params: Type.Object({ code: Type.String({ maxLength: 32 }) }),
        response: answers(200, Manifest),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const manifest = await services.replay(person, request.params.code);
      if (!manifest) return problem(reply, 404, 'not-found', NO_LESSON);
      await noted(services, person, request.params.code);
      return reply.header('cache-control', 'private, no-store').send(manifest);
    },
  );

  app.get<{ Params: { code: string; kind: Surface }; Querystring: { of?: string; after?: number } }>(
    '/api/v1/lessons/:code/history/:kind',
    {
      schema: {
        summary:
          'Every update of the board or the chat with its times and its author (bytes, see sync/PROTOCOL.md); 204 when there is nothing',
        params: Type.Object({ code: Type.String({ maxLength: 32 }), kind: oneOf(SURFACES) }),
        querystring: Type.Object({
          of: Type.Optional(Type.String({ maxLength: 64, description: 'The student whose own it is' })),
          after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only what stands behind this number' })),
        }),
        response: answersBytes('A history file'),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const { of: owner = null, after = 0 } = request.query;
      const { code, kind } = request.params;
      const found = await services.replayHistory(person, code, { kind, owner, after });
      if (!found) return problem(reply, 404, 'not-found', NO_LESSON);
      await noted(services, person, code);
      reply.header('cache-control', CACHE).header('vary', 'accept-encoding, cookie, authorization');
      if (found === 'empty') return reply.code(204).send();
      const packed = takesGzip(request);
      // The same bytes in another coat are another thing to a cache.
      const etag = packed ? found.etag : found.etag.replace(/"$/, '-plain"');
      reply.header('etag', etag);
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      const bytes = await found.gzip();
      reply.header('content-type', 'application/octet-stream');
      if (packed) return reply.header('content-encoding', 'gzip').send(Buffer.from(bytes));
      return reply.send(await unpack(bytes));
    },
  );
}
