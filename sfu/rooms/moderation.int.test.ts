import { afterEach, describe, expect, it } from 'vitest';
import type { Ticket } from '#events/access/ticket.ts';
import type { RoomWord } from '#events/lesson/room.ts';
import { AUDIO, startFixture, until, VIDEO, type Client, type Fixture } from '../testing/fixture.server.ts';
import type { Joined, RoomInfo } from '../signalling/protocol.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

async function start(): Promise<void> {
  fixture = await startFixture();
}

const connect = (person: string, options: Partial<Ticket> = {}): Promise<Client> =>
  fixture.connect(fixture.ticket(person, options));

async function enter(person: string, options: Partial<Ticket> = {}): Promise<Client & { joined: Joined }> {
  const client = await connect(person, options);
  return Object.assign(client, { joined: await client.join() });
}

/** Joins again on the connection that was let in. */
const joinAgain = async (client: Client): Promise<Joined> => {
  await client.next('admitted');
  return client.join();
};

const words = (): RoomWord[] =>
  fixture.told.flatMap(({ command }) => (command.type === 'NoteRoom' ? [command.data.word] : []));
const told = (type: RoomWord['type']) => until(`the fact ${type}`, () => words().find((word) => word.type === type));
const waitingIn = ({ waiting }: RoomInfo): string[] => waiting.map(({ personId }) => personId);
const SCREEN = {
  ...VIDEO,
  source: 'screen' as const,
  rtpParameters: { ...VIDEO.rtpParameters, mid: '2', encodings: [{ ssrc: 3 }] },
};

