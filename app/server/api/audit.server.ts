/** The log's signed heads and the key they are signed with: whoever keeps them can hold any export against them. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { isRefusal } from '#events/shared/refusal.ts';
import { canonicalJson } from '#events/store/canonical.ts';
import type { Services } from '../services.ts';
import { problem, refused } from './problem.server.ts';
import { answers, answersFile, IntegerOrNull, TextOrNull } from './schema.server.ts';

const Hash = Type.String({ description: '32 bytes, lower-case hex' });
const AuditHead = Type.Object({
  head: Type.Object({
    version: Type.Integer(),
    number: Type.Integer({ description: '0, 1, 2 … along the line of heads' }),
    position: Type.String({ description: 'Of the last event that it covers' }),
    chain: Hash,
    records: Type.Integer({ description: 'Events up to and with `position`' }),
    root: Hash,
    peaks: Type.Array(Hash),
    previous: TextOrNull,
    signedAt: Type.Integer({ description: 'Wall time, ms' }),
    keyId: Type.String(),
    publicKey: Hash,
  }),
  signature: Type.String({ description: 'Ed25519 over the head as canonical JSON, hex' }),
});

const HeadNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const MOST = 100;
const USUAL = 20;

export function registerAudit(app: FastifyInstance, services: Services): void {
  app.get(
    '/api/v1/audit/key',
    {
      schema: {
        summary: 'The public key that heads and exports of the log are signed with',
        security: [],
        response: answers(
          200,
          Type.Object({
            algorithm: Type.String(),
            keyId: Type.String(),
            publicKey: Type.String({ description: 'Hex' }),
          }),
        ),
      },
    },
    async () => ({ algorithm: 'Ed25519', ...services.audit.key }),
  );

  app.get<{ Querystring: { limit?: number; before?: number } }>(
    '/api/v1/audit/heads',
    {
      schema: {
        summary: 'Signed heads of the log, newest first',
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST })),
          before: Type.Optional(HeadNumber),
        }),
        security: [],
        response: answers(
          200,
          Type.Object({
            heads: Type.Array(AuditHead),
            next: Type.Unsafe<number | null>({ ...IntegerOrNull, description: 'Give it as `before` for older ones' }),
          }),
        ),
      },
    },
    async (request, reply) => {
      const { limit = USUAL, before } = request.query;
      const heads = await services.audit.heads(limit, before);
      if (isRefusal(heads)) return refused(reply, heads);
      const last = heads.at(-1)?.head.number ?? 0;
      return { heads, next: heads.length === limit && last > 0 ? last : null };
    },
  );

  app.get<{ Params: { number: number } }>(
    '/api/v1/audit/heads/:number',
    {
      schema: {
        summary: 'One signed head, as the very bytes that were published, to keep',
        params: Type.Object({ number: HeadNumber }),
        security: [],
        response: answersFile('The head as canonical JSON'),
      },
    },
    async (request, reply) => {
      const { number } = request.params;
      const heads = await services.audit.heads(1, number + 1);
      if (isRefusal(heads)) return refused(reply, heads);
      const [signed] = heads;
      if (signed?.head.number !== number) return problem(reply, 404, 'not-found', 'There is no such head.');
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('content-disposition', `attachment; filename="nexused-head-${number}.json"`)
        .send(canonicalJson(signed));
    },
  );
}
