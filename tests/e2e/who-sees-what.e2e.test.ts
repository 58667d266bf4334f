/** Every page and every act of a page × everybody × an own, a foreign, a guessed and an unknown id. */
import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_REASONS } from '#events/conversation/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { payOrder, signIn, tutorBySlug, type Client } from '../support/api.ts';
import { startProduct, type Product } from '../support/product.ts';
import { BODIES, ROUTES, type Standing, type Whose } from '../support/who-sees.ts';

interface Manifest {
  readonly _: {
    readonly nodes: readonly (() => Promise<{ server?: { actions?: Record<string, unknown> } }>)[];
    readonly routes: readonly {
      readonly id: string;
      readonly page: { readonly leaf: number } | null;
      readonly endpoint: (() => Promise<unknown>) | null;
    }[];
  };
}

interface Somebody {
  readonly name: string;
  readonly cookie: string;
  readonly kinds: readonly Standing[];
  /** How they stand to the two bookings; none: they never heard of it. */
  readonly to: { readonly b: Standing | null; readonly c: Standing | null };
  readonly talks: boolean;
}

const PASSWORD = 'nexused-demo';
let product: Product;
let manifest: Manifest;
const people: Somebody[] = [];
const ids = { b: { id: '', code: '' }, c: { id: '', code: '' }, conversation: '', institute: '', slot: 0 };

