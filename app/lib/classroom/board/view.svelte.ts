/** Where this viewer looks. Until they move, the board keeps itself whole in the window. */
import {
  FRAME,
  MOST_ZOOM,
  around,
  boxOfScreen,
  fit,
  panBy,
  toBoard,
  zoomAt,
  type Box,
  type Camera,
  type Size,
} from '#sync/draw/camera.ts';

/** CSS pixels between the window's edge and what is fitted into it. */
const MARGIN = 32;
const ZOOM_STEP = 1.25;

export class View {
  camera: Camera = $state.raw({ x: 0, y: 0, zoom: 1 });
  /** Nobody has moved it. */
  whole = $state(true);
  /** The viewer may not move it: somebody else does. */
  held = false;
  /** Called when the viewer moves it. */
  onMove: () => void = () => undefined;
  private shown: Box | null = null;
  private screen: Size = { width: 0, height: 0 };

  resize(screen: Size, extent: Box | null): void {
    const before = this.screen;
    this.screen = screen;
    if (this.shown) this.show(this.shown);
    else if (this.whole) this.fit(extent);
    // Whoever moved keeps what they look at in the middle.
    else if (before.width > 0)
      this.camera = panBy(this.camera, (screen.width - before.width) / 2, (screen.height - before.height) / 2);
  }

  /** What is seen of the board. */
  get box(): Box {
    return boxOfScreen(this.camera, this.screen);
  }

  /** What this viewer looked at before. */
  restore(camera: Camera): void {
    this.camera = camera;
    this.whole = false;
  }

  /** Keeps a part of the board in the window, however large that is; null lets go. */
  show(box: Box | null): void {
    this.shown = box;
    if (!box || this.screen.width === 0) return;
    this.camera = fit(box, this.screen, 0, MOST_ZOOM);
    this.whole = false;
  }

  /** Shows everything that is drawn, and at least the frame that all screens share. */
  fit(extent: Box | null): void {
    const frame = fit(FRAME, this.screen, 0);
    const shown = {
      left: frame.x,
      top: frame.y,
      right: frame.x + this.screen.width / frame.zoom,
      bottom: frame.y + this.screen.height / frame.zoom,
    };
    const inside =
      !extent ||
      (extent.left >= shown.left &&
        extent.right <= shown.right &&
        extent.top >= shown.top &&
        extent.bottom <= shown.bottom);
    const camera = inside ? frame : fit(around(FRAME, extent), this.screen, MARGIN);
    const { x, y, zoom } = this.camera;
    // The same again would be painted again.
    if (camera.x !== x || camera.y !== y || camera.zoom !== zoom) this.camera = camera;
    this.whole = true;
  }

  /** Logical coordinates of the window's middle. */
  get middle(): { x: number; y: number } {
    return toBoard(this.camera, this.screen.width / 2, this.screen.height / 2);
  }

  pan(dx: number, dy: number): void {
    if (!this.moves()) return;
    this.camera = panBy(this.camera, dx, dy);
    this.whole = false;
  }

  zoom(factor: number, x = this.screen.width / 2, y = this.screen.height / 2): void {
    if (!this.moves()) return;
    this.camera = zoomAt(this.camera, this.camera.zoom * factor, x, y);
    this.whole = false;
  }

  /** Whether the viewer may move it now; and whoever does goes their own way. */
  moves(): boolean {
    if (this.held) return false;
    this.shown = null;
    this.onMove();
    return true;
  }

  zoomIn(): void {
    this.zoom(ZOOM_STEP);
  }

  zoomOut(): void {
    this.zoom(1 / ZOOM_STEP);
  }
}
