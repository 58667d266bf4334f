/** What goes out and comes in: webhooks, calls, and what disturbs them. */
import { code, make, small, tag, timeText } from './dom.ts';
import { lever, newest } from './sections.ts';
import type { State } from './server.ts';
import type { Row, Table } from './tables.ts';

export const webhooksTable = (state: State): Table => ({
  caption: 'Webhooks',
  columns: [{ label: 'Event' }, { label: 'About' }, { label: 'State' }, { label: 'Tries' }],
  empty: 'No events yet.',
  rows: newest(state.webhooks.events).map((event) => {
    const last = event.attempts.at(-1);
    const answer = last && (last.status === null ? (last.problem ?? 'no answer') : `answered ${last.status}`);
    return {
      key: event.eventId,
      source: event,
      cells: [
        [event.event, small(timeText(event.madeAt / 1000))],
        [code(event.entityId)],
        [tag(event.status)],
        [String(event.attempts.length), answer === undefined ? null : small(answer)],
      ],
      actions: [lever('Resend', { path: `webhooks/${event.eventId}/resend`, done: 'The event goes out once more.' })],
    };
  }),
});

export function faultsTable({ faults }: State): Table {
  const times = (left: number): string => (left === 1 ? 'once more' : `${left} times more`);
  const row = (key: string, where: string, what: string, left: number): Row => ({
    key,
    source: left,
    cells: [[where], [what.replaceAll('-', ' ')], [times(left)]],
  });
  return {
    caption: 'Faults in force',
    columns: [{ label: 'Where' }, { label: 'What' }, { label: 'How often' }],
    empty: 'Nothing is disturbed: every call and every webhook goes through.',
    rows: [
      ...faults.api.map((fault, index) =>
        row(`api-${index}`, `${fault.method} ${fault.route}`, fault.kind, fault.left),
      ),
      ...faults.webhooks.map((fault, index) =>
        row(`webhook-${index}`, fault.event ?? 'any webhook', `webhook: ${fault.kind}`, fault.left),
      ),
      ...(faults.refundsToPend > 0 ? [row('refunds', 'Refunds', 'stay pending', faults.refundsToPend)] : []),
    ],
  };
}

export const callsTable = (state: State): Table => ({
  caption: 'Calls of the platform',
  columns: [{ label: 'Call' }, { label: 'Answer' }, { label: 'Took effect' }, { label: 'Fault' }],
  empty: 'The platform has called nothing yet.',
  rows: newest(state.requests.log).map((call, index) => ({
    key: `call-${call.at}-${state.requests.log.length - index}`,
    source: call,
    cells: [
      [make('span', { class: 'wrap' }, `${call.method} ${call.path}`), small(timeText(call.at / 1000))],
      [call.status === null ? 'none' : String(call.status)],
      [call.committed ? 'yes' : 'no'],
      [call.fault ?? ''],
    ],
  })),
});
