import { closeProducer } from './close-producer.ts';
import type { Handler } from './caller.ts';
import { connectTransport } from './connect-transport.ts';
import { consumerReady } from './consumer-ready.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { pauseProducer } from './pause-producer.ts';
import { produce } from './produce.ts';
import type { ClientType } from './protocol.ts';
import { renewTicket } from './renew-ticket.ts';
import { reportLink } from './report-link.ts';
import { reportPage } from './report-page.ts';
import { reportSdp } from './report-sdp.ts';
import { reportStats } from './report-stats.ts';
import { restartIce } from './restart-ice.ts';
import { resumeProducer } from './resume-producer.ts';
import { raiseHand } from './raise-hand.ts';
import { lowerHand } from './lower-hand.ts';
import { react } from './react.ts';
import { admit } from './admit.ts';
import { turnAway } from './turn-away.ts';
import { setRoom } from './set-room.ts';
import { quieten } from './quieten.ts';
import { remove } from './remove.ts';
import { promote } from './promote.ts';
import { setLayers } from './set-layers.ts';
import { watch } from './watch.ts';

/** The whole of signalling: one message, one handler. */
export const HANDLERS: { readonly [T in ClientType]: Handler<T> } = {
  join: join,
  'connect-transport': connectTransport,
  produce: produce,
  'close-producer': closeProducer,
  'pause-producer': pauseProducer,
  'resume-producer': resumeProducer,
  'consumer-ready': consumerReady,
  'set-layers': setLayers,
  watch: watch,
  'restart-ice': restartIce,
  'renew-ticket': renewTicket,
  'report-link': reportLink,
  'report-stats': reportStats,
  'report-sdp': reportSdp,
  'report-page': reportPage,
  'raise-hand': raiseHand,
  'lower-hand': lowerHand,
  react: react,
  admit: admit,
  'turn-away': turnAway,
  'set-room': setRoom,
  quieten: quieten,
  remove: remove,
  promote: promote,
  leave: leave,
};