describe('the door', () => {
  it('[D1] who comes waits where the door asks, and comes in on the same connection when let in', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    await host.ask('set-room', { admission: 'ask' });
    const bob = await connect('bob');
    await expect(bob.join()).rejects.toThrow('waiting');
    expect(await bob.next('waiting')).toMatchObject({ hostHere: true });
    const seen = await host.next('room-changed', (room) => room.waiting.length === 1);
    expect(seen.waiting).toMatchObject([{ personId: 'bob', name: 'bob', role: 'participant' }]);
    expect(host.all('peer-joined')).toEqual([]);
    expect(await host.ask('admit', { personId: 'bob' })).toMatchObject({ ok: true });
    const joined = await joinAgain(bob);
    expect(joined.peers).toMatchObject([{ personId: 'ann' }]);
    expect(joined.room).toMatchObject({ admission: 'ask', waiting: [], out: [] });
    await host.next('peer-joined', ({ personId }) => personId === 'bob');
    expect(waitingIn(await host.next('room-changed'))).toEqual([]);
    await told('ParticipantAdmitted');
    expect(words().map(({ type }) => type)).toEqual(['DoorChanged', 'AskedToEnter', 'ParticipantAdmitted']);
  });

  it('[D1] those who take part are not told who stands at the door', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const cy = await enter('cy');
    await host.ask('set-room', { admission: 'ask' });
    const bob = await connect('bob');
    await expect(bob.join()).rejects.toThrow('waiting');
    await host.next('room-changed', (room) => room.waiting.length === 1);
    expect(cy.all('room-changed').every((room) => room.waiting.length === 0)).toBe(true);
  });

  it('[D2] who was taken out while another node had the room is seen by the host, who may let them in', async () => {
    const takenOut = (lessonId: string) =>
      Promise.resolve(lessonId === 'lesson-1' ? [{ personId: 'bob', name: 'Bob B' }] : []);
    fixture = await startFixture({}, { takenOut });
    // Whoever comes first is judged by it already.
    await expect((await connect('bob')).join()).rejects.toThrow('removed');
    const host = await enter('ann', { role: 'host' });
    expect(host.joined.room.out).toEqual([{ personId: 'bob', name: 'Bob B', how: 'removed' }]);
    expect(await host.ask('admit', { personId: 'bob' })).toMatchObject({ ok: true });
    await told('ParticipantAdmitted');
    expect((await enter('bob')).joined.peers).toMatchObject([{ personId: 'ann' }]);
    // Asked once: an empty room keeps what its host said since.
    expect((await enter('cy', { lessonId: 'lesson-2' })).joined.room.out).toEqual([]);
  });

  it('[D2] a room whose lesson cannot be asked is held all the same', async () => {
    let asked = 0;
    const takenOut = () => {
      asked += 1;
      return Promise.reject(new Error('no database'));
    };
    fixture = await startFixture({}, { takenOut });
    expect((await enter('ann', { role: 'host' })).joined.room.out).toEqual([]);
    expect(asked).toBe(1);
  });

  it('[D2] who is turned away is told so, stays outside, and may be let in all the same', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    await host.ask('set-room', { admission: 'ask' });
    const bob = await connect('bob');
    await expect(bob.join()).rejects.toThrow('waiting');
    await host.ask('turn-away', { personId: 'bob' });
    expect(await bob.next('closed')).toEqual({ reason: 'turned-away' });
    await expect((await connect('bob')).join()).rejects.toThrow('turned-away');
    const { out } = await host.next('room-changed', (room) => room.out.length === 1);
    expect(out).toEqual([{ personId: 'bob', name: 'bob', how: 'turned-away' }]);
    expect(await host.ask('admit', { personId: 'bob' })).toMatchObject({ ok: true });
    await enter('bob');
    expect(await host.ask('admit', { personId: 'bob' })).toMatchObject({ code: 'unknown-id' });
    expect(await host.ask('turn-away', { personId: 'bob' })).toMatchObject({ code: 'unknown-id' });
  });

  it('[D3] a locked room takes nobody new, and whoever was in comes back', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    await host.ask('set-room', { locked: true });
    await expect((await connect('cy')).join()).rejects.toThrow('room-locked');
    expect(await told('ParticipantTurnedAway')).toEqual({ type: 'ParticipantTurnedAway', personId: 'cy' });
    await bob.ask('leave', {});
    await host.next('peer-left');
    await enter('bob');
    // The host comes through every door.
    await enter('ann', { role: 'host' });
    await (await enter('ann', { role: 'host' })).ask('set-room', { locked: false });
    await enter('cy');
  });

  it('[D4] a host never waits, and no lock keeps them out', async () => {
    await start();
    const ann = await enter('ann', { role: 'host' });
    await ann.ask('set-room', { admission: 'ask', locked: true });
    const kim = await enter('kim', { role: 'host' });
    expect(kim.joined.peers).toMatchObject([{ personId: 'ann' }]);
    expect(kim.all('waiting')).toEqual([]);
  });

  it('[D5] a place at the door outlives a blip, and ends with the grace', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    await host.ask('set-room', { admission: 'ask' });
    const bob = await connect('bob');
    await expect(bob.join()).rejects.toThrow('waiting');
    const { since } = await bob.next('waiting');
    bob.socket.disconnect();
    const back = await connect('bob');
    await expect(back.join()).rejects.toThrow('waiting');
    expect(await back.next('waiting')).toMatchObject({ since });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(waitingIn(await host.next('room-changed'))).toEqual(['bob']);
    back.socket.disconnect();
    await host.next('room-changed', (room) => room.waiting.length === 0);
    await told('StoppedAsking');
    expect(words().filter(({ type }) => type === 'AskedToEnter')).toHaveLength(1);
  });

  it('[D5] going away from the door is at once; a second window takes the place over', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    await host.ask('set-room', { admission: 'ask' });
    const bob = await connect('bob');
    await expect(bob.join()).rejects.toThrow('waiting');
    const other = await connect('bob');
    await expect(other.join()).rejects.toThrow('waiting');
    expect(await bob.next('closed')).toEqual({ reason: 'replaced' });
    expect(await other.ask('leave', {})).toMatchObject({ ok: true });
    await host.next('room-changed', (room) => room.waiting.length === 0);
  });

  it('[D6] a lock and a co-host outlive a room that everybody dropped out of', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    await host.ask('promote', { personId: 'bob', role: 'co-host' });
    await host.ask('set-room', { locked: true });
    host.socket.disconnect();
    bob.socket.disconnect();
    await until('an empty node', () => (fixture.sfu.stats().rooms === 0 ? true : undefined));
    await expect((await connect('cy')).join()).rejects.toThrow('room-locked');
    expect((await enter('bob')).joined).toMatchObject({ room: { locked: true }, you: { role: 'co-host' } });
  });

  it('[D7] who waited for an open door comes in when it opens; a ticket that asks still asks', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const guest = await connect('guest', { role: 'observer', admission: 'ask' });
    await expect(guest.join()).rejects.toThrow('waiting');
    await host.ask('set-room', { admission: 'ask' });
    const bob = await connect('bob');
    await expect(bob.join()).rejects.toThrow('waiting');
    await host.ask('set-room', { admission: 'open' });
    await joinAgain(bob);
    expect(waitingIn(await host.next('room-changed'))).toEqual(['guest']);
    const release = fixture.holdJoins();
    const admitting = host.ask('admit', { personId: 'guest' });
    setTimeout(release, 500);
    await guest.next('admitted');
    // Else the lesson could refuse whom the host has just let in.
    expect(words()).toContainEqual({ type: 'ParticipantAdmitted', personId: 'guest' });
    await admitting;
    expect((await guest.join()).you).toMatchObject({ role: 'observer' });
  });

  it('[D8] who waits is told when a host comes; a room is kept for them, and gone when they are', async () => {
    await start();
    const guest = await connect('guest', { admission: 'ask' });
    await expect(guest.join()).rejects.toThrow('waiting');
    expect(await guest.next('waiting')).toMatchObject({ hostHere: false });
    const host = await enter('ann', { role: 'host' });
    await guest.next('waiting', ({ hostHere }) => hostHere);
    expect(waitingIn(host.joined.room)).toEqual(['guest']);
    await host.ask('leave', {});
    await guest.next('waiting', ({ hostHere }) => !hostHere);
    guest.socket.disconnect();
    await until('an empty node', () => (fixture.sfu.stats().rooms === 0 ? true : undefined));
  });

  it('[D2] who is taken out is gone at once, for everybody, until let in again', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    await bob.ask('produce', AUDIO);
    const { consumerId } = await host.next('consumer-added');
    await host.ask('remove', { personId: 'bob' });
    expect(await bob.next('closed')).toEqual({ reason: 'removed' });
    expect(await host.next('consumer-closed')).toEqual({ consumerId });
    expect(await host.next('peer-left')).toEqual({ personId: 'bob' });
    await expect((await connect('bob')).join()).rejects.toThrow('removed');
    const left = await until('LeaveLesson', () =>
      fixture.told.flatMap(({ command }) => (command.type === 'LeaveLesson' ? [command.data] : [])).at(0),
    );
    expect(left).toMatchObject({ personId: 'bob', reason: 'removed' });
    expect(await told('ParticipantRemoved')).toEqual({ type: 'ParticipantRemoved', personId: 'bob' });
    await host.ask('admit', { personId: 'bob' });
    await enter('bob');
  });
});

