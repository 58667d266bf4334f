/**
 * A place to which packets may be sent that nobody reads: a process that opens a socket, says its port, and stands still.
 * What a room of fifty sends cannot all be read on the machine that measures it.
 */
import { createSocket } from 'node:dgram';

const socket = createSocket({ type: 'udp4', recvBufferSize: 4_096 });
socket.bind(0, '127.0.0.1', () => {
  process.stdout.write(`${socket.address().port}\n`, () => process.kill(process.pid, 'SIGSTOP'));
});
