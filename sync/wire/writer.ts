/** Numbers and bytes in lib0's encoding. */
export class Writer {
  private readonly parts: Uint8Array[] = [];
  private open: number[] = [];

  byte(value: number): this {
    this.open.push(value);
    return this;
  }

  varUint(value: number): this {
    let rest = value;
    while (rest > 127) {
      this.open.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.open.push(rest);
    return this;
  }

  /** The bytes as they are, without a length. */
  raw(bytes: Uint8Array): this {
    this.close();
    this.parts.push(bytes);
    return this;
  }

  varBytes(bytes: Uint8Array): this {
    return this.varUint(bytes.length).raw(bytes);
  }

  varString(text: string): this {
    return this.varBytes(Buffer.from(text, 'utf8'));
  }

  finish(): Buffer {
    this.close();
    return Buffer.concat(this.parts);
  }

  private close(): void {
    if (this.open.length === 0) return;
    this.parts.push(Uint8Array.from(this.open));
    this.open = [];
  }
}
