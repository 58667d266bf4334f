/**
 * Malformed and hostile messages with structure: real ones that were tampered with, and updates put together from every
 * part of Yjs's grammar with numbers that lie, point at themselves, at others or nowhere.
 */
import { int32, oneOf, type PRNG } from 'lib0/prng';
import * as Y from 'yjs';
import { beginStroke, eraseStrokes } from '../documents/board-writer.ts';
import { writeStates } from '../wire/awareness.ts';
import { awarenessMessage, step1Message, step2Message, updateMessage } from '../wire/messages.ts';
import { CONTENT } from '../wire/scan.ts';
import { Writer } from '../wire/writer.ts';

interface Person {
  readonly personId: string;
  readonly name: string;
}

/** Messages that an honest client under this id would send. */
export function honestMessages(client: number, person: Person): Uint8Array[] {
  const doc = new Y.Doc();
  doc.clientID = client;
  const messages: Uint8Array[] = [step1Message(Y.encodeStateVector(doc))];
  doc.on('update', (update: Uint8Array) => void messages.push(updateMessage(update)));
  const stroke = beginStroke(doc, person, { z: 1, pen: 0, size: 3, pressure: true });
  stroke.append([0, 1, 2, 300].map((x) => ({ x, y: -x, pressure: 0.5 })));
  stroke.seal();
  eraseStrokes(doc, person, [stroke.key]);
  doc.getText('notes').insert(0, 'क्षेत्रफल ✏️', { bold: true });
  doc.getText('notes').delete(1, 2);
  doc.getArray('list').push([1, 'two', { three: [null, true, 0.5] }, new Uint8Array(3)]);
  doc.getXmlFragment('xml').push([new Y.XmlElement('p'), new Y.XmlText('text')]);
  doc.getMap('map').set('inner', new Y.Map([['deep', new Y.Array()]]));
  doc.getMap('map').set('inner', 1);
  messages.push(step2Message(Y.encodeStateAsUpdate(doc)), step1Message(Y.encodeStateVector(doc)));
  const json = JSON.stringify({ cursor: { x: 1, y: 2 }, user: { name: person.name } });
  messages.push(awarenessMessage(writeStates([{ client, clock: 3, json }])), Uint8Array.of(3));
  return messages.map((message) => Uint8Array.from(message));
}

const LIES = [0, 1, 2, 127, 128, 255, 300, 2 ** 14, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1];

/** A real message with something wrong with it. */
function tampered(random: PRNG, messages: readonly Uint8Array[]): Uint8Array {
  const bytes = Uint8Array.from(oneOf(random, [...messages]));
  const at = int32(random, 0, bytes.length - 1);
  switch (int32(random, 0, 6)) {
    case 0:
      bytes[at] = int32(random, 0, 255);
      return bytes;
    case 1:
      for (let i = 0; i < 4; i += 1) bytes[int32(random, 0, bytes.length - 1)] = int32(random, 0, 255);
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3:
      return Uint8Array.from([...bytes, ...bytes.subarray(at)]);
    case 4: {
      const lie = new Writer().varUint(oneOf(random, LIES)).finish();
      return Uint8Array.from([...bytes.subarray(0, at), ...lie, ...bytes.subarray(at + 1)]);
    }
    case 5: {
      const other = oneOf(random, [...messages]);
      return Uint8Array.from([...bytes.subarray(0, at), ...other.subarray(int32(random, 0, other.length - 1))]);
    }
    default:
      return Uint8Array.from({ length: int32(random, 0, 60) }, () => int32(random, 0, 255));
  }
}

const NAMES = ['strokes', 'erased', 'people', 'messages', 'map', 'list', 'notes', '__proto__', 'constructor', '', 'x'];

/** Which ids a forger names, and how far each of them has come. */
export interface Known {
  readonly clients: readonly number[];
  next(client: number): number;
}

function putId(writer: Writer, random: PRNG, known: Known): void {
  const client = oneOf(random, [...known.clients]);
  // Mostly there or nearly; sometimes the struct itself, or nowhere.
  const clock = int32(random, 0, 9) === 0 ? oneOf(random, LIES) : int32(random, 0, known.next(client) + 2);
  writer.varUint(client).varUint(clock);
}

function putAny(writer: Writer, random: PRNG, depth = 0): void {
  const kind = oneOf(random, [127, 126, 121, 120, 125, 124, 123, 122, 119, 118, 117, 116, int32(random, 0, 255)]);
  writer.byte(kind);
  if (kind === 125) writer.varUint(oneOf(random, LIES));
  else if (kind === 124) writer.raw(new Uint8Array(4).fill(255));
  else if (kind === 123 || kind === 122) writer.raw(new Uint8Array(8).fill(127));
  else if (kind === 119) writer.varString(oneOf(random, NAMES));
  else if (kind === 116) writer.varBytes(new Uint8Array(int32(random, 0, 20)));
  else if ((kind === 118 || kind === 117) && depth < 40) {
    const count = int32(random, 0, 2);
    writer.varUint(count);
    for (let i = 0; i < count; i += 1) {
      if (kind === 118) writer.varString(oneOf(random, NAMES));
      putAny(writer, random, depth + 1);
    }
  }
}

