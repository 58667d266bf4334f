import { randomUUID } from 'node:crypto';
import { status, type ServerDuplexStream } from '@grpc/grpc-js';
import persistentPb from '@eventstore/db-client/generated/persistent_pb.js';
import type { IPersistentSubscriptionsServer } from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import type { CreateReq, ReadReq, ReadResp } from '@eventstore/db-client/generated/persistent_pb.js';
import type { Front } from './esdb-front.ts';
import type { EsdbLog, LogRecord } from './esdb-log.ts';
import { failure, lentEvent, passes } from './esdb-messages.ts';

interface Message {
  readonly event: LogRecord;
  /** The pointer in the parked stream, for one that was replayed. */
  readonly link?: LogRecord;
  readonly retryCount: number;
}

interface Lent extends Message {
  readonly to: Consumer;
  readonly timer: NodeJS.Timeout;
}

interface Consumer {
  readonly call: ServerDuplexStream<ReadReq, ReadResp>;
  readonly slots: number;
  lent: number;
}

/** What the server keeps of a group; the log and this outlive the server in front of them. */
interface Group {
  readonly name: string;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  readonly lets: (record: LogRecord) => boolean;
  next: number;
  readonly waiting: Message[];
  readonly lent: Map<string, Lent>;
  consumers: Consumer[];
}

export type Groups = Map<string, Group>;

const idOf = (message: Message): string => (message.link ?? message.event).id;
const parkedStream = (group: Group): string => `$persistentsubscription-$all::${group.name}-parked`;

