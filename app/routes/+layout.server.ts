import { CONVERSATIONS } from '$lib/live-key.ts';
import { zoneOf } from '$lib/zone-of.ts';
import type { LayoutServerLoad } from './$types';

const NOTICES_COUNTED = 50;

/** What every page knows: who is signed in, what this installation offers, the viewer's zone and the business time. */
export const load: LayoutServerLoad = async ({ locals, cookies, depends }) => {
  depends(CONVERSATIONS);
  const { person, services } = locals;
  const { capabilities } = services;
  const [notices, unreadMessages] = person
    ? await Promise.all([services.queries.notices(person.personId, NOTICES_COUNTED), services.unreadMessages(person)])
    : [[], 0];
  return {
    person,
    capabilities: {
      demoSignIn: capabilities.demoSignIn !== null,
      clockControl: capabilities.clockControl,
      inbox: capabilities.inbox,
      providerControls: capabilities.providerControls,
    },
    zone: zoneOf(cookies, person),
    now: services.now(),
    unread: notices.filter((notice) => notice.readAt === null).length,
    unreadMessages,
  };
};
