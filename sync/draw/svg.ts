/** The board as an SVG file: a 2D context that writes down what is drawn on it. Colours must be `#rrggbb`. */
import type { Matrix } from '../documents/changes.ts';
import type { Size } from './camera.ts';
import { isEmbedded } from './image.ts';
import type { Context2D } from './item.ts';
import { IDENTITY, multiply } from './matrix.ts';

const escaped = (text: string): string =>
  // Control characters have no place in XML, whatever was pasted.
  [...text]
    .filter((char) => char >= ' ' || char === '\t')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
/** Some at a time: arguments of a call are bounded. */
const AT_ONCE = 24_576;
function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE)));
  return text;
}
const short = (value: number): string => String(Math.round(value * 100) / 100);

export class SvgContext implements Context2D {
  fillStyle: unknown = '#000000';
  strokeStyle: unknown = '#000000';
  lineWidth = 1;
  lineCap: 'butt' | 'round' | 'square' = 'butt';
  lineJoin: 'bevel' | 'miter' | 'round' = 'miter';
  globalAlpha = 1;
  font = '';
  private dashes = '';
  private readonly measure: (text: string, size: number) => number;
  private matrix: Matrix = IDENTITY;
  private readonly saved: Matrix[] = [];
  private readonly parts: string[] = [];
  private d: string[] = [];

  /** @param measure the width of words, so that they fill the same space in whatever font there is. */
  constructor(measure: (text: string, size: number) => number) {
    this.measure = measure;
  }

  setTransform(...matrix: [number, number, number, number, number, number]): void {
    this.matrix = matrix;
  }
  transform(...matrix: [number, number, number, number, number, number]): void {
    this.matrix = multiply(this.matrix, matrix);
  }
  save(): void {
    this.saved.push(this.matrix);
  }
  restore(): void {
    this.matrix = this.saved.pop() ?? this.matrix;
  }
  setLineDash(segments: number[]): void {
    this.dashes = segments.length === 0 ? '' : ` stroke-dasharray="${segments.map(short).join(' ')}"`;
  }
  beginPath(): void {
    this.d = [];
  }
  moveTo(x: number, y: number): void {
    this.d.push(`M${short(x)} ${short(y)}`);
  }
  lineTo(x: number, y: number): void {
    this.d.push(`L${short(x)} ${short(y)}`);
  }
  quadraticCurveTo(...to: [number, number, number, number]): void {
    this.d.push(`Q${to.map(short).join(' ')}`);
  }
  bezierCurveTo(...to: [number, number, number, number, number, number]): void {
    this.d.push(`C${to.map(short).join(' ')}`);
  }
  /** Whole circles only: nothing else is drawn. */
  arc(x: number, y: number, radius: number): void {
    const r = short(radius);
    const [left, right] = [short(x - radius), short(x + radius)];
    this.d.push(`M${right} ${short(y)}A${r} ${r} 0 1 1 ${left} ${short(y)}A${r} ${r} 0 1 1 ${right} ${short(y)}`);
  }
  closePath(): void {
    this.d.push('Z');
  }
  fill(): void {
    if (this.d.length > 0) this.put(`<path d="${this.d.join('')}" fill="${this.colour(this.fillStyle)}"`);
  }
  stroke(): void {
    if (this.d.length === 0) return;
    this.put(
      `<path d="${this.d.join('')}" fill="none" stroke="${this.colour(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}" stroke-linecap="${this.lineCap}" stroke-linejoin="${this.lineJoin}"${this.dashes}`,
    );
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.put(
      `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${this.colour(this.fillStyle)}"`,
    );
  }
  /** There is nothing below. */
  clearRect(): void {}
  fillText(text: string, x: number, y: number): void {
    const [size = '16px', ...family] = this.font.split(' ');
    const font = `font-size="${escaped(size)}" font-family="${escaped(family.join(' '))}"`;
    const width = short(this.measure(text, Number.parseFloat(size)));
    const fits = `textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
    const start = `<text x="${short(x)}" y="${short(y)}" ${font} ${fits} xml:space="preserve" fill="${this.colour(this.fillStyle)}"`;
    this.parts.push(`${start}${this.place()}>${escaped(text)}</text>`);
  }

  /** Only what is embedded: an SVG file fetches nothing. */
  drawImage(picture: object, x: number, y: number, width: number, height: number): void {
    if (!isEmbedded(picture)) return;
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.put(`<image ${place} preserveAspectRatio="none" href="data:${picture.type};base64,${base64(picture.bytes)}"`);
  }

  /** The whole file. */
  toString({ width, height }: Size): string {
    const [w, h] = [short(width), short(height)];
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">\n${this.parts.join('\n')}\n</svg>\n`;
  }

  private put(start: string): void {
    const alpha = this.globalAlpha === 1 ? '' : ` opacity="${short(this.globalAlpha)}"`;
    this.parts.push(`${start}${alpha}${this.place()}/>`);
  }
  private place(): string {
    return this.matrix.every((value, i) => value === IDENTITY[i])
      ? ''
      : ` transform="matrix(${this.matrix.map((value) => String(Math.round(value * 1e5) / 1e5)).join(' ')})"`;
  }
  private colour(style: unknown): string {
    return typeof style === 'string' && /^#[0-9a-f]{6}$/.test(style) ? style : '#000000';
  }
}
