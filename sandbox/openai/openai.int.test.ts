import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandboxProcess, temporaryFolder, type RunningSandbox } from '../testing/process.ts';

const folder = temporaryFolder();
let sandbox: RunningSandbox;
let openai: OpenAI;

beforeAll(async () => {
  sandbox = await startSandboxProcess(folder.path);
  openai = new OpenAI({ apiKey: 'none', baseURL: `${sandbox.url}/openai/v1` });
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});

const messages = [{ role: 'user' as const, content: 'What is a derivative?' }];

it('answers a chat, whole and in pieces, and says what it is', async () => {
  const whole = await openai.chat.completions.create({ model: 'any', messages });
  const text = whole.choices[0]?.message.content;
  expect(text).toMatch(/stand-in.*not a language model/);
  let pieces = '';
  for await (const chunk of await openai.chat.completions.create({ model: 'any', messages, stream: true })) {
    pieces += chunk.choices[0]?.delta.content ?? '';
  }
  expect(pieces).toBe(text);
});

it('answers a response, whole and in pieces', async () => {
  const whole = await openai.responses.create({ model: 'any', input: 'Hello' });
  expect(whole.output_text).toMatch(/stand-in/);
  let pieces = '';
  let ended = '';
  for await (const event of await openai.responses.create({ model: 'any', input: 'Hello', stream: true })) {
    if (event.type === 'response.output_text.delta') pieces += event.delta;
    if (event.type === 'response.completed') ended = event.response.status ?? '';
  }
  expect(pieces).toBe(whole.output_text);
  expect(ended).toBe('completed');
});
