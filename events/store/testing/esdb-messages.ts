/** The messages of the wire, from the classes that the client itself generated. */
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import type { CreateReq } from '@eventstore/db-client/generated/persistent_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import type { StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { LogRecord, Proposed } from './esdb-log.ts';

export const uuid = (id: string): UUID => {
  const message = new sharedPb.UUID();
  message.setString(id);
  return message;
};

export const nameOf = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const identifierOf = (stream: string): StreamIdentifier => {
  const message = new sharedPb.StreamIdentifier();
  message.setStreamName(Buffer.from(stream).toString('base64'));
  return message;
};

interface ProposedMessage {
  getId(): UUID | undefined;
  getMetadataMap(): { get(key: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

export const proposedOf = (message: ProposedMessage): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  json: message.getMetadataMap().get('content-type') === 'application/json',
  data: message.getData_asU8(),
  meta: message.getCustomMetadata_asU8(),
});

function fill<
  M extends InstanceType<
    typeof streamsPb.ReadResp.ReadEvent.RecordedEvent | typeof persistentPb.ReadResp.ReadEvent.RecordedEvent
  >,
>(message: M, record: LogRecord): M {
  message.setId(uuid(record.id));
  message.setStreamIdentifier(identifierOf(record.stream));
  message.setStreamRevision(String(record.revision));
  message.setCommitPosition(record.commit.toString());
  message.setPreparePosition(record.prepare.toString());
  message.getMetadataMap().set('type', record.type);
  message.getMetadataMap().set('content-type', record.json ? 'application/json' : 'application/octet-stream');
  // Ticks of 100 ns.
  message.getMetadataMap().set('created', `${record.created}0000`);
  message.setData(record.data);
  message.setCustomMetadata(record.meta);
  return message;
}

/** `link` is the pointer, when `event` was found through one. */
export function readEvent(event: LogRecord | undefined, link?: LogRecord): InstanceType<typeof streamsPb.ReadResp> {
  const { ReadResp } = streamsPb;
  const response = new ReadResp();
  const read = new ReadResp.ReadEvent();
  if (event) read.setEvent(fill(new ReadResp.ReadEvent.RecordedEvent(), event));
  if (link) read.setLink(fill(new ReadResp.ReadEvent.RecordedEvent(), link));
  read.setCommitPosition(((link ?? event)?.commit ?? 0n).toString());
  response.setEvent(read);
  return response;
}

export function lentEvent(
  event: LogRecord,
  link: LogRecord | undefined,
  retryCount: number,
): InstanceType<typeof persistentPb.ReadResp> {
  const { ReadResp } = persistentPb;
  const response = new ReadResp();
  const read = new ReadResp.ReadEvent();
  read.setEvent(fill(new ReadResp.ReadEvent.RecordedEvent(), event));
  if (link) read.setLink(fill(new ReadResp.ReadEvent.RecordedEvent(), link));
  read.setCommitPosition(event.commit.toString());
  read.setRetryCount(retryCount);
  response.setEvent(read);
  return response;
}

type FilterMessage = ReadReq.Options.FilterOptions | CreateReq.AllOptions.FilterOptions;

/** Which records a filter lets through. */
export function passes(filter: FilterMessage | undefined): (record: LogRecord) => boolean {
  const byStream = filter?.getStreamIdentifier();
  const expression = byStream ?? filter?.getEventType();
  if (!expression) return () => true;
  const prefixes = expression.getPrefixList();
  const regex = expression.getRegex() === '' ? null : new RegExp(expression.getRegex());
  return (record) => {
    const text = byStream ? record.stream : record.type;
    return regex?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
  };
}

/** An error as a server sends it; `exception` is what the client recognises it by. */
export function failure(code: status, details: string, exception: Readonly<Record<string, string>> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(exception)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}
