import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../store/event-store.ts';
import { EVENTS, recognise, recogniseAs, upcast } from './registry.ts';

const recorded = (change: Partial<RecordedEvent> = {}, schemaVersion = 1): RecordedEvent => ({
  id: 'e1',
  type: 'ZoneChanged',
  data: { personId: 'p1', zone: 'UTC' },
  stream: 'person-p1',
  category: 'person',
  revision: 0,
  position: '1',
  recordedAt: 0,
  chain: '',
  meta: {
    commandId: 'c',
    correlationId: 'c',
    causationId: 'c',
    actor: { kind: 'system', id: 'test' },
    occurredAt: 0,
    schemaVersion,
  },
  ...change,
});

describe('the registry', () => {
  it('HA6: recognises what we write', () => {
    const event = recorded();
    const known = recognise(event);
    expect(known).toBe(event);
    expect(known?.type === 'ZoneChanged' && known.data.zone).toBe('UTC');
    expect(recogniseAs(event, 'person')).toBe(event);
  });
  it('HA6: tells what it does not know', () => {
    expect(recognise(recorded({ type: 'SomethingNew' }))).toBeNull();
    expect(recognise(recorded({ type: 'constructor' }))).toBeNull();
    expect(recognise(recorded({}, 2))).toBeNull();
    expect(recognise(recorded({ category: 'tutor' }))).toBeNull();
    expect(recogniseAs(recorded(), 'tutor')).toBeNull();
  });
  it('every type names its category and version', () => {
    for (const entry of Object.values(EVENTS)) expect(entry.version).toBeGreaterThanOrEqual(1);
  });
  it('brings older data to today’s shape, on reading only', () => {
    const registry = {
      ZoneChanged: {
        category: 'person',
        version: 2,
        upcast: (data: Readonly<Record<string, unknown>>) => ({ ...data, reason: 'unknown' }),
      },
    } as const;
    const old = recorded();
    expect(upcast(old, registry)?.data).toEqual({ personId: 'p1', zone: 'UTC', reason: 'unknown' });
    expect(old.data).toEqual({ personId: 'p1', zone: 'UTC' });
    expect(upcast(recorded({}, 2), registry)?.data).toEqual({ personId: 'p1', zone: 'UTC' });
  });
});
