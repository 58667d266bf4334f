/** Durable timers: rows with a due instant of business time. Rules TI1–TI4 of SPEC.md. */
import type { Submit } from '#events/handling/submit.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Database } from '#platform/database/database.ts';
import type { Log } from '#platform/log/log.server.ts';
import { WORK_WAITS } from '../effects/outbox.server.ts';
import type { Notice } from '../notices/notice.ts';
import { postNotice, type Posted } from '../notices/post.server.ts';
import type { Intent } from '../processes/process.ts';

interface TimerRow {
  readonly key: string;
  readonly due_at: number;
  readonly command: Intent | null;
  readonly notice: Notice | null;
  readonly process: string;
  readonly correlation_id: string;
  readonly causation_id: string;
  readonly attempts: number;
}

export interface TimerSettings {
  readonly db: Database;
  readonly submit: Submit;
  readonly clock: BusinessClock;
  readonly log: Log;
  readonly onPosted?: (posted: readonly Posted[]) => void;
}

const AT_A_TIME = 50;

export function createTimers(settings: TimerSettings): { run(): Promise<boolean> } {
  const { db, submit, clock, log, onPosted } = settings;

  async function fireCommand(row: TimerRow, command: Intent): Promise<void> {
    await crashPoint('timer:before-submit');
    // The id is the timer's: fired twice, by a crash or by two workers, it is one command.
    const outcome = await submit(
      { ...command, now: clock.now() },
      {
        commandId: idFrom('timer', row.key),
        correlationId: row.correlation_id,
        causationId: row.causation_id,
        actor: { kind: 'process', id: row.process },
      },
    );
    if (isRefusal(outcome))
      log.info({ timer: row.key, command: command.type, code: outcome.code }, 'the command of a timer was refused');
    await crashPoint('timer:submitted');
    await db.query('UPDATE worker.timer SET fired_at = $2 WHERE key = $1', [row.key, clock.now()]);
    await crashPoint('timer:fired');
  }

  async function fireNotice(row: TimerRow, notice: Notice): Promise<void> {
    const posted = await db.transaction(async (tx) => {
      const done = await postNotice(tx, notice, row.due_at, Date.now());
      await tx.query('UPDATE worker.timer SET fired_at = $2 WHERE key = $1', [row.key, clock.now()]);
      await tx.query('SELECT pg_notify($1, $2)', [WORK_WAITS, '']);
      return done;
    });
    if (posted.length > 0) onPosted?.(posted);
  }

  return {
    async run() {
      const rows = await db.query<TimerRow>(
        `SELECT key, due_at, command, notice, process, correlation_id, causation_id, attempts FROM worker.timer
         WHERE fired_at IS NULL AND due_at <= $1 AND retry_at <= $2 ORDER BY due_at, key LIMIT $3`,
        [clock.now(), Date.now(), AT_A_TIME],
      );
      for (const row of rows) {
        try {
          if (row.command) await fireCommand(row, row.command);
          else if (row.notice) await fireNotice(row, row.notice);
        } catch (error) {
          log.error({ err: error, timer: row.key }, 'a timer could not fire and will try again');
          const wait = Math.min(60_000, 500 * 2 ** Math.min(row.attempts, 7));
          await db.query('UPDATE worker.timer SET attempts = attempts + 1, retry_at = $2 WHERE key = $1', [
            row.key,
            Date.now() + wait,
          ]);
        }
      }
      return rows.length === AT_A_TIME;
    },
  };
}
