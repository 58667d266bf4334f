/** The media server's signalling, rooms and worker in a process of their own, with a lesson that says yes to everybody. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startFixture } from '#sfu/testing/fixture.server.ts';
import { freePort } from '../../tests/support/free-port.ts';

const mediaPort = await freePort();
const fixture = await startFixture({ workers: 1, mediaPort, graceMs: 10_000, watchEveryMs: 5_000 });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

process.on('message', (asked) => {
  if (asked === 'reset') delay.reset();
  // The histogram counts its own interval with the delay.
  else if (asked === 'delay') process.send?.({ p99: delay.percentile(99) / 1e6 - 5, max: delay.max / 1e6 - 5 });
});
process.send?.({ url: fixture.url, mediaPort });
