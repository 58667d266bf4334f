import type { FastifyReply } from 'fastify';
import type { Refusal } from '#events/shared/refusal.ts';

/** An error as problem+json (RFC 9457) with a stable `code`. `detail` is for people. */
export function problem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/problem+json')
    .send({
      type: `urn:nexused:problem:${code}`,
      title: code.replaceAll('-', ' '),
      status,
      code,
      detail,
      correlationId: reply.request.id,
    });
}

const STATUS: Readonly<Record<string, number>> = {
  'not-found': 404,
  'not-signed-in': 401,
  forbidden: 403,
  'wrong-password': 401,
  'bad-request-id': 400,
  'request-id-reused': 422,
};

/** A domain "no" is 409 unless its code says otherwise. */
export function refused(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return problem(reply, STATUS[refusal.code] ?? 409, refusal.code, refusal.message);
}
