import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Mailbox } from './mailbox.server.ts';

const BASE = '/sandbox/mail/messages';
/** The empty sandbox: no scripts, no forms, no origin. Pictures and styles may only come with the mail itself. */
const MAIL_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'";

interface Numbers {
  id: string;
  n?: string;
}

/** The inbox as JSON, at the same paths as through the product's proxy. */
export async function registerInbox(app: FastifyInstance, mailbox: Mailbox): Promise<void> {
  const missing = (reply: FastifyReply) => reply.code(404).send({ code: 'no-such-mail', title: 'No such mail' });
  await app.register(async (inbox) => {
    inbox.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    });
    inbox.get<{ Querystring: { to?: string; limit?: string } }>(BASE, ({ query }) => {
      const limit = Math.min(200, Math.max(1, Number(query.limit) || 50));
      return { messages: mailbox.list({ to: query.to || null, limit }) };
    });
    inbox.get<{ Params: Numbers }>(`${BASE}/:id`, ({ params }, reply) => {
      const message = mailbox.find(Number(params.id));
      return message ? reply.send(message) : missing(reply);
    });
    inbox.get<{ Params: Numbers }>(`${BASE}/:id/html`, ({ params }, reply) => {
      const html = mailbox.html(Number(params.id));
      if (html === undefined) return missing(reply);
      return reply.header('content-security-policy', MAIL_POLICY).type('text/html; charset=utf-8').send(html);
    });
    inbox.get<{ Params: Numbers }>(`${BASE}/:id/attachments/:n`, ({ params }, reply) => {
      const attachment = mailbox.attachment(Number(params.id), Number(params.n));
      if (!attachment) return missing(reply);
      return reply
        .header('content-security-policy', MAIL_POLICY)
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(attachment.name)}`)
        .type(attachment.type)
        .send(Buffer.from(attachment.body));
    });
  });
}
