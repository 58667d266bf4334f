import {
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ExpectedRevision } from '../event-store.ts';
import { before, type EsdbLog, type LogRecord, type Proposed, type Written } from './esdb-log.ts';
import { failure, identifierOf, nameOf, passes, proposedOf, readEvent } from './esdb-messages.ts';
import type { Front } from './esdb-front.ts';

/** How many records a filtered subscription looks at between two checkpoints, times the client's multiplier. */
const SEARCH_WINDOW = 32;

interface ExpectedMessage {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

const expectedOf = (options: ExpectedMessage | undefined, revision: () => string): ExpectedRevision => {
  if (options === undefined || options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  return options.hasStreamExists() ? 'stream-exists' : Number(revision());
};

/** `Streams`: both ways to append, reading, and subscriptions to $all. */
export function streamsService(log: EsdbLog, front: Front): IStreamsServer {
  return {
    read(call) {
      void front.answering(call, async () => {
        const options = call.request.getOptions();
        if (options === undefined) throw failure(status.INVALID_ARGUMENT, 'no options');
        if (options.hasSubscription()) await subscribe(call, options);
        else if (options.hasStream()) await readStream(call, options);
        else await readAll(call, options);
        call.end();
      });
    },

    append(call, answer) {
      void front.answering(call, async () => collectAppend(call, answer));
    },

    batchAppend(call) {
      void front.answering(call, async () => batchAppend(call));
    },

    delete(_call, answer) {
      answer(failure(status.UNIMPLEMENTED, 'not in this server'));
    },
    tombstone(_call, answer) {
      answer(failure(status.UNIMPLEMENTED, 'not in this server'));
    },
  };

  function collectAppend(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void {
    let options: AppendReq.Options | undefined;
    const proposed: Proposed[] = [];
    call.on('data', (request: AppendReq) => {
      options ??= request.getOptions();
      const message = request.getProposedMessage();
      if (message) proposed.push(proposedOf(message));
    });
    call.on('end', () => {
      const stream = nameOf(options?.getStreamIdentifier());
      front.calls.append += 1;
      if (proposed.some(({ type }) => type === '')) {
        answer(failure(status.INVALID_ARGUMENT, 'an event without a type'));
        return;
      }
      if (log.tombstones.has(stream)) {
        answer(failure(status.FAILED_PRECONDITION, 'deleted', { exception: 'stream-deleted', 'stream-name': stream }));
        return;
      }
      const written = log.append(
        stream,
        expectedOf(options, () => options?.getRevision() ?? '0'),
        proposed,
      );
      const lost = front.loseReply();
      if (lost === 'silently') return;
      if (lost === 'broken') {
        answer(failure(status.UNAVAILABLE, 'the connection broke'));
        return;
      }
      if (front.faults.lateMs === 0) answer(null, appendResponse(written));
      else setTimeout(() => answer(null, appendResponse(written)), front.faults.lateMs);
    });
  }

  function batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    const open = new Map<string, { options: BatchAppendReq.Options; proposed: Proposed[] }>();
    call.on('data', (request: BatchAppendReq) => {
      const key = request.getCorrelationId()?.getString() ?? '';
      const options = request.getOptions();
      if (options) open.set(key, { options, proposed: [] });
      const append = open.get(key);
      if (!append) return;
      append.proposed.push(...request.getProposedMessagesList().map(proposedOf));
      if (!request.getIsFinal()) return;
      open.delete(key);
      front.calls.batchAppend += 1;
      const stream = nameOf(append.options.getStreamIdentifier());
      const expected = expectedOf(append.options, () => append.options.getStreamPosition());
      const written = log.append(stream, expected, append.proposed);
      const lost = front.loseReply();
      if (lost === 'silently') return;
      if (lost === 'broken') {
        call.emit('error', failure(status.UNAVAILABLE, 'the connection broke'));
        return;
      }
      const response = batchResponse(written);
      response.setCorrelationId(request.getCorrelationId());
      response.setStreamIdentifier(identifierOf(stream));
      if (front.faults.lateMs === 0) call.write(response);
      else setTimeout(() => call.write(response), front.faults.lateMs);
    });
    call.on('end', () => call.end());
  }

  async function readStream(call: ServerWritableStream<ReadReq, ReadResp>, options: ReadReq.Options): Promise<void> {
    const wanted = options.getStream();
    const stream = nameOf(wanted?.getStreamIdentifier());
    const records = log.stream(stream);
    if (records.length === 0) {
      const response = new streamsPb.ReadResp();
      const missing = new streamsPb.ReadResp.StreamNotFound();
      missing.setStreamIdentifier(identifierOf(stream));
      response.setStreamNotFound(missing);
      call.write(response);
      return;
    }
    const exact = wanted?.hasRevision() ? Number(wanted.getRevision()) : null;
    const forwards = options.getReadDirection() === 0;
    const found = forwards
      ? records.filter((record) => record.revision >= (exact ?? 0))
      : records.filter((record) => exact === null || record.revision <= exact).reverse();
    for (const record of found.slice(0, Number(options.getCount()))) {
      const [revision, target] = Buffer.from(record.data).toString('utf8').split('@');
      const isLink = options.getResolveLinks() && record.type === '$>' && target !== undefined;
      const event = isLink ? log.stream(target).find((other) => other.revision === Number(revision)) : record;
      await front.write(call, isLink ? readEvent(event, record) : readEvent(event));
    }
  }

  async function readAll(call: ServerWritableStream<ReadReq, ReadResp>, options: ReadReq.Options): Promise<void> {
    const at = positionOf(options);
    const forwards = options.getReadDirection() === 0;
    // As the server does: forwards from the position on, backwards from before it.
    const found = forwards
      ? log.records.filter((record) => at === null || !before(record, at))
      : log.records.filter((record) => at === null || before(record, at)).reverse();
    for (const record of found.slice(0, Number(options.getCount()))) await front.write(call, readEvent(record));
  }

  async function subscribe(call: ServerWritableStream<ReadReq, ReadResp>, options: ReadReq.Options): Promise<void> {
    const confirmation = new streamsPb.ReadResp();
    confirmation.setConfirmation(new streamsPb.ReadResp.SubscriptionConfirmation());
    call.write(confirmation);
    const filter = options.getFilter();
    const lets = passes(filter);
    const window = SEARCH_WINDOW * (filter?.getCheckpointintervalmultiplier() ?? 1);
    const at = positionOf(options);
    front.subscribedFrom.push(at?.commit ?? null);
    let next = at === null ? 0 : log.records.findIndex((record) => before({ ...record, ...at }, record));
    if (options.getAll()?.hasEnd() || next < 0) next = log.records.length;
    let looked = 0;
    let live = false;
    while (!call.cancelled && !call.destroyed) {
      const record = front.faults.muteSubscriptions ? undefined : log.records[next];
      if (record === undefined) {
        if (!live && !front.faults.muteSubscriptions && front.faults.sendsCaughtUp) {
          const caughtUp = new streamsPb.ReadResp();
          caughtUp.setCaughtUp(new streamsPb.ReadResp.CaughtUp());
          call.write(caughtUp);
        }
        live = true;
        await front.moved(call);
        continue;
      }
      next += 1;
      looked += 1;
      if (lets(record)) await front.write(call, readEvent(record));
      if (filter && looked % window === 0) await front.write(call, checkpoint(record));
    }
  }
}

function positionOf(options: ReadReq.Options): { commit: bigint; prepare: bigint } | null {
  const position = options.getAll()?.getPosition();
  if (!position) return null;
  return { commit: BigInt(position.getCommitPosition()), prepare: BigInt(position.getPreparePosition()) };
}

function checkpoint(record: LogRecord): ReadResp {
  const response = new streamsPb.ReadResp();
  const message = new streamsPb.ReadResp.Checkpoint();
  message.setCommitPosition(record.commit.toString());
  message.setPreparePosition(record.prepare.toString());
  response.setCheckpoint(message);
  return response;
}

function appendResponse(written: Written): AppendResp {
  const { AppendResp } = streamsPb;
  const response = new AppendResp();
  if (written.kind === 'wrong') {
    const wrong = new AppendResp.WrongExpectedVersion();
    if (written.actual < 0) wrong.setCurrentNoStream(new sharedPb.Empty());
    else wrong.setCurrentRevision(String(written.actual));
    response.setWrongExpectedVersion(wrong);
    return response;
  }
  const success = new AppendResp.Success();
  success.setCurrentRevision(String(written.revision));
  if (written.last) {
    const position = new AppendResp.Position();
    position.setCommitPosition(written.last.commit.toString());
    position.setPreparePosition(written.last.prepare.toString());
    success.setPosition(position);
  }
  response.setSuccess(success);
  return response;
}

function batchResponse(written: Written): BatchAppendResp {
  const response = new streamsPb.BatchAppendResp();
  if (written.kind === 'wrong') {
    const wrong = new sharedPb.WrongExpectedVersion();
    if (written.actual < 0) wrong.setCurrentNoStream(new emptyPb.Empty());
    else wrong.setCurrentStreamRevision(String(written.actual));
    const details = new anyPb.Any();
    details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
    const error = new statusPb.Status();
    error.setMessage('wrong expected version');
    error.setDetails(details);
    response.setError(error);
    return response;
  }
  const success = new streamsPb.BatchAppendResp.Success();
  success.setCurrentRevision(String(written.revision));
  if (written.last) {
    const position = new sharedPb.AllStreamPosition();
    position.setCommitPosition(written.last.commit.toString());
    position.setPreparePosition(written.last.prepare.toString());
    success.setPosition(position);
  }
  response.setSuccess(success);
  return response;
}
