/** Numbers and bytes in lib0's encoding, into one buffer that grows. */
export class Writer {
  private bytes = Buffer.allocUnsafe(128);
  private at = 0;

  byte(value: number): this {
    this.reserve(1);
    this.bytes[this.at] = value;
    this.at += 1;
    return this;
  }

  varUint(value: number): this {
    this.reserve(8);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.at] = (rest % 128) | 128;
      this.at += 1;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at] = rest;
    this.at += 1;
    return this;
  }

  /** The bytes as they are, without a length. */
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  varBytes(bytes: Uint8Array): this {
    return this.varUint(bytes.length).raw(bytes);
  }

  varString(text: string): this {
    return this.varBytes(Buffer.from(text, 'utf8'));
  }

  /** What was written; nothing more is. */
  finish(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  private reserve(count: number): void {
    const wanted = this.at + count;
    if (wanted <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }
}
