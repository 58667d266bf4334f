import { describe, expect, it } from 'vitest';
import type { Submit } from '#events/handling/submit.ts';
import { refuse } from '#events/shared/refusal.ts';
import type { Database } from '#platform/database/database.ts';
import { Attendance } from './attendance.server.ts';
import { PresenceTable } from './presence.server.ts';

const ids = { connectionId: 'c1', lessonId: 'l1', personId: 'ann' };
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => 1_000, onJump: () => () => undefined };

function setUp(submit: Submit) {
  const statements: string[] = [];
  const db = {
    kind: 'pglite',
    query: (sql: string) => {
      statements.push(sql.split(/\s/)[0] ?? '');
      return Promise.resolve([]);
    },
  } as unknown as Database;
  return { statements, attendance: new Attendance(submit, new PresenceTable(db, 'n1'), clock, quiet) };
}

const accepted = { kind: 'accepted', stream: 's', revision: 0, position: null, events: [] } as const;

describe('facts of attendance', () => {
  it('[P10] are told in order, again after a failure, under the same command id', async () => {
    const told: [string, string][] = [];
    let failures = 2;
    const { attendance, statements } = setUp((command, context) => {
      told.push([command.type, context.commandId]);
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('the store is away')) : Promise.resolve(accepted);
    });
    attendance.media(ids, 'host', 'sent', 'stopped', 900);
    attendance.end(ids, 'host', 950, 'left');
    await attendance.settled();
    expect(told.map(([type]) => type)).toEqual(['StopMedia', 'StopMedia', 'StopMedia', 'LeaveLesson']);
    expect(new Set(told.map(([, id]) => id)).size).toBe(2);
    expect(statements).toEqual(['UPDATE', 'DELETE']);
  });

  it('[P10] never lie in the future of the business clock', async () => {
    const at: number[] = [];
    const { attendance } = setUp((command) => {
      if (command.type === 'LeaveLesson') at.push(command.data.at);
      return Promise.resolve(accepted);
    });
    attendance.end(ids, 'host', 5_000, 'left');
    await attendance.settled();
    expect(at).toEqual([1_000]);
  });

  it('[J4] a refused join takes its row back', async () => {
    const { attendance, statements } = setUp(() => Promise.resolve(refuse('not-open-yet', 'Later.')));
    expect(await attendance.begin(ids, 'participant')).toMatchObject({ code: 'not-open-yet' });
    expect(statements).toEqual(['INSERT', 'DELETE']);
  });

  it('[P10] a join whose outcome is unknown is ended again', async () => {
    const told: string[] = [];
    const { attendance } = setUp((command) => {
      told.push(command.type);
      return command.type === 'JoinLesson' ? Promise.reject(new Error('cut off')) : Promise.resolve(accepted);
    });
    await expect(attendance.begin(ids, 'participant')).rejects.toThrow('cut off');
    await attendance.settled();
    expect(told).toEqual(['JoinLesson', 'LeaveLesson']);
  });

  it('[P10] a late fact that the lesson refuses is done with', async () => {
    const { attendance, statements } = setUp(() => Promise.resolve(refuse('lesson-ended', 'Over.')));
    attendance.end(ids, 'host', 950, 'disconnected');
    await attendance.settled();
    expect(statements).toEqual(['DELETE']);
  });
});
