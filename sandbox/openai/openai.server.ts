import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Nobody may take this for a tutor. */
export const STAND_IN_ANSWER =
  'This is the stand-in of the sandbox, not a language model: no AI service is set up here. It cannot see the board and it answers every question with these same words. Your question arrived, so the connection works.';

interface Asked {
  readonly model?: unknown;
  readonly stream?: unknown;
}

const id = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;
const seconds = (): number => Math.floor(Date.now() / 1000);
const words = (): string[] => STAND_IN_ANSWER.split(/(?<= )/);
const modelOf = (asked: Asked): string => (typeof asked.model === 'string' ? asked.model : 'stand-in');

/** Two endpoints of the API, whole or as server-sent events. */
export async function registerOpenAi(app: FastifyInstance): Promise<void> {
  app.post<{ Body: Asked | null }>('/openai/v1/chat/completions', ({ body }, reply) => {
    const asked = body ?? {};
    return asked.stream === true ? streamChat(asked, reply) : reply.send(wholeChat(asked));
  });
  app.post<{ Body: Asked | null }>('/openai/v1/responses', ({ body }, reply) => {
    const asked = body ?? {};
    return asked.stream === true
      ? streamResponse(asked, reply)
      : reply.send(wholeResponse(asked, id('resp'), id('msg')));
  });
}

function wholeChat(asked: Asked) {
  return {
    id: id('chatcmpl'),
    object: 'chat.completion',
    created: seconds(),
    model: modelOf(asked),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: STAND_IN_ANSWER, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 0, completion_tokens: words().length, total_tokens: words().length },
  };
}

function streamChat(asked: Asked, reply: FastifyReply) {
  const base = { id: id('chatcmpl'), object: 'chat.completion.chunk', created: seconds(), model: modelOf(asked) };
  const chunk = (delta: object, finish: string | null) => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const chunks = [
    chunk({ role: 'assistant', content: '' }, null),
    ...words().map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
  ];
  return sendEvents(reply, [...chunks.map((data) => ({ data: JSON.stringify(data) })), { data: '[DONE]' }]);
}

function wholeResponse(asked: Asked, responseId: string, messageId: string) {
  return {
    id: responseId,
    object: 'response',
    created_at: seconds(),
    status: 'completed',
    model: modelOf(asked),
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    top_p: 1,
    tool_choice: 'auto',
    tools: [],
    output: [finishedMessage(messageId)],
    usage: {
      input_tokens: 0,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: words().length,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: words().length,
    },
  };
}

const textPart = (text: string) => ({ type: 'output_text', text, annotations: [] });
const finishedMessage = (messageId: string) => ({
  id: messageId,
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [textPart(STAND_IN_ANSWER)],
});

function streamResponse(asked: Asked, reply: FastifyReply) {
  const responseId = id('resp');
  const messageId = id('msg');
  const finished = wholeResponse(asked, responseId, messageId);
  const started = { ...finished, status: 'in_progress', output: [], usage: null };
  const place = { item_id: messageId, output_index: 0, content_index: 0 };
  const events = [
    { type: 'response.created', response: started },
    { type: 'response.in_progress', response: started },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...finishedMessage(messageId), status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: textPart('') },
    ...words().map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...place, text: STAND_IN_ANSWER, logprobs: [] },
    { type: 'response.content_part.done', ...place, part: textPart(STAND_IN_ANSWER) },
    { type: 'response.output_item.done', output_index: 0, item: finishedMessage(messageId) },
    { type: 'response.completed', response: finished },
  ];
  return sendEvents(
    reply,
    events.map((event, index) => ({
      event: event.type,
      data: JSON.stringify({ ...event, sequence_number: index }),
    })),
  );
}

const WORD_MS = 15;

/** One event every few milliseconds, so that a page shows the words arriving. Stops when the reader leaves. */
function sendEvents(reply: FastifyReply, events: readonly { event?: string; data: string }[]) {
  const stream = new PassThrough();
  let at = 0;
  const timer = setInterval(() => {
    const next = events[at];
    at += 1;
    if (!next) {
      clearInterval(timer);
      stream.end();
      return;
    }
    stream.write(`${next.event ? `event: ${next.event}\n` : ''}data: ${next.data}\n\n`);
  }, WORD_MS);
  stream.once('close', () => clearInterval(timer));
  return reply.type('text/event-stream').header('cache-control', 'no-cache').send(stream);
}
