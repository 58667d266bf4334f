import { expect, it } from 'vitest';
import { healthLines } from './health.ts';

it('flattens what the adapters report and knows good from bad', () => {
  const lines = healthLines({
    status: 'ok',
    roles: ['web', 'sync'],
    adapters: { bus: 'memory' },
    sfu: { workers: 2, alive: false },
    redis: null,
  });
  expect(lines).toEqual([
    { name: 'status', value: 'ok', ok: true },
    { name: 'roles', value: 'web, sync', ok: null },
    { name: 'bus', value: 'memory', ok: null },
    { name: 'sfu workers', value: '2', ok: null },
    { name: 'sfu alive', value: 'no', ok: false },
    { name: 'redis', value: '–', ok: null },
  ]);
});