describe('hands and reactions', () => {
  it('[H1] are in the order of raising, seen by everybody', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    const cy = await enter('cy');
    await cy.ask('raise-hand', {});
    await bob.ask('raise-hand', {});
    expect(await host.next('peer-changed', ({ personId }) => personId === 'cy')).toMatchObject({ hand: 1 });
    expect(await host.next('peer-changed', ({ personId }) => personId === 'bob')).toMatchObject({ hand: 2 });
    expect(await bob.next('you-changed')).toMatchObject({ hand: 2 });
    await host.ask('lower-hand', { personId: 'cy' });
    expect(await cy.next('you-changed', ({ hand }) => hand === null)).toMatchObject({ personId: 'cy' });
    await host.ask('lower-hand', { personId: null });
    await bob.next('you-changed', ({ hand }) => hand === null);
  });

  it('[H2] survive a blip, a reload and another window, and go with who leaves', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    await bob.ask('raise-hand', {});
    bob.socket.disconnect();
    await host.next('peer-changed', ({ connected }) => !connected);
    const back = await connect('bob');
    const resumed = await back.join({ token: bob.joined.resumeToken, keepTransports: true });
    expect(resumed.you.hand).toBe(1);
    const window = await enter('bob');
    expect(window.joined.you.hand).toBe(1);
    window.socket.disconnect();
    await host.next('peer-changed', ({ connected, hand }) => !connected && hand === 1);
    const reloaded = await enter('bob');
    expect(reloaded.joined.you.hand).toBe(1);
    await reloaded.ask('leave', {});
    expect((await enter('bob')).joined.you.hand).toBeNull();
  });

  it('[H3] one’s own is lowered by oneself, another’s by a host alone', async () => {
    await start();
    const bob = await enter('bob');
    const cy = await enter('cy');
    await cy.ask('raise-hand', {});
    expect(await bob.ask('lower-hand', { personId: 'cy' })).toMatchObject({ code: 'not-allowed' });
    expect(await bob.ask('lower-hand', { personId: null })).toMatchObject({ code: 'not-allowed' });
    expect(await cy.ask('lower-hand', { personId: 'cy' })).toMatchObject({ ok: true });
  });

  it('[H4] a reaction reaches everybody; a shower is refused', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    const answers = [];
    for (let count = 0; count < 7; count += 1) answers.push(await bob.ask('react', { reaction: 'celebrate' }));
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code)).slice(4)).toEqual(['ok', 'too-fast', 'too-fast']);
    expect(await host.next('reaction')).toEqual({ personId: 'bob', reaction: 'celebrate' });
    expect(bob.all('reaction')).toHaveLength(5);
  });
});

