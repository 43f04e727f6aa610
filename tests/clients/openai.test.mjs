import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';
import { answer, expectedCalls, question, run, split, system, tools, url } from './emulator.mjs';

const model = 'gpt-5-mini';

function client(headers = {}) {
  return new OpenAI({ apiKey: 'test', baseURL: `${url}/v1`, maxRetries: 0, defaultHeaders: headers });
}

async function chat(ai, messages) {
  const texts = [];
  const running = ai.chat.completions
    .stream({
      model,
      messages: [{ role: 'system', content: system }, ...messages],
      tools: tools.map((tool) => ({ type: 'function', function: tool })),
      stream_options: { include_usage: true },
    })
    .on('content', (text) => texts.push(text));
  const completion = await running.finalChatCompletion();
  const { message, finish_reason: reason } = completion.choices[0];
  return { texts, message, reason, usage: completion.usage, calls: message.tool_calls ?? [] };
}

for (const [name, headers] of [['whole events', {}], ['split events', split]]) {
  test(`OpenAI chat, ${name}: text, parallel calls, the answer to the results`, async () => {
    const ai = client(headers);
    const messages = [{ role: 'user', content: question }];

    const first = await chat(ai, messages);
    assert.ok(first.texts.length > 4, 'text comes in pieces');
    assert.match(first.message.content, /^One moment, I'll do both/);
    assert.deepEqual(first.calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]), expectedCalls);
    assert.equal(first.reason, 'tool_calls');
    assert.ok(first.usage.prompt_tokens > 0);

    messages.push({
      role: 'assistant',
      content: first.message.content,
      tool_calls: first.calls.map(({ id, type, function: { name, arguments: text } }) => ({ id, type, function: { name, arguments: text } })),
    });
    messages.push(...first.calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(run(call.function.name)) })));
    const second = await chat(ai, messages);
    assert.equal(second.message.content, answer);
    assert.equal(second.reason, 'stop');
  });

  test(`OpenAI responses, ${name}: text, parallel calls, the answer to the results`, async () => {
    const ai = client(headers);
    const input = [{ role: 'user', content: question }];

    const first = await respond(ai, input);
    assert.ok(first.texts.length > 4, 'text comes in pieces');
    assert.match(first.texts.join(''), /^One moment, I'll do both/);
    const calls = first.response.output.filter((item) => item.type === 'function_call');
    assert.deepEqual(calls.map((call) => [call.name, JSON.parse(call.arguments)]), expectedCalls);
    assert.equal(first.response.status, 'completed');
    assert.deepEqual(first.numbers, first.numbers.map((_, i) => i), 'events are numbered without gaps');

    input.push(...first.response.output.map(({ parsed_arguments, ...item }) => item));
    input.push(...calls.map((call) => ({ type: 'function_call_output', call_id: call.call_id, output: JSON.stringify(run(call.name)) })));
    const second = await respond(ai, input);
    assert.equal(second.texts.join(''), answer);
    assert.equal(second.response.output_text, answer);
  });
}

async function respond(ai, input) {
  const texts = [];
  const numbers = [];
  const running = ai.responses.stream({ model, input, instructions: system, tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool })) });
  for await (const event of running) {
    numbers.push(event.sequence_number);
    if (event.type === 'response.output_text.delta') {
      texts.push(event.delta);
    }
  }
  return { texts, numbers, response: await running.finalResponse() };
}

test('OpenAI: a call without its result is refused by both APIs', async () => {
  const first = await chat(client(), [{ role: 'user', content: question }]);
  const calls = first.calls.map(({ id, type, function: { name, arguments: text } }) => ({ id, type, function: { name, arguments: text } }));
  await assert.rejects(
    chat(client(), [{ role: 'user', content: question }, { role: 'assistant', content: null, tool_calls: calls }, { role: 'user', content: 'Well?' }]),
    (error) => error.status === 400 && /must be followed by tool messages/.test(error.message),
  );
  await assert.rejects(
    respond(client(), [{ role: 'user', content: question }, { type: 'function_call', call_id: 'call_1', name: 'get_time', arguments: '{}' }]),
    (error) => error.status === 400 && /No tool output found for function call call_1/.test(error.message),
  );
});

test('OpenAI: an error inside the stream is an error of the client', async () => {
  await assert.rejects(chat(client({ 'x-emulator-fault': 'inband;after=2' }), [{ role: 'user', content: question }]), /server had an error/);
  await assert.rejects(respond(client({ 'x-emulator-fault': 'inband;kind=nested;after=2' }), [{ role: 'user', content: question }]), /Too Many Requests/);
  await assert.rejects(respond(client({ 'x-emulator-fault': 'inband;kind=error;after=2' }), [{ role: 'user', content: question }]), (error) => /server had an error/.test(error.message));
});

test('OpenAI responses: a failed response says so', async () => {
  const events = [];
  for await (const event of await client({ 'x-emulator-fault': 'inband;after=2' }).responses.create({ model, input: 'Hello', stream: true })) {
    events.push(event);
  }
  assert.equal(events.at(-1).type, 'response.failed');
  assert.equal(events.at(-1).response.error.code, 'server_error');
});

test('OpenAI: the content filter and the limit of tokens', async () => {
  for (const [fault, reason] of [['safety', 'content_filter'], ['maxtokens', 'length']]) {
    const chunks = [];
    for await (const chunk of await client({ 'x-emulator-fault': fault }).chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello' }], stream: true })) {
      chunks.push(chunk);
    }
    assert.equal(chunks.at(-1).choices[0].finish_reason, reason);
  }
  const response = await client({ 'x-emulator-fault': 'maxtokens' }).responses.create({ model, input: 'Hello' });
  assert.deepEqual([response.status, response.incomplete_details.reason], ['incomplete', 'max_output_tokens']);
});

test('OpenAI: without streaming', async () => {
  const completion = await client().chat.completions.create({ model, messages: [{ role: 'user', content: 'Who are you?' }] });
  assert.match(completion.choices[0].message.content, /not a language model/);
  const settings = { max_output_tokens: 500, temperature: 0.5, store: false, reasoning: { effort: 'low' }, text: { verbosity: 'low' } };
  const response = await client().responses.create({ model, input: 'Who are you?', ...settings });
  assert.match(response.output_text, /not a language model/);
});
