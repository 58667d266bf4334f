/** The sweep behind changes of a bank: one that has cooled off and was not applied. Rule SW11. */
import { recogniseAs } from '#events/handling/registry.ts';
import { fold } from '#events/shared/decider.ts';
import * as tutor from '#events/tutor/events.ts';
import type { MoveSweepSettings } from './sweep-moves.server.ts';

export function createBankSweep({ db, store, now, slackMs, atATime, ask }: MoveSweepSettings): {
  run(): Promise<void>;
} {
  /** Up to here the changes have been looked at: the rows do not say which are applied. */
  let seen = '';
  return {
    async run() {
      const rows = await db.query<{ id: string }>(
        `SELECT tutor_id AS id FROM read_model.account
         WHERE cools_until < $1 AND tutor_id > $2 ORDER BY tutor_id LIMIT ${atATime}`,
        [now() - slackMs, seen],
      );
      seen = rows.length < atATime ? '' : (rows.at(-1)?.id ?? '');
      for (const { id } of rows) {
        const history = await store.read(`tutor-${id}`);
        const { account } = fold(
          tutor,
          history.flatMap((event) => recogniseAs(event, 'tutor') ?? []),
        );
        if (!('accountId' in account)) continue;
        const { bankChange } = account;
        if (!bankChange || bankChange.applied || bankChange.coolsUntil + slackMs >= now()) continue;
        const { operationId } = bankChange;
        await ask('apply-bank', operationId, { type: 'ApplyBankChange', data: { tutorId: id, operationId } });
      }
    },
  };
}
