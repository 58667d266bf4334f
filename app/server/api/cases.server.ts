/** Disputes, moved lessons and a tutor's account for payouts, for clients of other kinds. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DISPUTE_CAUSES, type DisputeCause } from '#events/dispute/events.ts';
import type { PayoutDetails } from '#events/tutor/account.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import type { Person, Services } from '../services.ts';
import { signedIn } from './api.server.ts';
import { refused } from './problem.server.ts';
import { Id, Instant, RequestKey, answers, oneOf } from './schema.server.ts';

const MAX_TEXT = 4_000;
const Text = Type.String({ minLength: 1, maxLength: MAX_TEXT });
const Line = Type.String({ minLength: 1, maxLength: 200 });
const done = (...kinds: readonly string[]) => answers(200, Type.Object({ kind: oneOf(kinds) }));
const Proposal = Type.Object({ id: Type.String({ maxLength: 64 }), proposalId: Type.String({ maxLength: 64 }) });

type One = { Params: { id: string } };
type OneProposal = { Params: { id: string; proposalId: string } };

/** One command of the signed-in person: its answer, or its refusal as a problem. */
async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  act: (person: Person, requestId: string) => Promise<{ readonly kind: string } | Refusal>,
): Promise<FastifyReply> {
  const person = signedIn(request, reply);
  if (!person) return reply;
  // The schema has seen to it that the key is there.
  const outcome = await act(person, String(request.headers['idempotency-key']));
  return isRefusal(outcome) ? refused(reply, outcome) : reply.send(outcome);
}

export function registerCases(app: FastifyInstance, services: Services): void {
  disputes(app, services);
  moves(app, services);
  app.put<{ Body: PayoutDetails }>(
    '/api/v1/payout-account',
    {
      schema: {
        summary: 'A tutor’s details for the payment provider; again when something changes',
        headers: RequestKey,
        body: Type.Object({
          legalName: Line,
          businessType: oneOf(['individual', 'partnership', 'private_limited']),
          contactName: Line,
          email: Line,
          phone: Line,
          pan: Line,
          address: Type.Object({ street: Line, city: Line, state: Line, postalCode: Line }),
          bank: Type.Object({ beneficiary: Line, accountNumber: Line, ifsc: Line }),
        }),
        response: done('submitted'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) => services.submitPayoutDetails(person, request.body, key)),
  );
}

function disputes(app: FastifyInstance, services: Services): void {
  app.post<One & { Body: { cause: DisputeCause; text: string; wants?: number } }>(
    '/api/v1/bookings/:id/dispute',
    {
      schema: {
        summary: 'Report a problem with a lesson: its payout stops until somebody has decided',
        params: Id,
        headers: RequestKey,
        body: Type.Object({
          cause: oneOf(DISPUTE_CAUSES),
          text: Text,
          wants: Type.Optional(Type.Integer({ minimum: 1, description: 'paise asked back' })),
        }),
        response: done('opened'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) => {
        const { cause, text, wants } = request.body;
        return services.openDispute(person, request.params.id, { cause, text, wants: wants ?? null }, key);
      }),
  );

  app.post<One & { Body: { text: string } }>(
    '/api/v1/bookings/:id/dispute/answer',
    {
      schema: {
        summary: 'The tutor’s answer, within 48 hours',
        params: Id,
        headers: RequestKey,
        body: Type.Object({ text: Text }),
        response: done('answered'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) =>
        services.answerDispute(person, request.params.id, request.body.text, key),
      ),
  );

  app.post<One & { Body: { text: string } }>(
    '/api/v1/bookings/:id/dispute/statements',
    {
      schema: {
        summary: 'Add what one knows to an open case',
        params: Id,
        headers: RequestKey,
        body: Type.Object({ text: Text }),
        response: done('added'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) => services.addStatement(person, request.params.id, request.body.text, key)),
  );

  app.post<One>(
    '/api/v1/bookings/:id/dispute/withdraw',
    {
      schema: {
        summary: 'Take a complaint back',
        params: Id,
        headers: RequestKey,
        response: done('withdrawn'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) => services.withdrawDispute(person, request.params.id, key)),
  );

  app.post<One & { Body: { refund: number; reason: string } }>(
    '/api/v1/bookings/:id/dispute/resolution',
    {
      schema: {
        summary: 'Ops decide: what goes back to the payer, paise. Above the limit it waits for a second person',
        params: Id,
        headers: RequestKey,
        body: Type.Object({ refund: Type.Integer({ minimum: 0, description: 'paise' }), reason: Text }),
        response: done('resolved', 'proposed'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) => services.proposeResolution(person, request.params.id, request.body, key)),
  );

  app.post<OneProposal>(
    '/api/v1/bookings/:id/dispute/resolution/:proposalId/approve',
    {
      schema: {
        summary: 'The second person agrees',
        params: Proposal,
        headers: RequestKey,
        response: done('resolved'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) =>
        services.approveResolution(person, request.params.id, request.params.proposalId, key),
      ),
  );

  app.post<OneProposal & { Body: { reason: string } }>(
    '/api/v1/bookings/:id/dispute/resolution/:proposalId/reject',
    {
      schema: {
        summary: 'The second person does not agree',
        params: Proposal,
        headers: RequestKey,
        body: Type.Object({ reason: Text }),
        response: done('rejected'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) =>
        services.rejectResolution(person, request.params.id, request.params.proposalId, request.body.reason, key),
      ),
  );
}

function moves(app: FastifyInstance, services: Services): void {
  app.post<One & { Body: { startsAt: number } }>(
    '/api/v1/bookings/:id/reschedule',
    {
      schema: {
        summary: 'Move the lesson to another free time, or ask the other side to',
        params: Id,
        headers: RequestKey,
        body: Type.Object({ startsAt: Instant }),
        response: done('moved', 'moving', 'asked'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) =>
        services.proposeReschedule(person, request.params.id, request.body.startsAt, key),
      ),
  );

  app.post<OneProposal & { Body: { agree: boolean } }>(
    '/api/v1/bookings/:id/reschedule/:proposalId/answer',
    {
      schema: {
        summary: 'Agree to the other time, or not',
        params: Proposal,
        headers: RequestKey,
        body: Type.Object({ agree: Type.Boolean() }),
        response: done('moved', 'moving', 'declined'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) =>
        services.answerReschedule(person, request.params.id, request.params.proposalId, request.body.agree, key),
      ),
  );

  app.post<OneProposal>(
    '/api/v1/bookings/:id/reschedule/:proposalId/withdraw',
    {
      schema: {
        summary: 'Take the own proposal back',
        params: Proposal,
        headers: RequestKey,
        response: done('withdrawn'),
      },
    },
    (request, reply) =>
      answer(request, reply, (person, key) =>
        services.withdrawReschedule(person, request.params.id, request.params.proposalId, key),
      ),
  );
}
