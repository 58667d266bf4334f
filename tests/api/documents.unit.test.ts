import { afterEach, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { LESSON, PEOPLE, askAs, startApi } from './stub.ts';

let app: FastifyInstance;
afterEach(() => app.close());

async function readers(state: (typeof LESSON)['state'], now = LESSON.startsAt, query = ''): Promise<string[]> {
  app = await startApi({ lesson: { state }, now });
  const allowed: string[] = [];
  for (const who of Object.keys(PEOPLE)) {
    const answers = [];
    for (const kind of ['board', 'chat'])
      answers.push((await askAs(app, who, `/api/v1/lessons/${LESSON.code}/documents/${kind}${query}`)).statusCode);
    if (answers.every((status) => status === 200)) allowed.push(who);
    else expect(answers, who).toEqual([404, 404]);
  }
  return allowed;
}

describe('the board and the chat of a lesson', () => {
  it.each(['scheduled', 'live', 'cancelled'] as const)('that is %s are given only to those in it', async (state) => {
    expect(await readers(state)).toEqual(['asha', 'rohan', 'kavita']);
  });

  it('that has not opened are the tutor’s alone, who may be preparing the board', async () => {
    const opens = LESSON.startsAt - 15 * 60_000;
    expect(await readers('scheduled', opens - 1)).toEqual(['kavita']);
    expect(await readers('scheduled', opens)).toEqual(['asha', 'rohan', 'kavita']);
  });

  it('that has ended are also for guardians, the institute, ops and auditors', async () => {
    expect(await readers('ended')).toEqual([
      'asha',
      'rohan',
      'parent',
      'school',
      'kavita',
      'ops',
      'auditor',
      'auditing-parent',
    ]);
  });

  it.each(['live', 'ended'] as const)(
    'that are a student’s own are theirs and the host’s alone, while it is %s',
    async (state) => {
      expect(await readers(state, LESSON.startsAt, '?of=asha')).toEqual(['asha', 'kavita']);
      const { body } = await askAs(app, 'kavita', `/api/v1/lessons/${LESSON.code}/documents/chat?of=asha`);
      expect(body).toBe(`chat:${LESSON.lessonId}:asha`);
    },
  );

  it('of somebody who has no seat are nobody’s', async () => {
    expect(await readers('ended', LESSON.startsAt, '?of=kavita')).toEqual([]);
    expect(await readers('ended', LESSON.startsAt, '?of=..%2Fx')).toEqual([]);
  });
});
