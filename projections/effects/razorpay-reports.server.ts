import { readLine } from './razorpay-case-entities.ts';
import { listOf, readTransfer } from './razorpay-entities.ts';
import { ask, type Connection } from './razorpay-transport.server.ts';
import type { ReportGateway } from './report-gateway.ts';

/** Razorpay's sheet §13. */
export function reportsAt({ client }: Connection): ReportGateway {
  return {
    recon: ({ year, month, day, skip }) =>
      ask(listOf(readLine), () =>
        client.api.get({ url: '/settlements/recon/combined', data: { year, month, day, count: 1_000, skip } }),
      ),
    transfers: (skip) =>
      ask(listOf(readTransfer), () => client.api.get({ url: '/transfers', data: { count: 100, skip } })),
  };
}
