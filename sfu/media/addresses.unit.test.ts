import { describe, expect, it } from 'vitest';
import { listenInfos, mediaAddresses, outerAddress } from './addresses.ts';

describe('where media listens', () => {
  it('binds the loopback and the machine’s own address when nothing is set', () => {
    expect(mediaAddresses(null, '10.1.2.3')).toEqual([
      { ip: '127.0.0.1', announced: null },
      { ip: '10.1.2.3', announced: null },
    ]);
    expect(mediaAddresses(null, null)).toEqual([{ ip: '127.0.0.1', announced: null }]);
  });

  it('binds everything and announces a configured address, which may belong to a router in front', () => {
    expect(mediaAddresses('203.0.113.9', '10.1.2.3')).toEqual([{ ip: '0.0.0.0', announced: '203.0.113.9' }]);
  });

  it('offers UDP before TCP on one port, under the field that the library knows', () => {
    expect(listenInfos(mediaAddresses('203.0.113.9', null), 4_000, 'announcedIp')).toEqual([
      { protocol: 'udp', ip: '0.0.0.0', port: 4_000, announcedIp: '203.0.113.9' },
      { protocol: 'tcp', ip: '0.0.0.0', port: 4_000, announcedIp: '203.0.113.9' },
    ]);
  });

  it('takes the first outer IPv4 address', () => {
    const entry = { netmask: '', mac: '', cidr: null };
    expect(
      outerAddress({
        lo: [{ ...entry, address: '127.0.0.1', family: 'IPv4', internal: true }],
        eth0: [
          { ...entry, address: 'fe80::1', family: 'IPv6', internal: false, scopeid: 0 },
          { ...entry, address: '192.168.1.7', family: 'IPv4', internal: false },
        ],
      }),
    ).toBe('192.168.1.7');
    expect(outerAddress({})).toBeNull();
  });
});
