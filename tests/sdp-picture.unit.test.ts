/** Both ends of a picture of one's own connection: what the page makes of anything is what the server takes. */
import { describe, expect, it } from 'vitest';
import { pictureOf, reduceSdp } from '#app/lib/classroom/sdp.ts';
import { SDP_LIMITS } from '#sfu/signalling/protocol.ts';
import { isSdpPicture } from '#sfu/signalling/schema.ts';

describe('[TR4] a picture of one’s own connection', () => {
  it('is bounded, and fits what the server takes, whatever the browser says', () => {
    const section = `m=video 9 x 96\r\na=mid:${'9'.repeat(90)}\r\n${'a=ssrc:99999999999 x\r\na=rid:a send\r\n'.repeat(40)}`;
    const candidates = Array.from(
      { length: 90 },
      (_, i) => `a=candidate:1 1 udp 1 10.0.${i}.1 9 typ host\r\na=candidate:1 1 sctp 1 x 9 typ odd\r\n`,
    );
    const sdp = `v=0\r\nm=smell 9 x\r\n${section.repeat(60)}${candidates.join('')}`;
    const side = reduceSdp(sdp);
    expect(side.sections).toHaveLength(SDP_LIMITS.sections);
    expect(side.candidates).toHaveLength(SDP_LIMITS.candidates);
    const connection = {
      connectionState: 'failed',
      iceConnectionState: 'disconnected',
      iceGatheringState: 'complete',
      localDescription: { sdp },
      remoteDescription: null,
    };
    const picture = pictureOf('failed', [
      { direction: 'send', connection },
      { direction: 'receive', connection },
    ]);
    expect(isSdpPicture(picture)).toBe(true);
    expect(JSON.stringify(picture).length).toBeLessThan(32_768);
    expect(isSdpPicture({ ...picture, why: 'bored' })).toBe(false);
    expect(isSdpPicture({ ...picture, transports: [...picture.transports, ...picture.transports] })).toBe(false);
  });
});
