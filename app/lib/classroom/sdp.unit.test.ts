import { describe, expect, it } from 'vitest';
import { reduceSdp } from './sdp.ts';

const SDP = [
  'v=0',
  'o=mediasoup-client 10000 3 IN IP4 203.0.113.77',
  's=-',
  'a=ice-ufrag:SECRET',
  'a=ice-pwd:SECRETSECRETSECRETSECRET',
  'a=fingerprint:sha-256 SE:CR:ET',
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 203.0.113.77',
  'a=candidate:1 1 udp 2122260223 203.0.113.77 50000 typ host generation 0 ufrag SECRET network-id 1',
  'a=candidate:2 1 tcp 1518280447 4f8a-11.local 9 typ host tcptype active',
  'a=candidate:3 1 UDP 41885439 198.51.100.5 61000 typ relay raddr 203.0.113.77 rport 50000',
  'a=ice-ufrag:SECRET',
  'a=mid:0',
  'a=sendonly',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:63 red/48000/2',
  'a=ssrc:1234 cname:SECRET',
  'a=ssrc:1234 msid:SECRET SECRET',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=candidate:1 1 udp 2122260223 203.0.113.77 50000 typ host generation 0',
  'a=mid:1',
  'a=sendonly',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'a=rid:h send',
  'a=rid:f send',
  '',
].join('\r\n');

describe('[TR4] a picture of one’s own connection', () => {
  it('has codecs, streams, layers and the kinds of ways, with networks for addresses', () => {
    expect(reduceSdp(SDP)).toEqual({
      sections: [
        { mid: '0', kind: 'audio', direction: 'sendonly', codecs: ['opus/48000'], ssrcs: [1_234], rids: [] },
        { mid: '1', kind: 'video', direction: 'sendonly', codecs: ['VP8/90000'], ssrcs: [], rids: ['h', 'f'] },
      ],
      candidates: [
        { type: 'host', protocol: 'udp', address: '203.0.113.0/24' },
        { type: 'host', protocol: 'tcp', address: 'mdns' },
        { type: 'relay', protocol: 'udp', address: '198.51.100.0/24' },
      ],
    });
  });

  it('has no key, no password, no name of a stream and no whole address', () => {
    expect(JSON.stringify(reduceSdp(SDP))).not.toMatch(/SECRET|SE:CR|203\.0\.113\.77|50000/);
  });
});
