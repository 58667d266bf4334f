import { describe, expect, it } from 'vitest';
import { Health, type Local } from './health.ts';
import type { Stat } from './measures.ts';

const NOBODY: Local = { camera: null, microphone: null, muted: true };
const heard = (packetsReceived: number): Stat[] => [{ type: 'inbound-rtp', kind: 'audio', packetsReceived }];
const faultsAt = (health: Health, packets: number, at: number): readonly string[] | undefined =>
  health.read(heard(packets), NOBODY, at)?.faults;

describe('what is wrong with picture and sound', () => {
  it('is believed when it was so twice in a row, and gone with the first reading without it', () => {
    const health = new Health();
    health.hear(true, 0);
    expect(health.read(heard(9), NOBODY, 5_000)).toBeNull();
    expect(faultsAt(health, 9, 10_000)).toEqual([]);
    expect(faultsAt(health, 9, 15_000)).toEqual(['hears-nobody']);
    expect(faultsAt(health, 20, 20_000)).toEqual([]);
    expect(faultsAt(health, 20, 25_000)).toEqual([]);
    expect(faultsAt(health, 20, 30_000)).toEqual(['hears-nobody']);
  });

  it('is not that one hears nobody when others did not speak all the time, or over new transports', () => {
    const health = new Health();
    health.hear(true, 0);
    faultsAt(health, 9, 5_000);
    faultsAt(health, 9, 10_000);
    health.hear(false, 12_000);
    health.hear(true, 13_000);
    expect(faultsAt(health, 9, 15_000)).toEqual([]);
    expect(faultsAt(health, 9, 20_000)).toEqual([]);
    health.begin();
    health.hear(true, 20_000);
    expect(health.read(heard(0), NOBODY, 25_000)).toBeNull();
    expect(faultsAt(health, 0, 30_000)).toEqual([]);
  });
});