async function cookieOf(email: string): Promise<string> {
  const answer = await fetch(`${product.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  expect(answer.status, email).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function bookedBy(client: Client, slug: string): Promise<{ id: string; code: string }> {
  const { tutorId, slots } = await tutorBySlug(product.url, slug);
  const slot = slots.find(({ offerId, startsAt }) => offerId === 'hour' && startsAt > Date.now() + 48 * 3_600_000);
  const { body } = await client.book({ tutorId, offerId: 'hour', startsAt: slot?.startsAt ?? 0 });
  await payOrder(product.url, body.orderId ?? '');
  const booking = await client.bookingWhen(body.bookingId, ({ code }) => code !== null);
  return { id: booking.bookingId, code: booking.code ?? '' };
}

/** Somebody new, whom nobody knows. */
async function signUp(email: string): Promise<void> {
  const answer = await fetch(`${product.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify({ email, name: 'Mira Das', password: PASSWORD, role: 'student', zone: 'Asia/Kolkata' }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

beforeAll(async () => {
  product = await startProduct();
  const output = join(import.meta.dirname, '..', '..', '.svelte-kit', 'output', 'server', 'manifest-full.js');
  manifest = ((await import(pathToFileURL(output).href)) as { manifest: Manifest }).manifest;
  await signUp('stranger@demo.test');
  const asha = await signIn(product.url, 'student@demo.test');
  const stranger = await signIn(product.url, 'stranger@demo.test');
  ids.b = await bookedBy(asha, 'kavita-rao');
  ids.c = await bookedBy(stranger, 'arjun-iyer');
  const group = await asha.post<{ conversationId: string }>(
    '/api/v1/conversations/groups',
    { name: 'Limits' },
    { 'idempotency-key': randomUUID() },
  );
  ids.conversation = group.body.conversationId;
  ids.institute = idFrom('seed-institute');
  const { slots } = await tutorBySlug(product.url, 'kavita-rao');
  ids.slot = slots.find(({ offerId }) => offerId === 'hour')?.startsAt ?? 0;
  const all: [string, readonly Standing[], Standing | null, Standing | null][] = [
    ['student@demo.test', ['student'], 'student', null],
    ['parent@demo.test', ['guardian'], 'guardian', null],
    ['tutor@demo.test', ['tutor'], 'tutor', null],
    ['admin@demo.test', ['institute'], 'institute', null],
    ['ops@demo.test', ['ops'], 'ops', 'ops'],
    ['auditor@demo.test', ['auditor'], 'auditor', 'auditor'],
    ['student2@demo.test', ['student'], null, null],
    ['stranger@demo.test', ['student'], null, 'student'],
    ['tutor-arjun@demo.test', ['tutor'], null, 'tutor'],
    ['tutor-meera@demo.test', ['tutor'], null, null],
  ];
  for (const [email, kinds, b, c] of all)
    people.push({
      name: email,
      cookie: await cookieOf(email),
      kinds,
      to: { b, c },
      talks: email === 'student@demo.test',
    });
});

afterAll(async () => {
  await product?.stop();
});

const flipped = (id: string): string => id.slice(0, -1) + (id.endsWith('0') ? '1' : '0');

interface Tried {
  readonly path: string;
  readonly allowed: (one: Somebody) => boolean;
  /** Also for who is not signed in. */
  readonly open: boolean;
  /** What stands for the id in it, of an id that somebody has. */
  readonly id: string | null;
}

const nobody = (): boolean => false;

/** The addresses of a route, and who may open each. */
function addressesOf(route: string, whose: Whose): readonly Tried[] {
  const path = route.replaceAll(/\/\([\w-]+\)/g, '') || '/';
  const at = (id: string): string => path.replace(/\[\w+\]/, id);
  const none = (known: string): Tried[] =>
    [flipped(known), randomUUID(), '..%2f..%2fetc', "x'--"].map((id) => ({
      path: at(id),
      allowed: nobody,
      open: false,
      id,
    }));
  switch (whose.kind) {
    case 'public':
      return [{ path, allowed: () => true, open: true, id: null }];
    case 'own': {
      const allowed = ({ kinds }: Somebody): boolean =>
        whose.by === 'all' || kinds.some((kind) => whose.by.includes(kind));
      return [
        { path: path + (whose.query ?? '').replace(':institute', ids.institute), allowed, open: false, id: null },
      ];
    }
    case 'booking':
    case 'lesson': {
      const may = (standing: Standing | null): boolean => standing !== null && whose.by.includes(standing);
      const key = whose.kind === 'booking' ? 'id' : 'code';
      const [b, c] = [ids.b[key], ids.c[key]];
      return [
        { path: at(b), allowed: ({ to }) => may(to.b), open: false, id: b },
        { path: at(c), allowed: ({ to }) => may(to.c), open: false, id: c },
        ...none(b),
      ];
    }
    case 'conversation': {
      const id = ids.conversation;
      return [{ path: at(id), allowed: ({ talks }) => talks, open: false, id }, ...none(id)];
    }
    case 'token':
      // A link that was never given says so in words of its own (messages.e2e, study.e2e); it is nobody’s id.
      return [];
    case 'tutor': {
      const query = (whose.query ?? '').replace(':slot', String(ids.slot));
      const open = !whose.signedIn;
      return [
        { path: at('kavita-rao') + query, allowed: () => true, open, id: null },
        { path: at('nobody-here') + query, allowed: nobody, open: false, id: null },
      ];
    }
  }
}

const routes = () =>
  manifest._.routes.map((route) => {
    const whose = ROUTES[route.id];
    if (!whose) throw new Error(`${route.id} is in no row of tests/support/who-sees.ts: whose page is it?`);
    return { ...route, whose };
  });

interface Got {
  readonly status: number;
  readonly where: string;
  readonly text: string;
}

async function ask(who: Somebody | null, path: string, init: RequestInit = {}): Promise<Got> {
  const answer = await fetch(product.url + path, {
    redirect: 'manual',
    ...init,
    headers: { ...(who ? { cookie: who.cookie } : {}), origin: product.url, ...init.headers },
    signal: AbortSignal.timeout(60_000),
  });
  return { status: answer.status, where: answer.headers.get('location') ?? '', text: await answer.text() };
}

/** What is left of an answer when all that differs from one asking to the next is taken out of it. */
const same = ({ status, text }: Got, id: string): string =>
  `${status} ${text
    .replaceAll(id, 'ID')
    .replaceAll(encodeURIComponent(id), 'ID')
    .replaceAll(/nonce="[^"]*"|nonce-[\w+/=]+/g, 'NONCE')
    .replaceAll(/\b\d{13}\b/g, 'INSTANT')
    .replaceAll(/__sveltekit_\w+/g, 'KIT')
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, 'UUID')}`;

describe('pages', () => {
  it('[AC14] are each for those whose they are; anybody else finds nothing there, and nothing that tells why', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const { id: route, whose } of routes())
      for (const { path, allowed, open, id } of addressesOf(route, whose)) {
        const answers = await Promise.all([...people, null].map(async (one) => ({ one, got: await ask(one, path) })));
        const unknown = randomUUID();
        for (const { one, got } of answers) {
          asked += 1;
          const who = one?.name ?? 'nobody';
          if (one === null && !open) {
            // Who is not signed in learns of no address whether there is something.
            const known = got.status === 303 && got.where.startsWith('/sign-in?next=');
            if (!known && !(whose.kind === 'tutor' && !whose.signedIn && got.status === 404))
              wrong.push(`${path} for nobody: ${got.status} ${got.where}`);
          } else if (one === null || allowed(one)) {
            const away = got.status === 303 && got.where === '/home' && whose.kind === 'public';
            if (got.status !== 200 && !away) wrong.push(`${path} for ${who}: ${got.status} ${got.where}`);
          } else if (got.status !== 404) wrong.push(`${path} for ${who}: ${got.status}, and not 404`);
          else if (id !== null) {
            const other = await ask(one, path.replace(id, unknown));
            if (same(got, id) !== same(other, unknown))
              wrong.push(`${path} for ${who}: not the answer of an unknown one`);
          }
        }
      }
    if (wrong.length > 0) throw new Error(`${wrong.length}, such as\n${wrong.slice(0, 12).join('\n')}`);
    expect(asked).toBeGreaterThan(1_000);
  });

  it('[AC14] take acts only from those who may open them', async () => {
    const wrong: string[] = [];
    let asked = 0;
    for (const { id: route, whose, page } of routes()) {
      const node = page ? await manifest._.nodes[page.leaf]?.() : undefined;
      // What ops do to a stuck case names it in the form, and not in the address (offered-acts.int).
      const acts = Object.keys(node?.server?.actions ?? {}).filter(
        (name) => !(name === 'act' && whose.kind === 'booking'),
      );
      for (const act of acts)
        // Theirs, a foreign one, and one a digit off.
        for (const { path, allowed } of addressesOf(route, whose).slice(0, 3)) {
          const sent = act === 'default' ? path : `${path}?/${act}`;
          // Filled in well enough, so that a refusal is about the person and not about the form.
          const form = {
            requestId: randomUUID(),
            reason: REPORT_REASONS[0],
            days: '7',
            text: 'It is not as said.',
            name: 'Limits',
          };
          const body = new URLSearchParams(form).toString();
          const headers = {
            'content-type': 'application/x-www-form-urlencoded',
            accept: 'application/json',
            'x-sveltekit-action': 'true',
          };
          for (const one of [...people.filter((person) => !allowed(person)), null]) {
            if (one === null && path.startsWith('/sandbox')) continue;
            asked += 1;
            const got = await ask(one, sent, { method: 'POST', headers, body });
            const answer = JSON.parse(got.text) as { type: string; location?: string; data?: string };
            const right =
              one === null
                ? answer.type === 'redirect' && answer.location?.startsWith('/sign-in?next=') === true
                : (answer.type === 'error' && got.status === 404) || answer.data?.includes('"not-found"') === true;
            if (!right) wrong.push(`${sent} by ${one?.name ?? 'nobody'}: ${got.status} ${got.text.slice(0, 120)}`);
          }
        }
    }
    if (wrong.length > 0) throw new Error(`${wrong.length}, such as\n${wrong.slice(0, 12).join('\n')}`);
    expect(asked).toBeGreaterThan(300);
  });
});

describe('the API', () => {
  it('[AC14] says of what is not yours what it says of what there is not', async () => {
    const { text } = await ask(null, '/api/v1/openapi.json');
    const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, unknown>> };
    const wrong: string[] = [];
    let asked = 0;
    for (const [path, methods] of Object.entries(paths)) {
      const key = /^\/api\/v1\/bookings\/\{id\}/.test(path) ? 'id' : path.includes('{code}') ? 'code' : null;
      const talk = path.startsWith('/api/v1/conversations/{id}');
      if ((key === null && !talk) || path.startsWith('/api/v1/checks')) continue;
      for (const method of Object.keys(methods)) {
        const at = (id: string): string =>
          path
            .replace(/\{(?:id|code)\}/, id)
            .replace('{kind}', 'board')
            .replace('{proposalId}', ids.b.id)
            .replace('{student}', ids.b.id)
            .replace('{file}', `${'0'.repeat(32)}.png`);
        const late = path.endsWith('history/board');
        const init: RequestInit =
          method === 'get'
            ? {}
            : late
              ? // An update of Yjs that says nothing.
                { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array(2) }
              : {
                  method: method.toUpperCase(),
                  headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
                  body: JSON.stringify(BODIES[path] ?? {}),
                };
        const unknown = key === 'code' ? flipped(ids.b.code) : randomUUID();
        for (const one of people)
          for (const id of talk ? (one.talks ? [] : [ids.conversation]) : foreignTo(one, key ?? 'id')) {
            asked += 1;
            const [theirs, none] = [await ask(one, at(id), init), await ask(one, at(unknown), init)];
            if (same(theirs, id) !== same(none, unknown) || (theirs.status !== 404 && !path.endsWith('files')))
              wrong.push(`${method} ${at(id)} by ${one.name}: ${theirs.status} ${theirs.text.slice(0, 160)}`);
          }
        const signedOut = await ask(null, at(unknown), init);
        if (signedOut.status !== 401 && !path.endsWith('files'))
          wrong.push(`${method} ${path} by nobody: ${signedOut.status} ${signedOut.text.slice(0, 160)}`);
      }
    }
    if (wrong.length > 0) throw new Error(`${wrong.length}, such as\n${wrong.slice(0, 12).join('\n')}`);
    expect(asked).toBeGreaterThan(200);
  });
});

/** The ids that are none of theirs. */
const foreignTo = ({ to }: Somebody, key: 'id' | 'code'): string[] => [
  ...(to.b === null ? [ids.b[key]] : []),
  ...(to.c === null ? [ids.c[key]] : []),
];
