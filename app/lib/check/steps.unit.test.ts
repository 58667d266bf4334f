import { describe, expect, it } from 'vitest';
import {
  figuresOf,
  NO_FIGURES,
  ORDER,
  pending,
  qualityOf,
  reportOf,
  spelled,
  verdictOf,
  waysTogether,
  type Step,
  type StepId,
  type StepState,
} from './steps.ts';

const steps = (states: Partial<Record<StepId, StepState>>, rest: StepState = 'ok'): Record<StepId, Step> => {
  const step = (id: StepId): Step => ({ ...pending(id), state: states[id] ?? rest, finding: 'x' });
  return {
    browser: step('browser'),
    camera: step('camera'),
    microphone: step('microphone'),
    speaker: step('speaker'),
    signalling: step('signalling'),
    udp: step('udp'),
    tcp: step('tcp'),
    relay: step('relay'),
    quality: step('quality'),
  };
};
const reading = {
  at: 0,
  rttMs: 50,
  sentBytes: 0,
  sentPackets: 0,
  lostUp: 0,
  receivedBytes: 0,
  receivedPackets: 0,
  lostDown: 0,
};

describe('the figures of a connection', () => {
  it('are what passed between two readings', () => {
    const after = {
      at: 4_000,
      rttMs: 80.4,
      sentBytes: 500_000,
      sentPackets: 1_000,
      lostUp: 100,
      receivedBytes: 400_000,
      receivedPackets: 850,
      lostDown: 50,
    };
    expect(figuresOf(reading, after)).toEqual({
      rttMs: 80,
      lossUp: 0.1,
      lossDown: 50 / 900,
      up: 900_000,
      down: 800_000,
    });
    expect(figuresOf(reading, reading)).toMatchObject({ lossUp: null, up: null });
  });

  it.each([
    [{ up: null, down: null }, 'fail', 'nothing'],
    [{ up: 100_000, down: 900_000 }, 'fail', 'narrow'],
    [{ up: 900_000, down: 900_000, lossDown: 0.06 }, 'warn', 'loss'],
    [{ up: 900_000, down: 900_000, rttMs: 301 }, 'warn', 'slow'],
    [{ up: 400_000, down: 900_000 }, 'warn', 'low'],
    [{ up: 900_000, down: 900_000, rttMs: 300, lossUp: 0.05 }, 'ok', 'good'],
  ] as const)('%o is %s: %s', (figures, state, finding) => {
    expect(qualityOf({ ...NO_FIGURES, ...figures })).toEqual({ state, finding });
  });
});

describe('the verdict', () => {
  it('waits for everything but the answer about the speaker', () => {
    expect(verdictOf(steps({ speaker: 'ask' }))).toBe('ready');
    expect(verdictOf(steps({ quality: 'running' }))).toBeNull();
  });

  it('is not ready without a way for media', () => {
    expect(verdictOf(steps({ udp: 'fail', tcp: 'fail', relay: 'skipped' }))).toBe('not-ready');
    expect(verdictOf(steps({ signalling: 'fail', udp: 'skipped', tcp: 'skipped', relay: 'skipped' }))).toBe(
      'not-ready',
    );
  });

  it('is ready with one way blocked, limited with a camera refused, and for listening without both devices', () => {
    expect(verdictOf(steps({ udp: 'warn' }))).toBe('ready');
    expect(verdictOf(steps({ camera: 'fail' }))).toBe('limited');
    expect(verdictOf(steps({ camera: 'fail', microphone: 'fail' }))).toBe('listen');
    expect(verdictOf(steps({ quality: 'warn' }))).toBe('limited');
  });
});

describe('the ways together', () => {
  const blocked = (id: StepId): Step => ({ id, state: 'warn', finding: 'blocked', ms: 0 });

  it('make a blocked one a nuisance while another is open, and a failure when none is', () => {
    expect(waysTogether({ ...steps({}), udp: blocked('udp') }).udp.state).toBe('warn');
    const none = { ...steps({ relay: 'skipped' }), udp: blocked('udp'), tcp: blocked('tcp') };
    expect([waysTogether(none).udp.state, waysTogether(none).tcp.state]).toEqual(['fail', 'fail']);
  });
});

describe('the report', () => {
  it('has every step once, and says of an open one that it was left out', () => {
    const { steps: told, browser } = reportOf(steps({ speaker: 'ask' }), NO_FIGURES, 'x'.repeat(400));
    expect(told.map(({ id }) => id)).toEqual([...ORDER]);
    expect(told.find(({ id }) => id === 'speaker')?.state).toBe('skipped');
    expect(browser).toHaveLength(300);
    expect(spelled('ABCD2345')).toBe('ABCD-2345');
  });
});
