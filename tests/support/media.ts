/** What really travels and sounds in a page, measured in the page itself. */
import type { Page } from 'playwright-core';

/**
 * Before the page is opened: keeps its connections to be measured, and gives it a screen with a tone to share. A machine
 * that stands still for a moment looks like a narrow way to the browser, which then sends a few hundred kbit/s for
 * minutes; so what it sends is not timed here, and only packets that are lost make it send less.
 */
export async function openToMeasure(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const scope = globalThis as { connections?: RTCPeerConnection[]; lossy?: boolean };
    const connections: RTCPeerConnection[] = [];
    scope.connections = connections;
    const Native = RTCPeerConnection;
    class Kept extends Native {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.push(this);
      }

      override setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
        const wide = sdp.replace(/^a=(rtcp-fb:.* (transport-cc|goog-remb)|extmap:.*transport-wide-cc.*)\r\n/gm, '');
        return super.setRemoteDescription({ type, sdp: type === 'answer' ? wide : sdp });
      }
    }
    globalThis.RTCPeerConnection = Kept;
    // Where a test says so, every second packet seems to be lost.
    const getStats = Native.prototype.getStats;
    Native.prototype.getStats = async function (this: RTCPeerConnection, ...rest) {
      const report = await getStats.apply(this, rest);
      if (scope.lossy !== true) return report;
      const seeming = new Map<string, unknown>();
      report.forEach((stat: { type: string; packetsReceived?: number }, id: string) => {
        const lost = stat.type === 'inbound-rtp' ? { packetsLost: stat.packetsReceived ?? 0 } : {};
        seeming.set(id, { ...stat, ...lost });
      });
      return seeming as unknown as RTCStatsReport;
    };
    navigator.mediaDevices.getDisplayMedia = async (options) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [1_280, 720];
      const context = canvas.getContext('2d');
      let turn = 0;
      const timer = setInterval(() => {
        turn += 1;
        if (context === null) return;
        context.fillStyle = '#fff';
        context.fillRect(0, 0, 1_280, 720);
        context.fillStyle = '#222';
        context.font = '48px sans-serif';
        for (let row = 1; row < 12; row += 1)
          context.fillText(`A page that is read, line ${row}, ${turn}`, 60, row * 60);
      }, 100);
      const stream = canvas.captureStream(15);
      stream.getVideoTracks()[0]?.addEventListener('ended', () => clearInterval(timer));
      if (options?.audio === undefined || options.audio === false) return stream;
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      const out = sound.createMediaStreamDestination();
      tone.connect(out);
      tone.start();
      for (const track of out.stream.getAudioTracks()) stream.addTrack(track);
      return stream;
    };
  });
}

interface Arriving {
  readonly pictures: number;
  readonly screens: number;
  readonly voices: number;
}

/** How many cameras, screens and voices arrive at a page: those of which bytes came within a second and a half. */
export async function received(page: Page): Promise<Arriving> {
  return page.evaluate(async () => {
    const { connections = [] } = globalThis as { connections?: RTCPeerConnection[] };
    const read = async (): Promise<Map<string, { bytes: number; kind: string; screen: boolean }>> => {
      const found = new Map<string, { bytes: number; kind: string; screen: boolean }>();
      for (const connection of connections.filter((one) => one.connectionState !== 'closed')) {
        const screens = connection.getReceivers().flatMap(({ track }) => {
          const shown = [...document.querySelectorAll('video')].find(
            ({ srcObject }) => srcObject instanceof MediaStream && srcObject.getTracks().includes(track),
          );
          return shown?.dataset['source'] === 'screen' ? [track.id] : [];
        });
        (await connection.getStats()).forEach((stat) => {
          if (stat.type !== 'inbound-rtp') return;
          found.set(stat.id, {
            bytes: stat.bytesReceived,
            kind: stat.kind,
            screen: screens.includes(stat.trackIdentifier),
          });
        });
      }
      return found;
    };
    const before = await read();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const growing = [...(await read())].filter(([id, { bytes }]) => bytes > (before.get(id)?.bytes ?? 0) + 500);
    const count = (kind: string, screen: boolean): number =>
      growing.filter(([, one]) => one.kind === kind && one.screen === screen).length;
    return { pictures: count('video', false), screens: count('video', true), voices: count('audio', false) };
  });
}

