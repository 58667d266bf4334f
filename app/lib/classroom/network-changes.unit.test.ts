import { describe, expect, it } from 'vitest';
import { onNetworkChange } from './network-changes.ts';

class Connection extends EventTarget {
  type = 'wifi';
  turn(type: string): void {
    this.type = type;
    this.dispatchEvent(new Event('change'));
  }
}

function listening() {
  const page = new EventTarget();
  const connection = new Connection();
  let told = 0;
  const stop = onNetworkChange(() => (told += 1), page, connection);
  return { page, connection, stop, told: () => told };
}

describe('a change of network', () => {
  it('is told when the device is online again', () => {
    const { page, told } = listening();
    page.dispatchEvent(new Event('online'));
    expect(told()).toBe(1);
  });

  it('is told when it goes by another kind of network, and not when the same one is guessed anew or lost', () => {
    const { connection, told } = listening();
    connection.turn('wifi');
    expect(told()).toBe(0);
    connection.turn('cellular');
    expect(told()).toBe(1);
    connection.turn('none');
    expect(told()).toBe(1);
    connection.turn('wifi');
    expect(told()).toBe(2);
  });

  it('is told no more after the end, and browsers that know no kinds are no trouble', () => {
    const { page, connection, stop, told } = listening();
    stop();
    page.dispatchEvent(new Event('online'));
    connection.turn('cellular');
    expect(told()).toBe(0);
    onNetworkChange(() => undefined, page, undefined)();
  });
});
