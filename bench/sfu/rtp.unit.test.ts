import { describe, expect, it } from 'vitest';
import { FPS, LAYERS, Microphone, Receipt, VideoLayer } from './rtp.ts';

describe('packets made by hand', () => {
  it('carry as many bits as the layer has, a key frame a second, and one marker a frame', () => {
    for (const bits of LAYERS) {
      const layer = new VideoLayer(7, bits);
      const frames = Array.from({ length: FPS }, (_, index) => layer.frame((index * 1_000) / FPS));
      const sent = frames.flat().reduce((sum, packet) => sum + (packet.length - 18) * 8, 0);
      expect(sent / bits).toBeCloseTo(1, 1);
      expect(frames.filter(([first]) => ((first?.[18] ?? 1) & 1) === 0)).toHaveLength(1);
      for (const packets of frames) expect(packets.filter((packet) => (packet[1] ?? 0) & 0x80)).toHaveLength(1);
    }
  });

  it('are counted by their numbers, over the turn of the counter, and timed by their timestamps', () => {
    const microphone = new Microphone(9);
    const receipt = new Receipt();
    receipt.counting = true;
    for (let index = 0; index < 70_000; index += 1) {
      const packet = microphone.packet(index * 20);
      if (index % 100 !== 50) receipt.take(packet, index * 20 + 3);
    }
    expect(receipt.expected).toBe(70_000);
    expect(receipt.expected - receipt.got).toBe(700);
    expect(Math.max(...receipt.delays.slice(0, 1_000))).toBeCloseTo(3, 1);
  });
});
