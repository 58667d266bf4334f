import { describe, expect, it } from 'vitest';
import { cutAddress } from './cut-address.ts';

describe('[TR2] an address that is cut', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:DB8:12:34::5', '2001:db8:12::/48'],
    ['2001:db8:12::/48', '2001:db8:12::/48'],
    ['2001:db8::7', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['999.0.113.77', 'hidden'],
    ['4f8a-11.local', 'mdns'],
    ['mdns', 'mdns'],
    ['asha-laptop.example', 'hidden'],
    ['', 'hidden'],
  ])('%s', (address, cut) => {
    expect(cutAddress(address)).toBe(cut);
    expect(cutAddress(cut)).toBe(cut);
  });
});
