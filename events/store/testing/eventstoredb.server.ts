/**
 * A server that speaks EventStoreDB's wire protocol, built from the services that the real client was generated with,
 * over a log in memory. It proves the adapter and the wire; not a cluster, not TLS, not durability.
 */
import { Metadata, Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import persistentGrpc from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { NewEvent } from '../event-store.ts';
import { Front, type Faults } from './esdb-front.ts';
import { groupsService, type Groups } from './esdb-groups.ts';
import { EsdbLog } from './esdb-log.ts';
import { failure, identifierOf, uuid } from './esdb-messages.ts';
import { streamsService } from './esdb-streams.ts';

export interface TestEventStoreDb {
  readonly url: string;
  readonly port: number;
  readonly log: EsdbLog;
  readonly faults: Faults;
  readonly calls: Front['calls'];
  readonly authorizations: readonly string[];
  readonly subscribedFrom: readonly (bigint | null)[];
  /** Breaks every connection, as a crash does. The log stays. */
  stop(): void;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** Ends every open subscription and every batch stream with this status, or in peace. */
  dropStreams(how: 'cancelled' | 'unavailable' | 'ended'): void;
  /** An append of these events and a broken one, which the server refuses at the end. */
  brokenAppend(stream: string, events: readonly NewEvent[]): Promise<void>;
}

export interface ServerOptions {
  /**
   * What the server says it can do: everything; nothing, as GetSupportedMethods is unknown to old servers; or
   * everything but BatchAppend.
   */
  readonly abilities?: 'all' | 'unknown' | 'no-batch';
  readonly log?: EsdbLog;
}

export async function startTestEventStoreDb({
  abilities = 'all',
  log = new EsdbLog(),
}: ServerOptions = {}): Promise<TestEventStoreDb> {
  const groups: Groups = new Map();
  const front = new Front(log);
  const streams = streamsService(log, front);
  const persistent = groupsService(log, groups, front);
  const features: IServerFeaturesServer = {
    getSupportedMethods(_call, answer) {
      if (front.faults.hang) return;
      if (abilities === 'unknown') answer(failure(status.UNIMPLEMENTED, 'unknown'));
      else answer(null, supported(abilities === 'all'));
    },
  };
  let server: Server | undefined;
  let port = 0;

  async function start(): Promise<void> {
    server = new Server();
    server.addService(streamsGrpc.StreamsService, streams);
    server.addService(persistentGrpc.PersistentSubscriptionsService, persistent);
    server.addService(featuresGrpc.ServerFeaturesService, features);
    const bound = server;
    port = await new Promise<number>((resolve, reject) => {
      bound.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
        error ? reject(error) : resolve(at),
      );
    });
  }
  await start();

  return {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    log,
    faults: front.faults,
    calls: front.calls,
    authorizations: front.authorizations,
    subscribedFrom: front.subscribedFrom,
    start,
    stop() {
      server?.forceShutdown();
      server = undefined;
    },
    dropStreams(how) {
      for (const call of [...front.open]) {
        if (how === 'ended') call.end?.();
        else {
          const code = how === 'cancelled' ? status.CANCELLED : status.UNAVAILABLE;
          call.emit('error', failure(code, `dropped by the server: ${how}`));
        }
      }
    },
    brokenAppend: (stream, events) => brokenAppend(port, stream, events),
  };
}

function supported(batch: boolean): InstanceType<typeof featuresPb.SupportedMethods> {
  const methods = new featuresPb.SupportedMethods();
  methods.setEventStoreServerVersion('23.10.0');
  const add = (service: string, name: string, features: string[]): void => {
    const method = new featuresPb.SupportedMethod();
    method.setServiceName(service);
    method.setMethodName(name);
    method.setFeaturesList(features);
    methods.addMethods(method);
  };
  if (batch) add('event_store.client.streams.streams', 'batchappend', []);
  for (const name of ['create', 'read', 'replayparked']) {
    add('event_store.client.persistent_subscriptions.persistentsubscriptions', name, ['stream', 'all']);
  }
  return methods;
}

async function brokenAppend(port: number, stream: string, events: readonly NewEvent[]): Promise<void> {
  const client = new streamsGrpc.StreamsClient(`127.0.0.1:${port}`, credentials.createInsecure());
  await new Promise<void>((resolve) => {
    const call = client.append(new Metadata(), () => resolve());
    const header = new streamsPb.AppendReq();
    const options = new streamsPb.AppendReq.Options();
    options.setStreamIdentifier(identifierOf(stream));
    options.setAny(new sharedPb.Empty());
    header.setOptions(options);
    call.write(header);
    for (const event of events) {
      const request = new streamsPb.AppendReq();
      const message = new streamsPb.AppendReq.ProposedMessage();
      message.setId(uuid(event.id));
      message.getMetadataMap().set('type', event.type);
      message.getMetadataMap().set('content-type', 'application/json');
      message.setData(Buffer.from(JSON.stringify(event.data)).toString('base64'));
      request.setProposedMessage(message);
      call.write(request);
    }
    const broken = new streamsPb.AppendReq();
    broken.setProposedMessage(new streamsPb.AppendReq.ProposedMessage());
    call.write(broken);
    call.end();
  });
  client.close();
}
