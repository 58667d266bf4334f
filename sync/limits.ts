/** Every bound of the server in one place; tests narrow them. Bytes and wall milliseconds. */
export interface Limits {
  /** Between two frames of a room; the first after a pause goes at once. */
  readonly tickMs: number;
  /** Between two statements that store; the first after a pause goes at once. What gathers is one row a person. */
  readonly storeMs: number;
  /** How long another process may take to store what it said; then this one does. */
  readonly earlyMs: number;
  /** Between two frames of pointers; they come after the strokes and make no frame of strokes wait. */
  readonly cursorsMs: number;
  /** The largest message a socket may send. */
  readonly messageBytes: number;
  /** Frames in which one message may come. */
  readonly messagePieces: number;
  /** Sustained and at once, a socket, pings among them; beyond it is closed with 1008. */
  readonly messagesPerSecond: number;
  readonly messagesAtOnce: number;
  readonly bytesPerSecond: number;
  readonly bytesAtOnce: number;
  /** What may wait to be written to one socket; beyond it the socket is dropped, and syncs anew when it comes back. */
  readonly queueBytes: number;
  /** With more than this waiting, a socket gets no pointers: the next ones say all that these said. */
  readonly cursorQueueBytes: number;
  /** Updates of one socket that wait for something they build on. */
  readonly heldBytes: number;
  readonly heldMs: number;
  /** How long a stroke that only a peer brings back waits for its author. */
  readonly orphanMs: number;
  /** Accepted and not yet stored, all rooms together; beyond it new updates are sent away. */
  readonly unstoredBytes: number;
  /** Updates of one document since it began; then it can only be read. */
  readonly documentBytes: number;
  /** Yjs client ids that one socket may bring along unasked. */
  readonly claimsPerSocket: number;
  readonly socketsPerRoom: number;
  readonly sockets: number;
  /** How long an open socket outlives its ticket, so that a page can fetch the next one in peace. */
  readonly ticketGraceMs: number;
  /** A socket that heard nothing for so long gets an empty message: our page gives up after 9 s, stock clients after 30 s. */
  readonly keepAliveMs: number;
  /** A socket that said nothing for so long is asked whether it is there. */
  readonly pingEveryMs: number;
  /** A socket that answered two such questions with nothing, and said nothing for so long, is gone. */
  readonly deadAfterMs: number;
  /** How long a room outlives its last socket. */
  readonly lingerMs: number;
  /** Between two looks at what time has brought: tickets, silence, the database's heads. */
  readonly sweepMs: number;
  /** After so many stored updates the room's state is written down whole, so that it loads quickly. */
  readonly snapshotEvery: number;
  /** After so many stored updates such a state is kept for good, so that any moment is a state and a short tail. */
  readonly checkpointEvery: number;
  /** Between what is written in a conversation and the look at who has not seen it. Longer than pages take to say so. */
  readonly addressedMs: number;
  /** Between two looks for lessons that are over and have no compact copy. */
  readonly copiesEveryMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  tickMs: 16,
  storeMs: 50,
  earlyMs: 2_000,
  cursorsMs: 50,
  messageBytes: 4 * 1024 * 1024,
  messagePieces: 1_024,
  messagesPerSecond: 300,
  messagesAtOnce: 900,
  bytesPerSecond: 512 * 1024,
  bytesAtOnce: 8 * 1024 * 1024,
  queueBytes: 1024 * 1024,
  cursorQueueBytes: 16 * 1024,
  heldBytes: 256 * 1024,
  heldMs: 60_000,
  orphanMs: 10_000,
  unstoredBytes: 64 * 1024 * 1024,
  documentBytes: 128 * 1024 * 1024,
  claimsPerSocket: 32,
  socketsPerRoom: 500,
  sockets: 10_000,
  ticketGraceMs: 60_000,
  keepAliveMs: 4_000,
  pingEveryMs: 3_000,
  deadAfterMs: 9_000,
  lingerMs: 10_000,
  sweepMs: 500,
  snapshotEvery: 2_000,
  checkpointEvery: 2_000,
  addressedMs: 5_000,
  copiesEveryMs: 60_000,
};