/** `PersistentSubscriptions` to $all: round robin, retries, parking, replay. */
export function groupsService(log: EsdbLog, groups: Groups, front: Front): IPersistentSubscriptionsServer {
  log.watch(() => {
    for (const group of groups.values()) dispatch(group);
  });

  function take(group: Group): Message | undefined {
    const waiting = group.waiting.shift();
    if (waiting) return waiting;
    for (;;) {
      const event = log.records[group.next];
      if (!event) return undefined;
      group.next += 1;
      if (group.lets(event)) return { event, retryCount: 0 };
    }
  }

  function dispatch(group: Group): void {
    for (;;) {
      const consumer = group.consumers.find((one) => one.lent < one.slots);
      if (!consumer) return;
      const message = take(group);
      if (!message) return;
      // Round robin: who was served goes to the end.
      group.consumers = [...group.consumers.filter((one) => one !== consumer), consumer];
      consumer.lent += 1;
      const timer = setTimeout(() => retry(group, idOf(message)), group.timeoutMs);
      group.lent.set(idOf(message), { ...message, to: consumer, timer });
      consumer.call.write(lentEvent(message.event, message.link, message.retryCount));
    }
  }

  function settle(group: Group, id: string): Lent | undefined {
    const lent = group.lent.get(id);
    if (!lent) return undefined;
    clearTimeout(lent.timer);
    group.lent.delete(id);
    lent.to.lent -= 1;
    return lent;
  }

  function park(group: Group, message: Message, reason: string): void {
    const { event } = message;
    const meta = { added: new Date().toISOString(), reason, subscriptionEventNumber: event.revision };
    log.write(parkedStream(group), {
      id: randomUUID(),
      type: '$>',
      json: false,
      data: Buffer.from(`${event.revision}@${event.stream}`),
      meta: Buffer.from(JSON.stringify(meta)),
    });
  }

  function retry(group: Group, id: string): void {
    const lent = settle(group, id);
    if (!lent) return;
    const { event, link, retryCount } = lent;
    if (retryCount >= group.maxRetries) park(group, lent, 'Maximum retry count reached');
    else group.waiting.push({ event, ...(link && { link }), retryCount: retryCount + 1 });
    dispatch(group);
  }

  function connect(group: Group, call: ServerDuplexStream<ReadReq, ReadResp>, slots: number): void {
    const consumer: Consumer = { call, slots, lent: 0 };
    const confirmation = new persistentPb.ReadResp();
    const message = new persistentPb.ReadResp.SubscriptionConfirmation();
    message.setSubscriptionId(randomUUID());
    confirmation.setSubscriptionConfirmation(message);
    call.write(confirmation);
    group.consumers.push(consumer);
    const leave = (): void => {
      group.consumers = group.consumers.filter((one) => one !== consumer);
      for (const [id, lent] of [...group.lent]) if (lent.to === consumer) retry(group, id);
    };
    call.on('cancelled', leave);
    call.on('error', leave);
    call.on('end', () => {
      leave();
      call.end();
    });
    dispatch(group);
  }

  const find = (name: string): Group => {
    const group = groups.get(name);
    if (group) return group;
    throw failure(status.NOT_FOUND, 'no such group', {
      exception: 'persistent-subscription-does-not-exist',
      'stream-name': '$all',
      'group-name': name,
    });
  };

  return {
    create(call, answer) {
      const options = call.request.getOptions();
      const name = options?.getGroupName() ?? '';
      if (groups.has(name)) {
        answer(failure(status.ALREADY_EXISTS, 'exists', { exception: 'persistent-subscription-exists' }));
        return;
      }
      groups.set(name, created(name, options, log));
      answer(null, new persistentPb.CreateResp());
    },

    read(call) {
      void front.answering(call, () => {
        let group: Group | undefined;
        call.on('data', (request: ReadReq) => {
          try {
            const options = request.getOptions();
            if (options) {
              group = find(options.getGroupName());
              connect(group, call, options.getBufferSize());
            } else if (group) {
              answerOf(group, request);
            }
          } catch (error) {
            call.emit('error', error);
          }
        });
      });
    },

    replayParked(call, answer) {
      try {
        const group = find(call.request.getOptions()?.getGroupName() ?? '');
        const parked = log.stream(parkedStream(group));
        for (const link of parked) {
          const [revision, stream] = Buffer.from(link.data).toString('utf8').split('@');
          const event = log.stream(stream ?? '').find((record) => record.revision === Number(revision));
          if (event) group.waiting.push({ event, link, retryCount: 0 });
          log.truncateBefore.set(parkedStream(group), link.revision + 1);
        }
        answer(null, new persistentPb.ReplayParkedResp());
        dispatch(group);
      } catch (error) {
        answer(error instanceof Error ? error : new Error(String(error)));
      }
    },

    update: (_call, answer) => answer(failure(status.UNIMPLEMENTED, 'not in this server')),
    delete: (_call, answer) => answer(failure(status.UNIMPLEMENTED, 'not in this server')),
    getInfo: (_call, answer) => answer(failure(status.UNIMPLEMENTED, 'not in this server')),
    list: (_call, answer) => answer(failure(status.UNIMPLEMENTED, 'not in this server')),
    restartSubsystem: (_call, answer) => answer(failure(status.UNIMPLEMENTED, 'not in this server')),
  };

  function answerOf(group: Group, request: ReadReq): void {
    for (const id of request.getAck()?.getIdsList() ?? []) settle(group, id.getString());
    const nack = request.getNack();
    for (const id of nack?.getIdsList() ?? []) {
      if (nack?.getAction() === persistentPb.ReadReq.Nack.Action.RETRY) {
        retry(group, id.getString());
      } else {
        const lent = settle(group, id.getString());
        if (lent) park(group, lent, `Client explicitly NAK'ed message.\n${nack?.getReason() ?? ''}`);
      }
    }
    dispatch(group);
  }
}

function created(name: string, options: CreateReq.Options | undefined, log: EsdbLog): Group {
  const all = options?.getAll();
  const settings = options?.getSettings();
  return {
    name,
    maxRetries: settings?.getMaxRetryCount() ?? 10,
    timeoutMs: settings?.getMessageTimeoutMs() ?? 30_000,
    lets: passes(all?.getFilter()),
    next: all?.hasEnd() ? log.records.length : 0,
    waiting: [],
    lent: new Map(),
    consumers: [],
  };
}
