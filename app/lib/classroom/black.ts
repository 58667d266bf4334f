/** Whether a camera gives a black picture: a closed cover, or a driver that lost its device. */

/** Enough to tell black from dark. */
const [WIDE, TALL] = [16, 12];
/** Of 255: noise of a covered lens stays below, a dark room with a screen in it lies above. */
const BLACK = 12;

/** The brightest of a small picture of the track's current frame, 0 to 255; null while there is none. */
export class Brightness {
  private video: HTMLVideoElement | null = null;
  private track: MediaStreamTrack | null = null;

  of(track: MediaStreamTrack | null): number | null {
    if (track !== this.track) this.follow(track);
    const { video } = this;
    // Without a frame the canvas stays empty, which is no black picture.
    if (!video || video.videoWidth === 0 || video.readyState < 2 || video.paused) return null;
    const canvas = document.createElement('canvas');
    canvas.width = WIDE;
    canvas.height = TALL;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) return null;
    context.drawImage(video, 0, 0, WIDE, TALL);
    const { data } = context.getImageData(0, 0, WIDE, TALL);
    let most = 0;
    for (let i = 0; i < data.length; i += 4) most = Math.max(most, data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0);
    return most;
  }

  private follow(track: MediaStreamTrack | null): void {
    if (this.video) this.video.srcObject = null;
    this.video = null;
    this.track = track;
    if (!track) return;
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    // A picture that does not start is none, and of none nothing is said.
    video.play().catch(() => undefined);
    this.video = video;
  }
}

export const isBlack = (brightest: number | null): boolean => brightest !== null && brightest < BLACK;