describe('sound and picture under a host’s word', () => {
  it('[Q1] a muted microphone is paused at the server, a stopped camera and screen are gone', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    const made = await bob.ask('produce', AUDIO);
    await bob.ask('produce', VIDEO);
    await bob.ask('produce', SCREEN);
    await host.ask('quieten', { personId: 'bob', source: 'microphone' });
    expect(await bob.next('quietened')).toEqual({ source: 'microphone', by: 'ann' });
    await host.next('peer-changed', ({ producers }) =>
      producers.some(({ source, paused }) => source === 'microphone' && paused),
    );
    for (const source of ['camera', 'screen'] as const) {
      await host.ask('quieten', { personId: 'bob', source });
      await bob.next('quietened', (data) => data.source === source);
      await host.next('peer-changed', ({ producers }) => !producers.some((one) => one.source === source));
    }
    // As long as the room allows it, they may speak again, and show themselves again.
    expect(await bob.ask('resume-producer', { producerId: made.ok ? made.data.producerId : '' })).toMatchObject({
      ok: true,
    });
    expect(await bob.ask('produce', VIDEO)).toMatchObject({ ok: true });
    // What is silent already is not told of.
    await host.ask('quieten', { personId: 'bob', source: 'screen' });
    expect(bob.all('quietened').filter(({ source }) => source === 'screen')).toHaveLength(1);
  });

  it('[Q1] all at once are the participants, and no host', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const [bob, cy] = [await enter('bob'), await enter('cy')];
    for (const client of [host, bob, cy]) await client.ask('produce', AUDIO);
    await host.ask('promote', { personId: 'cy', role: 'co-host' });
    await host.ask('quieten', { personId: null, source: 'microphone' });
    await bob.next('quietened');
    expect([...host.all('quietened'), ...cy.all('quietened')]).toEqual([]);
  });

  it('[Q2] what is forbidden stops, and is refused by its own code', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    const made = await bob.ask('produce', AUDIO);
    const producerId = made.ok ? made.data.producerId : '';
    await bob.ask('produce', VIDEO);
    await host.ask('set-room', { mayUnmute: false, mayVideo: false, mayShare: false });
    await bob.next('quietened', ({ source }) => source === 'microphone');
    await bob.next('quietened', ({ source }) => source === 'camera');
    const forbidden = { ok: false, code: 'forbidden-by-host' };
    expect(await bob.ask('resume-producer', { producerId })).toMatchObject(forbidden);
    expect(await bob.ask('produce', VIDEO)).toMatchObject(forbidden);
    expect(await bob.ask('produce', SCREEN)).toMatchObject(forbidden);
    await bob.ask('close-producer', { producerId });
    expect(await bob.ask('produce', AUDIO)).toMatchObject(forbidden);
    expect(await bob.ask('produce', { ...AUDIO, paused: true })).toMatchObject({ ok: true });
    expect(await bob.next('room-changed')).toMatchObject({ mayUnmute: false, mayVideo: false, mayShare: false });
    expect(await host.ask('produce', AUDIO)).toMatchObject({ ok: true });
    await host.ask('set-room', { mayVideo: true });
    expect(await bob.ask('produce', VIDEO)).toMatchObject({ ok: true });
    await until('the facts', () =>
      words().filter(({ type }) => type === 'SendingChanged').length === 4 ? true : undefined,
    );
  });

  it('[Q2] what is forbidden while it is being made is not made', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    for (let round = 0; round < 5; round += 1) {
      const bob = await enter(`bob-${round}`);
      await host.ask('set-room', { mayVideo: true });
      await Promise.all([bob.ask('produce', VIDEO), host.ask('set-room', { mayVideo: false })]);
      // Whichever came first: nothing of it is left.
      const again = await connect(`bob-${round}`);
      expect((await again.join({ token: bob.joined.resumeToken, keepTransports: true })).producers).toEqual([]);
    }
  });
});

