import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Submit } from '#events/handling/submit.ts';
import { refuse } from '#events/shared/refusal.ts';
import type { Database } from '#platform/database/database.ts';
import { Attendance } from './attendance.server.ts';
import { PresenceTable } from './presence.server.ts';

const ids = { connectionId: 'c1', lessonId: 'l1', personId: 'ann' };
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => 1_000, onJump: () => () => undefined };

afterEach(() => void vi.useRealTimers());

function setUp(submit: Submit, touched: () => readonly string[] = () => []) {
  const statements: string[] = [];
  const heartbeats: unknown[][] = [];
  const db = {
    kind: 'pglite',
    query: (sql: string, values: unknown[]) => {
      statements.push(sql.split(/\s/)[0] ?? '');
      if (!sql.includes('RETURNING')) return Promise.resolve([]);
      heartbeats.push(values.slice(2));
      return Promise.resolve(touched().map((id) => ({ connection_id: id })));
    },
  } as unknown as Database;
  return { statements, heartbeats, attendance: new Attendance(submit, new PresenceTable(db, 'n1'), clock, quiet) };
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

  it('[P14] of a page are said by its person, between its join and its leaving, and never lie in the future', async () => {
    const told: unknown[] = [];
    let failures = 1;
    const { attendance } = setUp((command, { actor }) => {
      failures -= 1;
      if (failures >= 0) return Promise.reject(new Error('the store is away'));
      told.push([command.type, command.type === 'NoteRoom' ? command.data : null, actor.id]);
      return Promise.resolve(accepted);
    });
    attendance.page(ids, 'host', 'PageHidden', 900);
    attendance.page(ids, 'host', 'PageShown', 5_000);
    attendance.end(ids, 'host', 950, 'left');
    await attendance.settled();
    const said = { lessonId: 'l1', by: 'ann' };
    expect(told).toEqual([
      ['NoteRoom', { ...said, at: 900, word: { type: 'PageHidden', personId: 'ann' } }, 'ann'],
      ['NoteRoom', { ...said, at: 1_000, word: { type: 'PageShown', personId: 'ann' } }, 'ann'],
      ['LeaveLesson', null, 'ann'],
    ]);
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

  it('[P10] outlast a store that is away for an hour, in order', async () => {
    vi.useFakeTimers();
    const told: string[] = [];
    let away = true;
    const { attendance } = setUp((command) => {
      if (away) return Promise.reject(new Error('the store is away'));
      told.push(command.type);
      return Promise.resolve(accepted);
    });
    attendance.media(ids, 'host', 'sent', 'started', 800);
    attendance.media(ids, 'host', 'sent', 'stopped', 900);
    attendance.end(ids, 'host', 950, 'left');
    await vi.advanceTimersByTimeAsync(60 * 60_000);
    away = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toEqual(['StartMedia', 'StopMedia', 'LeaveLesson']);
  });

  it('[P10] keep to a bound of what waits, and let go of the newest flows, never of an end', async () => {
    vi.useFakeTimers();
    const told: string[] = [];
    let away = true;
    const { attendance } = setUp((command) => {
      if (away) return Promise.reject(new Error('the store is away'));
      told.push(command.type);
      return Promise.resolve(accepted);
    });
    for (let n = 0; n < 3_000; n += 1) attendance.media(ids, 'host', 'sent', 'started', n);
    attendance.media(ids, 'host', 'sent', 'stopped', 900);
    attendance.end(ids, 'host', 950, 'left');
    away = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told.length).toBe(2_002);
    expect(told.slice(-2)).toEqual(['StopMedia', 'LeaveLesson']);
  });

  it('[P8] [P6] given up by a stop, a connection is left for the next start: its row is kept and not seen any more', async () => {
    vi.useFakeTimers();
    let away = false;
    const { attendance, statements, heartbeats } = setUp(() =>
      away ? Promise.reject(new Error('the store is away')) : Promise.resolve(accepted),
    );
    await attendance.begin(ids, 'host');
    await attendance.begin({ ...ids, connectionId: 'c2' }, 'host');
    await attendance.heartbeat([]);
    away = true;
    attendance.end(ids, 'host', 950, 'node-lost');
    const settled = attendance.settled(8_000);
    await vi.advanceTimersByTimeAsync(8_100);
    await settled;
    away = false;
    await attendance.heartbeat([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heartbeats).toEqual([['c1', 'c2'], ['c2']]);
    expect(statements).not.toContain('DELETE');
  });

  it('[P12] a connection whose row another node took is begun again each time, and its facts follow', async () => {
    const told: [string, string][] = [];
    let touched: readonly string[] = ['c1'];
    const { attendance } = setUp(
      (command, context) => {
        told.push([command.type, context.commandId]);
        return Promise.resolve(accepted);
      },
      () => touched,
    );
    await attendance.begin(ids, 'host');
    expect(await attendance.heartbeat(['c1'])).toEqual([]);
    touched = [];
    // A connection that is away is not begun again: it ends when its grace is over.
    expect(await attendance.heartbeat([])).toEqual([]);
    expect(await attendance.heartbeat(['c1'])).toEqual(['c1']);
    attendance.media(ids, 'host', 'sent', 'started', 900);
    await attendance.settled();
    expect(await attendance.heartbeat(['c1'])).toEqual(['c1']);
    attendance.end(ids, 'host', 950, 'left');
    expect(await attendance.heartbeat(['c1'])).toEqual([]);
    await attendance.settled();
    const types = ['JoinLesson', 'JoinLesson', 'StartMedia', 'JoinLesson', 'LeaveLesson'];
    expect(told.map(([type]) => type)).toEqual(types);
    expect(new Set(told.map(([, id]) => id)).size).toBe(types.length);
  });
});
