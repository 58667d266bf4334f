import { describe, expect, it } from 'vitest';
import { liveMessage } from './live-message.ts';

describe('messages on /live', () => {
  it('are read when they are whole', () => {
    const started = { type: 'lesson-started', code: 'nx-k3mf9xqd', subject: 'Maths', tutorName: 'Ananya Krishnan' };
    expect(liveMessage(started)).toEqual(started);
    expect(liveMessage({ type: 'booking-changed', bookingId: 'b1', more: 1 })).toEqual({
      type: 'booking-changed',
      bookingId: 'b1',
    });
    const changed = { type: 'conversation-changed', conversationId: 'dm-1' };
    expect(liveMessage(changed)).toEqual(changed);
  });

  it('are left alone when they are unknown or broken', () => {
    for (const value of [null, 'x', 7, [], {}, { type: 'later' }, { type: 'notice' }, { type: 'lesson-started' }]) {
      expect(liveMessage(value)).toBeNull();
    }
    expect(liveMessage({ type: 'lesson-started', code: '../ops' })).toBeNull();
  });

  it('lead nowhere but into the product', () => {
    const href = (value: unknown) => {
      const message = liveMessage({ type: 'notice', title: 'A', href: value });
      return message?.type === 'notice' ? message.href : 'none';
    };
    expect(href('/bookings/1')).toBe('/bookings/1');
    expect(href('https://elsewhere.test/')).toBeNull();
    expect(href('//elsewhere.test/')).toBeNull();
    expect(href('/\\elsewhere.test/')).toBeNull();
    expect(href('javascript:alert(1)')).toBeNull();
  });
});
