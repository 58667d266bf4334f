/** Where a viewer looks: pure arithmetic between the board's logical pixels and the screen's CSS pixels. */
export interface Camera {
  /** Logical coordinates at the screen's top left corner. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels a logical pixel. */
  readonly zoom: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const LEAST_ZOOM = 0.1;
export const MOST_ZOOM = 8;

/** What everyone sees who has not moved: as large as a lesson's stage on a laptop, around the origin. */
export const FRAME: Box = { left: -400, top: -300, right: 400, bottom: 300 };

export const clampZoom = (zoom: number): number => Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom));

export const toBoard = (camera: Camera, x: number, y: number): { x: number; y: number } => ({
  x: camera.x + x / camera.zoom,
  y: camera.y + y / camera.zoom,
});

export const toScreen = (camera: Camera, x: number, y: number): { x: number; y: number } => ({
  x: (x - camera.x) * camera.zoom,
  y: (y - camera.y) * camera.zoom,
});

/** Moves by screen pixels. */
export const panBy = (camera: Camera, dx: number, dy: number): Camera => ({
  ...camera,
  x: camera.x - dx / camera.zoom,
  y: camera.y - dy / camera.zoom,
});

/** Zooms so that what lies under the screen point stays there. */
export function zoomAt(camera: Camera, zoom: number, x: number, y: number): Camera {
  const next = clampZoom(zoom);
  const held = toBoard(camera, x, y);
  return { x: held.x - x / next, y: held.y - y / next, zoom: next };
}

/** The camera that shows `box` whole and centred, never larger than `most`; near 1 it is exactly 1, for crisp lines. */
export function fit(box: Box, screen: Size, margin: number, most = 1): Camera {
  const width = Math.max(1, screen.width - 2 * margin);
  const height = Math.max(1, screen.height - 2 * margin);
  const whole = Math.min(width / Math.max(1, box.right - box.left), height / Math.max(1, box.bottom - box.top), most);
  const zoom = clampZoom(whole > 0.93 && whole < 1.07 ? 1 : whole);
  return {
    x: (box.left + box.right) / 2 - screen.width / 2 / zoom,
    y: (box.top + box.bottom) / 2 - screen.height / 2 / zoom,
    zoom,
  };
}

export const boxOfScreen = (camera: Camera, screen: Size): Box => ({
  left: camera.x,
  top: camera.y,
  right: camera.x + screen.width / camera.zoom,
  bottom: camera.y + screen.height / camera.zoom,
});

export const overlaps = (a: Box, b: Box): boolean =>
  a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;

export const around = (a: Box, b: Box): Box => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});