/** Gives the clocks that it takes. */
function putContent(writer: Writer, random: PRNG, content: number, known: Known): number {
  const count = int32(random, 0, 20) === 0 ? oneOf(random, LIES) : int32(random, 1, 3);
  switch (content) {
    case CONTENT.deleted:
      writer.varUint(count);
      return count;
    case CONTENT.json:
      writer.varUint(count);
      for (let i = 0; i < Math.min(count, 3); i += 1)
        writer.varString(oneOf(random, ['1', 'undefined', '{', '[[[[]]]]']));
      return count;
    case CONTENT.binary:
      writer.varBytes(new Uint8Array(int32(random, 0, 30)));
      return 1;
    case CONTENT.string: {
      const text = oneOf(random, ['a', 'नम', '✏️', '\ud83d'.padEnd(2, 'x'), '']);
      writer.varString(text);
      return text.length;
    }
    case CONTENT.embed:
      writer.varString(oneOf(random, ['{}', 'null', '{', '"x"']));
      return 1;
    case CONTENT.format:
      writer.varString(oneOf(random, NAMES)).varString(oneOf(random, ['true', 'null', '}']));
      return 1;
    case CONTENT.type: {
      const type = int32(random, 0, 7);
      writer.varUint(type);
      if (type === 3 || type === 5) writer.varString(oneOf(random, NAMES));
      return 1;
    }
    case CONTENT.any:
      writer.varUint(count);
      for (let i = 0; i < Math.min(count, 3); i += 1) putAny(writer, random);
      return count;
    case CONTENT.document:
      writer.varString(oneOf(random, NAMES));
      putAny(writer, random);
      return 1;
    default:
      putId(writer, random, known);
      return count;
  }
}

/** An update whose every part is one of Yjs's, and whose whole is not. */
function forged(random: PRNG, known: Known): Uint8Array {
  const writer = new Writer();
  const blocks = int32(random, 0, 3);
  writer.varUint(int32(random, 0, 30) === 0 ? oneOf(random, LIES) : blocks);
  for (let i = 0; i < blocks; i += 1) {
    const client = oneOf(random, [...known.clients]);
    const structs = int32(random, 1, 3);
    const at = known.next(client);
    const clock = oneOf(random, [at, at, at, at, Math.max(0, at - 1), at + 1, 0, oneOf(random, LIES)]);
    writer
      .varUint(int32(random, 0, 30) === 0 ? oneOf(random, LIES) : structs)
      .varUint(client)
      .varUint(clock);
    for (let j = 0; j < structs; j += 1) {
      const content = oneOf(random, [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 9, 10, 11]);
      if (content === 0 || content === 10) {
        writer.byte(content).varUint(oneOf(random, [1, 1, 2, oneOf(random, LIES)]));
        continue;
      }
      const left = int32(random, 0, 1) === 0;
      const right = int32(random, 0, 3) === 0;
      const key = int32(random, 0, 1) === 0;
      writer.byte(content | (left ? 0x80 : 0) | (right ? 0x40 : 0) | (key ? 0x20 : 0));
      if (left) putId(writer, random, known);
      if (right) putId(writer, random, known);
      if (!left && !right) {
        if (int32(random, 0, 2) > 0) writer.varUint(1).varString(oneOf(random, NAMES));
        else putId(writer.varUint(0), random, known);
        if (key) writer.varString(oneOf(random, [...NAMES, `${client.toString(36)}.0`, client.toString(36)]));
      }
      putContent(writer, random, content, known);
    }
  }
  const deleters = int32(random, 0, 2);
  writer.varUint(deleters);
  for (let i = 0; i < deleters; i += 1) {
    writer.varUint(oneOf(random, [...known.clients])).varUint(1);
    writer
      .varUint(oneOf(random, [0, 1, 2, oneOf(random, LIES)]))
      .varUint(oneOf(random, [0, 1, 5, oneOf(random, LIES)]));
  }
  return updateMessage(writer.finish());
}

function presence(random: PRNG, known: Known): Uint8Array {
  const json = oneOf(random, [
    'null',
    '{}',
    '{',
    '[]',
    '7',
    '"x"',
    '{"user":null}',
    '{"__proto__":{"a":1}}',
    `"${'x'.repeat(5_000)}"`,
    '['.repeat(2_000),
  ]);
  const state = { client: oneOf(random, [...known.clients, ...LIES]), clock: oneOf(random, LIES), json };
  const bytes = writeStates(Array.from({ length: int32(random, 0, 3) }, () => state));
  if (int32(random, 0, 3) === 0 && bytes.length > 0) bytes[0] = int32(random, 0, 255);
  return awarenessMessage(bytes);
}

/** The next message of somebody who means no good, or whose program is broken. */
export function badMessage(random: PRNG, messages: readonly Uint8Array[], known: Known): Uint8Array {
  switch (int32(random, 0, 9)) {
    case 0:
      return Uint8Array.from(presence(random, known));
    case 1:
    case 2:
    case 3:
    case 4:
      return tampered(random, messages);
    default:
      return Uint8Array.from(forged(random, known));
  }
}
