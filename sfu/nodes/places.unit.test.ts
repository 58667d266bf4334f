/** Which node people are sent to. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '#platform/bus/bus.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import { HeardNodes, leastBusy, NODES_TOPIC, type NodeWord } from './heard.ts';
import { holderOf, leaseOf, readHolder } from './homes.server.ts';
import { createPlaces, type Places } from './places.server.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const word = (node: string, more: Partial<NodeWord> = {}): NodeWord => ({
  node,
  url: `https://${node}.test`,
  load: 0,
  peers: 0,
  draining: false,
  ...more,
});

let bus: Bus;
let places: Places;
beforeEach(async () => {
  bus = createMemoryBus();
  places = await createPlaces({ bus, log: quiet, fallback: 'https://page.test' });
});
afterEach(() => places.close());

const heard = async (...words: readonly NodeWord[]): Promise<void> => {
  for (const one of words) await bus.publish(NODES_TOPIC, one);
  await Promise.resolve();
};

describe('the least busy node', () => {
  it('[N5] is the one whose workers do least, and of those alike the one with fewer people', () => {
    expect(leastBusy([word('a', { load: 0.5 }), word('b', { load: 0.2, peers: 90 })])?.node).toBe('b');
    expect(leastBusy([word('a', { load: 0.21, peers: 9 }), word('b', { load: 0.19, peers: 90 })])?.node).toBe('a');
    expect(leastBusy([word('a', { draining: true }), word('b', { load: 0.9 })])?.node).toBe('b');
    expect(leastBusy([word('a', { draining: true })])).toBeNull();
  });

  it('[N5] is not one that was not heard for a while, nor one that nobody understands', () => {
    let now = 0;
    const nodes = new HeardNodes(() => now);
    nodes.hear(word('a'));
    now = 1_000;
    nodes.hear(word('b'));
    expect(nodes.fresh.map(({ node }) => node)).toEqual(['a', 'b']);
    now = 2_000;
    expect(nodes.fresh.map(({ node }) => node)).toEqual(['b']);
  });
});

describe('the place of a lesson', () => {
  it('[N5] is chosen once: whoever asks next is sent to the same node, though another one is less busy now', async () => {
    await heard(word('a', { load: 0.3 }), word('b', { load: 0.6 }));
    expect(await places.of('lesson', null)).toBe('https://a.test');
    await heard(word('a', { load: 0.9 }), word('b', { load: 0 }));
    expect(await places.of('lesson', null)).toBe('https://a.test');
    expect(await places.of('other', null)).toBe('https://b.test');
  });

  it('[N5] is one and the same for a class that asks at once', async () => {
    await heard(word('a'), word('b'));
    const urls = await Promise.all(Array.from({ length: 50 }, () => places.of('lesson', null)));
    expect(new Set(urls).size).toBe(1);
  });

  it('[N6] is another node when the one that has it does not answer, as soon as its lease has run out', async () => {
    await heard(word('a'), word('b'));
    await bus.lease(leaseOf('lesson'), holderOf(word('a')), 300);
    const since = performance.now();
    expect(await places.of('lesson', 'https://a.test')).toBe('https://b.test');
    expect(performance.now() - since).toBeGreaterThan(250);
    const holder = await bus.holder(leaseOf('lesson'));
    expect(holder === null ? null : readHolder(holder)).toEqual({ node: 'b', url: 'https://b.test' });
  });

  it('[N6] stays where it is as soon as that node is heard, however often somebody does not reach it', async () => {
    await heard(word('a'), word('b'));
    await bus.lease(leaseOf('lesson'), holderOf(word('a')), 60_000);
    const since = performance.now();
    setTimeout(() => void heard(word('a')), 200);
    expect(await places.of('lesson', 'https://a.test')).toBe('https://a.test');
    expect(performance.now() - since).toBeLessThan(2_000);
  });

  it('[N6] stays where it is in the end, though that node says nothing', async () => {
    await bus.lease(leaseOf('lesson'), holderOf(word('a')), 60_000);
    expect(await places.of('lesson', 'https://a.test')).toBe('https://a.test');
  }, 15_000);

  it('[N5] is spread over nodes that said the same, and not chosen by who is in already', async () => {
    await heard(word('a'), word('b'));
    const urls = await Promise.all(['1', '2', '3', '4'].map((lesson) => places.of(lesson, null)));
    expect(urls.filter((url) => url === 'https://a.test')).toHaveLength(2);
    expect(await places.now('5')).not.toBeNull();
    expect(await bus.holder(leaseOf('5'))).toBeNull();
    expect(await places.now('1')).toBe(urls[0]);
  });

  it('[N5] is the only node that there is, though it did not answer a moment ago', async () => {
    await heard(word('a'));
    expect(await places.of('lesson', 'https://a.test')).toBe('https://a.test');
  });

  it('[N5] is where it was set up to be while no node is heard, and where the page is for a node without an address', async () => {
    expect(await places.of('lesson', null)).toBe('https://page.test');
    expect(places.any()).toBe('https://page.test');
    await heard(word('a', { url: null }));
    expect(await places.of('lesson', null)).toBeNull();
    await bus.publish(NODES_TOPIC, { node: 'b', url: 7 });
    expect(places.any()).toBeNull();
  });

  it('[N3] is where it was last while nobody can say who has it, and nobody is heard', async () => {
    let away = false;
    const holder = (name: string): Promise<string | null> =>
      away ? Promise.reject(new Error('Redis is away')) : bus.holder(name);
    const blind = await createPlaces({ bus: { ...bus, holder }, log: quiet, fallback: null });
    await heard(word('a'));
    expect(await blind.of('lesson', null)).toBe('https://a.test');
    await heard(word('a', { load: 1 }), word('b'));
    away = true;
    expect(await blind.of('lesson', null)).toBe('https://a.test');
    expect(await blind.now('lesson')).toBe('https://a.test');
    expect(await blind.of('other', null)).toBe('https://b.test');
    await blind.close();
  });
});
