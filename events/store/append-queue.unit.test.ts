import { describe, expect, it } from 'vitest';
import { AppendQueue, LogBusy, type Append, type AppendOutcome } from './append-queue.ts';

const append = (stream: string, bytes = 1): Append => ({ stream, expected: 'any', events: [], bytes });
const done = (revision: number): AppendOutcome => ({ outcome: 'appended', revision, position: null, placed: [] });
const streamsOf = (appends: readonly Append[]): string[] => appends.map(({ stream }) => stream);

/** A log that answers when the test says so. */
function slowLog(settings: Partial<ConstructorParameters<typeof AppendQueue>[0]> = {}) {
  const sent: string[][] = [];
  const gates: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const queue = new AppendQueue({
    async send(appends) {
      sent.push(streamsOf(appends));
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      gates.push({ resolve, reject });
      await promise;
      return appends.map((_, index) => done(index));
    },
    isRefusal: (error) => error instanceof RangeError,
    ...settings,
  });
  const answer = async (error?: Error): Promise<void> => {
    await expect.poll(() => gates.length).toBeGreaterThan(0);
    const gate = gates.shift();
    if (error) gate?.reject(error);
    else gate?.resolve();
  };
  return { queue, sent, answer };
}

describe('the queue in front of the log', () => {
  it('sends together what came while a batch was on its way, in order, one batch at a time', async () => {
    const { queue, sent, answer } = slowLog();
    const first = queue.append(append('a'));
    await expect.poll(() => sent).toEqual([['a']]);
    const rest = ['b', 'c', 'b'].map((stream) => queue.append(append(stream)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toHaveLength(1);
    await answer();
    expect(await first).toEqual(done(0));
    await answer();
    expect(await Promise.all(rest)).toEqual([done(0), done(1), done(2)]);
    expect(sent).toEqual([['a'], ['b', 'c', 'b']]);
  });

  it('sends a second batch before the first is answered, but only when enough wait for it', async () => {
    const { queue, sent, answer } = slowLog({ lanes: 2 });
    const first = queue.append(append('a'));
    await expect.poll(() => sent).toEqual([['a']]);
    const few = Array.from({ length: 31 }, (_, n) => queue.append(append(`b${n}`)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toHaveLength(1);
    few.push(queue.append(append('b31')));
    await expect.poll(() => sent.length).toBe(2);
    expect(sent[1]).toHaveLength(32);
    await answer();
    await answer();
    await Promise.all([first, ...few]);
  });

  it('shares what waits between its lanes', async () => {
    const { queue, sent, answer } = slowLog({ lanes: 2 });
    const all = Array.from({ length: 100 }, (_, n) => queue.append(append(`a${n}`)));
    await expect.poll(() => sent.map((batch) => batch.length)).toEqual([50, 32]);
    for (let n = 0; n < 3; n += 1) await answer();
    await Promise.all(all);
    expect(sent.map((batch) => batch.length)).toEqual([50, 32, 18]);
    expect(sent.flat()).toEqual(Array.from({ length: 100 }, (_, n) => `a${n}`));
  });

  it('keeps the order of one stream: what follows a batch on its way waits for it, and is never forgotten', async () => {
    const { queue, sent, answer } = slowLog({ lanes: 2 });
    const first = queue.append(append('a'));
    await expect.poll(() => sent).toEqual([['a']]);
    const rest = [...Array.from({ length: 32 }, (_, n) => `b${n}`), 'a', 'c'].map((stream) =>
      queue.append(append(stream)),
    );
    await expect.poll(() => sent.length).toBe(2);
    const closing = queue.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toHaveLength(2);
    await answer();
    await expect.poll(() => sent[2]).toEqual(['a', 'c']);
    await answer();
    await answer();
    await Promise.all([first, ...rest, closing]);
  });

  it('answers nobody before the batch is written', async () => {
    const { queue, answer } = slowLog();
    let answered = false;
    const one = queue.append(append('a')).then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    await answer();
    await one;
  });

  it('keeps a batch within its count and its bytes, but sends a large append alone', async () => {
    const { queue, sent, answer } = slowLog({ batchAppends: 2, batchBytes: 10 });
    const all = [append('a', 4), append('b', 4), append('c', 4), append('d', 11), append('e', 1)];
    const answers = all.map((one) => queue.append(one));
    for (let n = 0; n < 4; n += 1) await answer();
    await Promise.all(answers);
    expect(sent).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('refuses what no longer fits, by count and by bytes, and takes more once there is room', async () => {
    const { queue, answer } = slowLog({ maxWaiting: 2, maxWaitingBytes: 10 });
    const waiting = [queue.append(append('a', 6))];
    await expect(queue.append(append('b', 5))).rejects.toBeInstanceOf(LogBusy);
    waiting.push(queue.append(append('c', 1)));
    await expect(queue.append(append('d', 1))).rejects.toMatchObject({ code: 'log-busy' });
    await answer();
    await Promise.all(waiting);
    const later = queue.append(append('e', 9));
    await answer();
    expect(await later).toEqual(done(0));
  });

  it('asks for each alone when the batch was refused, so that only the one to blame fails', async () => {
    const sent: string[][] = [];
    const queue = new AppendQueue({
      async send(appends) {
        sent.push(streamsOf(appends));
        if (appends.some(({ stream }) => stream === 'bad')) throw new RangeError('a bad value');
        return appends.map(() => done(7));
      },
      isRefusal: (error) => error instanceof RangeError,
    });
    const answers = await Promise.allSettled(['a', 'bad', 'b'].map((stream) => queue.append(append(stream))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(sent).toEqual([['a', 'bad', 'b'], ['a'], ['bad'], ['b']]);
  });

  it('fails all of a batch whose outcome is unknown, asks nothing again, and goes on with the next', async () => {
    const { queue, sent, answer } = slowLog();
    const lost = [queue.append(append('a')), queue.append(append('b'))];
    const failing = Promise.allSettled(lost);
    await answer(new Error('connection lost'));
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = queue.append(append('c'));
    await answer();
    expect(await next).toEqual(done(0));
    expect(sent).toEqual([['a', 'b'], ['c']]);
  });

  it('gives up on an answer that never comes', async () => {
    const queue = new AppendQueue({
      send: (appends) => (appends[0]?.stream === 'a' ? new Promise(() => undefined) : Promise.resolve([done(0)])),
      isRefusal: () => false,
      answerMs: 20,
    });
    await expect(queue.append(append('a'))).rejects.toThrow('did not answer');
    expect(await queue.append(append('b'))).toEqual(done(0));
  });

  it('answers everything that waits before it closes, and takes nothing after', async () => {
    const { queue, answer } = slowLog({ batchAppends: 1 });
    const waiting = [queue.append(append('a')), queue.append(append('b'))];
    const closing = queue.close();
    await expect(queue.append(append('c'))).rejects.toThrow('closed');
    await answer();
    await answer();
    await closing;
    expect(await Promise.all(waiting)).toEqual([done(0), done(0)]);
  });
});
