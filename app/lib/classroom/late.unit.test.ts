import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendLate } from './late.ts';

const answers = (status: number, body: object): void =>
  void vi.stubGlobal('fetch', () => Promise.resolve(Response.json(body, { status })));
const sent = (): Promise<string> => sendLate('nx-1', 'asha', { name: 'board:lesson', unsent: Uint8Array.of(1, 2, 3) });

afterEach(() => void vi.unstubAllGlobals());

describe('late ink', () => {
  it.each([
    [409, 'too-late'],
    [404, 'not-found'],
    [400, 'bad-update'],
    [413, 'too-large'],
  ])('is not sent again after a refusal that stays: %i %s', async (status, code) => {
    answers(status, { status, code });
    expect(await sent()).toBe('nothing');
  });

  it.each([
    [409, 'lesson-running'],
    [409, 'someone-else'],
    [503, 'unavailable'],
  ])('waits for another time after one that may pass: %i %s', async (status, code) => {
    answers(status, { status, code });
    await expect(sent()).rejects.toThrow(`Late ink answered ${status}`);
  });

  it('is known where an answer was lost on its way', async () => {
    answers(200, { status: 'known' });
    expect(await sent()).toBe('kept');
    answers(200, { status: 'partly' });
    expect(await sent()).toBe('partly');
  });
});
