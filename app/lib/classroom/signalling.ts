/** One signalling connection. It never reconnects by itself: the room decides when, and with which ticket. */
import { io, type Socket } from 'socket.io-client';
import {
  isFinalClose,
  type Answer,
  type Answers,
  type ClientType,
  type CloseReason,
  type DataOf,
  type ServerDataOf,
  type ServerType,
} from '#sfu/signalling/protocol.ts';

const CONNECT_MS = 8_000;
const ANSWER_MS = 8_000;

/** The handshake or an answer did not come; the message is the server's code where it gave one. */
export class SignallingError extends Error {}

/** The server carried a message out with "no". */
export class RefusedError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class Signalling {
  readonly #socket: Socket;
  #closed: CloseReason | null = null;
  #told = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('closed', ({ reason }) => {
      this.#closed = reason;
    });
  }

  /** Resolves with the server's `welcome`. */
  static async open(
    url: string,
    path: string,
    ticket: string,
  ): Promise<{ signalling: Signalling; welcome: ServerDataOf<'welcome'> }> {
    const socket: Socket = io(url, {
      path,
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_MS,
    });
    const signalling = new Signalling(socket);
    const welcome = await new Promise<ServerDataOf<'welcome'>>((resolve, reject) => {
      const timer = setTimeout(() => fail('timeout'), CONNECT_MS);
      const fail = (message: string): void => {
        clearTimeout(timer);
        socket.disconnect();
        reject(new SignallingError(message));
      };
      socket.once('welcome', (data) => {
        clearTimeout(timer);
        resolve(data);
      });
      socket.once('connect_error', (error) => fail(error.message));
      socket.once('disconnect', () => fail('disconnected'));
    });
    return { signalling, welcome };
  }

  get open(): boolean {
    return this.#socket.connected;
  }

  on<T extends ServerType>(type: T, listener: (data: ServerDataOf<T>) => void): void {
    this.#socket.on<string>(type, listener);
  }

  /** Waits at the door until a host opens it. Rejects when the connection is gone: with the server's reason if that is final. */
  admitted(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onLost = (): void => {
        this.#socket.off('admitted', onAdmitted);
        const reason = this.#closed;
        reject(reason !== null && isFinalClose(reason) ? new RefusedError(reason, '') : new SignallingError('lost'));
      };
      const onAdmitted = (): void => {
        this.#socket.off('disconnect', onLost);
        resolve();
      };
      this.#socket.once('admitted', onAdmitted);
      this.#socket.once('disconnect', onLost);
    });
  }

  /** Once, when the connection is gone; with the server's reason if it gave one. Not after `close`. */
  onLost(listener: (reason: CloseReason | null) => void): void {
    this.#socket.on('disconnect', () => {
      if (this.#told) return;
      this.#told = true;
      listener(this.#closed);
    });
  }

  /** @throws RefusedError when the server says no, SignallingError when it does not answer. */
  async ask<T extends ClientType>(type: T, data: DataOf<T>): Promise<Answers[T]> {
    let answer: Answer<Answers[T]>;
    try {
      answer = await this.#socket.timeout(ANSWER_MS).emitWithAck(type, data);
    } catch (error) {
      throw new SignallingError(error instanceof Error ? error.message : 'no answer');
    }
    if (!answer.ok) throw new RefusedError(answer.code, answer.message);
    return answer.data;
  }

  close(): void {
    this.#told = true;
    this.#socket.disconnect();
  }
}
