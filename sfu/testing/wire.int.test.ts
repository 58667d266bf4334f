import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFixture, until, type Fixture } from './fixture.server.ts';
import { WireClient } from './wire-client.server.ts';
import { makeIdentity } from './wire-transport.server.ts';

let fixture: Fixture;
const identity = makeIdentity();
beforeAll(async () => {
  fixture = await startFixture({ workers: 2, manyConsumers: 2 });
});
afterAll(async () => {
  await fixture.close();
  identity.forget();
});

it('[S4] packets travel between people on different workers, pictures and sound', async () => {
  const names = ['ann', 'bob', 'cy', 'dan'];
  const people: WireClient[] = [];
  for (const name of names) people.push(await WireClient.enter(fixture, 'lesson-1', name, identity));
  for (const person of people) {
    const wanted = names
      .filter((name) => name !== person.name)
      .flatMap((name) => [`${name} camera`, `${name} microphone`]);
    await until(`what reaches ${person.name}`, () =>
      JSON.stringify(person.arriving(performance.now() - 1_000)) === JSON.stringify(wanted) ? true : undefined,
    );
    expect(person.problems).toEqual([]);
  }
  for (const person of people) person.close();
});
