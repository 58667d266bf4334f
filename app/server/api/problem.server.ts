import type { FastifyReply } from 'fastify';
import type { Refusal } from '#events/shared/refusal.ts';
import { RETRY_AFTER_S } from '../retry-after.ts';
import { unavailable } from '../unavailable.ts';

/** An error as problem+json (RFC 9457) with a stable `code`. `detail` is for people. */
export function problem(reply: FastifyReply, status: number, code: string, detail: string): FastifyReply {
  if (status === 503) reply.header('retry-after', String(RETRY_AFTER_S));
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

/** An error that nobody foresaw: its text stays in the log. One that passes by itself is 503, to be sent again. */
export function failed(reply: FastifyReply, error: unknown): FastifyReply {
  const passing = unavailable(error);
  reply.request.log[passing?.code === 'busy' ? 'warn' : 'error']({ err: error }, 'request failed');
  return passing
    ? problem(reply, 503, passing.code, passing.detail)
    : problem(reply, 500, 'internal', 'Something went wrong on our side.');
}

const STATUS: Readonly<Record<string, number>> = {
  'not-found': 404,
  'not-signed-in': 401,
  forbidden: 403,
  'wrong-password': 401,
  'bad-request-id': 400,
  'bad-update': 400,
  'request-id-reused': 422,
  'file-too-large': 413,
  'file-type-refused': 415,
  'file-unreadable': 422,
  'upload-too-slow': 408,
  'upload-broken': 400,
  'too-many-uploads': 429,
  'heads-broken': 503,
};

/** A domain "no" is 409 unless its code says otherwise. */
export function refused(reply: FastifyReply, refusal: Refusal): FastifyReply {
  return problem(reply, STATUS[refusal.code] ?? 409, refusal.code, refusal.message);
}
