import { describe, expect, it } from 'vitest';
import { parseSettings } from './settings.ts';

const ENV = {
  SANDBOX_DATA: '/tmp/x',
  SANDBOX_KEY_ID: 'rzp_test_abc',
  SANDBOX_KEY_SECRET: 's',
  SANDBOX_WEBHOOK_SECRET: 'w',
};

describe('settings', () => {
  it('has defaults for what may be left out', () => {
    expect(parseSettings(ENV)).toMatchObject({ port: 0, webhookUrl: null, clockOffsetMs: null });
  });

  it('names everything that is wrong at once', () => {
    expect(() => parseSettings({ SANDBOX_PORT: 'x', SANDBOX_KEY_ID: 'rzp_live_abc' })).toThrow(
      /SANDBOX_PORT.*SANDBOX_DATA.*SANDBOX_KEY_SECRET.*SANDBOX_WEBHOOK_SECRET.*rzp_test_/,
    );
  });
});
