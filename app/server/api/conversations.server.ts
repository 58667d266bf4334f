/** Conversations outside lessons. Everything else about them is on the pages. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { LESSON_ROLES } from '#events/access/roles.ts';
import { isRefusal, refuse } from '#events/shared/refusal.ts';
import type { Services } from '../services.ts';
import { signedIn } from './api.server.ts';
import { registerFileRoutes } from './files.server.ts';
import { originOf } from './lessons.server.ts';
import { problem, refused } from './problem.server.ts';
import { answers, Id, IntegerOrNull, oneOf, RequestKey, TextOrNull } from './schema.server.ts';

const NO_CONVERSATION = refuse('not-found', 'There is no such conversation.');

const Line = Type.Object({
  conversationId: Type.String(),
  kind: oneOf(['direct', 'group']),
  title: TextOrNull,
  members: Type.Integer(),
  invitedBy: TextOrNull,
  last: Type.Unsafe<unknown>({
    type: ['object', 'null'],
    properties: {
      at: { type: 'integer', description: 'Wall time, ms' },
      personId: { type: ['string', 'null'] },
      name: { type: 'string' },
      text: { type: 'string' },
      files: { type: 'integer' },
    },
  }),
  unread: Type.Integer(),
  open: Type.Boolean({ description: 'Whether somebody may write' }),
});

const Member = Type.Object({
  personId: Type.String(),
  name: Type.String(),
  since: Type.Integer(),
  owner: Type.Boolean(),
});

export async function registerConversations(app: FastifyInstance, services: Services): Promise<void> {
  app.get(
    '/api/v1/conversations',
    {
      schema: {
        summary: 'Direct messages and study groups, with the last line and what is unread',
        response: answers(200, Type.Object({ conversations: Type.Array(Line), unread: Type.Integer() })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const conversations = await services.conversationsOf(person);
      return { conversations, unread: conversations.reduce((sum, { unread }) => sum + unread, 0) };
    },
  );

  app.post<{ Body: { personId: string }; Headers: { 'idempotency-key': string } }>(
    '/api/v1/conversations/direct',
    {
      schema: {
        summary: 'The conversation with another person; begun unless it is there',
        headers: RequestKey,
        body: Type.Object({ personId: Type.String({ maxLength: 64 }) }),
        response: answers(200, Type.Object({ conversationId: Type.String() })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const done = await services.writeTo(person, request.body.personId, request.headers['idempotency-key']);
      return isRefusal(done) ? refused(reply, done) : { conversationId: done.conversationId };
    },
  );

  app.post<{ Body: { name: string }; Headers: { 'idempotency-key': string } }>(
    '/api/v1/conversations/groups',
    {
      schema: {
        summary: 'A new study group, with its maker as owner',
        headers: RequestKey,
        body: Type.Object({ name: Type.String({ maxLength: 200 }) }),
        response: answers(201, Type.Object({ conversationId: Type.String() })),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const done = await services.createGroup(person, request.body.name, request.headers['idempotency-key']);
      if (isRefusal(done)) return refused(reply, done);
      return reply.code(201).send({ conversationId: done.conversationId });
    },
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/conversations/:id',
    {
      schema: {
        summary: 'A conversation that one is in or invited to',
        params: Id,
        response: answers(
          200,
          Type.Object({
            conversationId: Type.String(),
            kind: oneOf(['direct', 'group']),
            title: TextOrNull,
            mine: oneOf(['owner', 'member', 'invited']),
            members: Type.Array(Member),
            state: oneOf(['open', 'over', 'blocked', 'blocking']),
            linkMadeAt: IntegerOrNull,
            linkExpiresAt: IntegerOrNull,
          }),
        ),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const page = await services.conversationFor(person, request.params.id);
      if (!page) return problem(reply, 404, NO_CONVERSATION.code, NO_CONVERSATION.message);
      return { ...page, linkMadeAt: page.link?.madeAt ?? null, linkExpiresAt: page.link?.expiresAt ?? null };
    },
  );

  app.post<{ Params: { id: string } }>(
    '/api/v1/conversations/:id/join',
    {
      schema: {
        summary: 'A ticket for the conversation’s chat: at most 15 minutes, renewed by asking again',
        params: Id,
        response: answers(
          200,
          Type.Object({
            lessonId: Type.String({ description: 'The conversation’s id, as the ticket names it' }),
            role: oneOf(LESSON_ROLES),
            ticket: Type.String(),
            expiresAt: Type.Integer({ description: 'Wall time, ms' }),
            sync: Type.Object({
              url: Type.String(),
              documents: Type.Array(Type.Object({ name: Type.String(), clientIds: Type.Array(Type.Integer()) })),
            }),
          }),
        ),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const join = await services.joinConversation(person, request.params.id, originOf(request));
      if (isRefusal(join)) return refused(reply, join);
      return reply.header('cache-control', 'no-store').send(join);
    },
  );

  await registerFileRoutes(app, services, {
    path: '/api/v1/conversations/:id/files',
    whose: ['id'],
    of: 'the conversation',
    async mayAdd(person, id = '') {
      const files = await services.filesOfConversation(person, id);
      if (!files) return NO_CONVERSATION;
      return files.mayAdd ? files.scope : refuse('conversation-over', 'Nobody can write here now.');
    },
    async mayRead(person, id = '') {
      const files = await services.filesOfConversation(person, id);
      return files ? [files.scope] : [];
    },
  });
}
