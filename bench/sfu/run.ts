/** `npm run bench -- sfu`: the live room, beside naive forwarding, signalling in steps, a bare worker, and plain socket.io. */
import { machine } from '../events/machine.ts';
import { BACK_TARGETS, measureBack } from './back.ts';
import { CONTROL_TARGETS, measureControl } from './control.ts';
import { FIRST_TARGETS, measureFirst } from './first.ts';
import { measureNetwork, NETWORK_TARGETS } from './network.ts';
import { measurePeople, PEOPLE_TARGETS } from './people.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export async function run(flags: ReadonlyMap<string, string>): Promise<unknown> {
  const quick = flags.has('quick');
  const only = flags.get('only')?.split(',');
  const before = machine();
  const part = async <T>(name: string, measure: () => Promise<T>): Promise<T | undefined> => {
    if (only !== undefined && !only.includes(name)) return undefined;
    say(name);
    return measure();
  };
  // Browsers need both cores, so what binds this process to one comes last.
  const first = await part('first', () => measureFirst(quick, say));
  const network = await part('network', () => measureNetwork(quick, say));
  const back = await part('back', () => measureBack(quick, say));
  const people = await part('people', () => measurePeople(quick, say));
  const worker = people?.ours.tried.find((one) => one.people === PEOPLE_TARGETS.room)?.cores ?? null;
  const control = await part('control', () => measureControl(quick, say, worker));
  return {
    bench: 'sfu',
    quick,
    machine: before,
    targets: {
      first: FIRST_TARGETS,
      network: NETWORK_TARGETS,
      back: BACK_TARGETS,
      people: PEOPLE_TARGETS,
      control: CONTROL_TARGETS,
    },
    first,
    network,
    back,
    people,
    control,
  };
}