/** The size in which someone's camera or screen is decoded here now; null while it is not shown. */
export async function pictureOf(
  page: Page,
  personId: string,
  source: 'camera' | 'screen' = 'camera',
): Promise<{ width: number; height: number } | null> {
  return page.evaluate(
    ([id, wanted]) => {
      const video = [...document.querySelectorAll<HTMLVideoElement>(`video[data-person="${id}"]`)].find(
        ({ dataset }) => (dataset['source'] ?? 'camera') === wanted,
      );
      return video === undefined ? null : { width: video.videoWidth, height: video.videoHeight };
    },
    [personId, source] as const,
  );
}

/** How loud someone is played here, their volume included: the loudest moment of two and a half seconds, 0 to 1. */
export async function playedLevel(
  page: Page,
  personId: string,
  source: 'microphone' | 'screen' = 'microphone',
): Promise<number> {
  return page.evaluate(
    async ([id, wanted]) => {
      const element = document.querySelector<HTMLAudioElement>(`audio[data-person="${id}"][data-source="${wanted}"]`);
      const stream = element?.srcObject;
      if (!(stream instanceof MediaStream)) return 0;
      const context = new AudioContext();
      await context.resume();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(stream).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      let most = 0;
      const end = performance.now() + 2_500;
      while (performance.now() < end) {
        analyser.getFloatTimeDomainData(samples);
        for (const sample of samples) most = Math.max(most, Math.abs(sample));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await context.close();
      return most * (element?.volume ?? 0);
    },
    [personId, source] as const,
  );
}

/** How many layers of the camera leave this page: those of which bytes went within a second and a half. */
export async function sentLayers(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { connections = [] } = globalThis as { connections?: RTCPeerConnection[] };
    const read = async (): Promise<Map<string, number>> => {
      const found = new Map<string, number>();
      for (const connection of connections.filter((one) => one.connectionState !== 'closed'))
        (await connection.getStats()).forEach((stat) => {
          if (stat.type === 'outbound-rtp' && stat.kind === 'video') found.set(stat.id, stat.bytesSent);
        });
      return found;
    };
    const before = await read();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return [...(await read())].filter(([id, bytes]) => bytes > (before.get(id) ?? 0) + 500).length;
  });
}

/** What each page sends and receives, and why not more of it: said when a test of media fails. */
export async function mediaOf(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const { connections = [] } = globalThis as { connections?: RTCPeerConnection[] };
    const said: unknown[] = [document.querySelector('[data-saving]')?.getAttribute('data-saving') ?? 'no room'];
    const wanted = [
      ['availableOutgoingBitrate', 'currentRoundTripTime'],
      ['kind', 'rid', 'frameWidth', 'framesPerSecond', 'qualityLimitationReason', 'targetBitrate', 'active'],
      ['kind', 'trackIdentifier', 'frameWidth', 'framesPerSecond', 'packetsReceived', 'packetsLost', 'freezeCount'],
      ['kind', 'packetsLost', 'fractionLost', 'roundTripTime'],
    ] as const;
    const types = ['candidate-pair', 'outbound-rtp', 'inbound-rtp', 'remote-inbound-rtp'];
    for (const connection of connections.filter((one) => one.connectionState !== 'closed'))
      (await connection.getStats()).forEach((stat: Record<string, unknown>) => {
        const keys = wanted[types.indexOf(String(stat['type']))];
        if (keys === undefined || stat['nominated'] === false) return;
        said.push(Object.fromEntries([['type', stat['type']], ...keys.map((key) => [key, stat[key]])]));
      });
    return said;
  });
}
