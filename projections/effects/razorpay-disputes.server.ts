import type { DisputeGateway } from './dispute-gateway.ts';
import { readDispute, readId } from './razorpay-case-entities.ts';
import { listOf } from './razorpay-entities.ts';
import { ask, checked, type Connection } from './razorpay-transport.server.ts';

/** Razorpay's sheet §8. */
export function disputesAt({ client, transport }: Connection): DisputeGateway {
  return {
    dispute: (disputeId) => ask(readDispute, () => client.disputes.fetch(checked('disp', disputeId))),
    disputes: (skip) => ask(listOf(readDispute), () => client.disputes.all({ count: 100, skip })),

    uploadEvidence: ({ name, pdf }) =>
      ask(readId, async () => {
        // The package sends a file without its name, which the provider then takes for a text field.
        const form = new FormData();
        form.append('purpose', 'dispute_evidence');
        form.append('file', new Blob([new Uint8Array(pdf)], { type: 'application/pdf' }), name);
        return (await transport.post('/v1/documents', form)).data;
      }),

    contest: ({ disputeId, amount, summary, documentIds }) =>
      ask(readDispute, () =>
        client.disputes.contest(checked('disp', disputeId), {
          amount,
          summary,
          explanation_letter: documentIds.map((id) => checked('doc', id)),
          action: 'submit',
        }),
      ),
    accept: (disputeId) => ask(readDispute, () => client.disputes.accept(checked('disp', disputeId))),
  };
}