describe('roles', () => {
  it('[R1] a co-host is one at once, sees who waits, and stays one in another window', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    await host.ask('set-room', { admission: 'ask' });
    const cy = await connect('cy');
    await expect(cy.join()).rejects.toThrow('waiting');
    expect(await bob.ask('admit', { personId: 'cy' })).toMatchObject({ code: 'not-allowed' });
    await host.ask('promote', { personId: 'bob', role: 'co-host' });
    expect(await bob.next('you-changed')).toMatchObject({ role: 'co-host' });
    expect(waitingIn(await bob.next('room-changed'))).toEqual(['cy']);
    expect(await bob.ask('admit', { personId: 'cy' })).toMatchObject({ ok: true });
    const window = await enter('bob');
    expect(window.joined.you.role).toBe('co-host');
    await host.ask('promote', { personId: 'bob', role: 'participant' });
    expect(await window.next('you-changed')).toMatchObject({ role: 'participant' });
    expect(await window.ask('set-room', { locked: true })).toMatchObject({ code: 'not-allowed' });
  });

  it('[R2] what a co-host may not send any more as a participant stops', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    const bob = await enter('bob');
    await host.ask('promote', { personId: 'bob', role: 'co-host' });
    await host.ask('set-room', { mayVideo: false });
    expect(await bob.ask('produce', VIDEO)).toMatchObject({ ok: true });
    await host.ask('promote', { personId: 'bob', role: 'participant' });
    expect(await bob.next('quietened')).toEqual({ source: 'camera', by: 'ann' });
    expect(await host.ask('promote', { personId: 'nobody', role: 'co-host' })).toMatchObject({ code: 'unknown-id' });
    expect(await host.ask('promote', { personId: 'ann', role: 'co-host' })).toMatchObject({ code: 'not-allowed' });
  });
});

describe('being recorded', () => {
  const join = async (client: Client, recorded?: boolean): Promise<Joined> => {
    const { routerRtpCapabilities: rtpCapabilities } = await client.next('welcome');
    const answer = await client.ask('join', {
      version: 1,
      rtpCapabilities,
      resume: null,
      ...(recorded === undefined ? {} : { recorded }),
    });
    if (!answer.ok) throw new Error(answer.code);
    return answer.data;
  };

  it('[C1] who refuses is in, seen as not recorded, and stays so until they say otherwise', async () => {
    await start();
    const host = await enter('ann', { role: 'host' });
    expect(host.joined.you.recorded).toBe(true);
    const bob = await connect('bob');
    expect((await join(bob, false)).you.recorded).toBe(false);
    expect(await host.next('peer-joined')).toMatchObject({ personId: 'bob', recorded: false });
    expect(await told('RecordingChosen')).toEqual({ type: 'RecordingChosen', personId: 'bob', choice: 'left-out' });
    expect((await join(await connect('bob'))).you.recorded).toBe(false);
    expect((await join(await connect('bob'), true)).you.recorded).toBe(true);
  });
});
