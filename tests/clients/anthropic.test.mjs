import assert from 'node:assert/strict';
import test from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { answer, expectedCalls, question, run, split, system, tools, url } from './emulator.mjs';

function client(headers = {}) {
  return new Anthropic({ apiKey: 'test', baseURL: url, maxRetries: 0, defaultHeaders: headers });
}

function request(messages) {
  return {
    model: 'claude-sonnet-4-5',
    max_tokens: 1000,
    system,
    messages,
    tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
  };
}

async function stream(ai, messages) {
  const texts = [];
  const running = ai.messages.stream(request(messages)).on('text', (text) => texts.push(text));
  const message = await running.finalMessage();
  return { texts, message, calls: message.content.filter((block) => block.type === 'tool_use') };
}

for (const [name, headers] of [['whole events', {}], ['split events', split]]) {
  test(`Anthropic, ${name}: text, parallel calls, the answer to the results`, async () => {
    const ai = client(headers);
    const messages = [{ role: 'user', content: question }];

    const first = await stream(ai, messages);
    assert.ok(first.texts.length > 4, 'text comes in pieces');
    assert.match(first.texts.join(''), /^One moment, I'll do both/);
    assert.deepEqual(first.calls.map((call) => [call.name, call.input]), expectedCalls);
    assert.notEqual(first.calls[0].id, first.calls[1].id);
    assert.equal(first.message.stop_reason, 'tool_use');
    assert.ok(first.message.usage.output_tokens > 0);

    messages.push({ role: 'assistant', content: first.message.content });
    messages.push({
      role: 'user',
      content: first.calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: JSON.stringify(run(call.name)) })),
    });
    const second = await stream(ai, messages);
    assert.equal(second.texts.join(''), answer);
    assert.equal(second.message.stop_reason, 'end_turn');
  });
}

test('Anthropic: a call without its result is refused', async () => {
  const ai = client();
  const first = await stream(ai, [{ role: 'user', content: question }]);
  const messages = [{ role: 'user', content: question }, { role: 'assistant', content: first.message.content }, { role: 'user', content: 'Well?' }];
  await assert.rejects(stream(ai, messages), (error) => error.status === 400 && /without `tool_result` blocks immediately after/.test(error.message));
});

test('Anthropic: an error inside the stream is an error of the client', async () => {
  await assert.rejects(stream(client({ 'x-emulator-fault': 'inband;after=2' }), [{ role: 'user', content: question }]), /Overloaded/);
});

test('Anthropic: a refusal and the limit of tokens inside a call', async () => {
  const refusal = await stream(client({ 'x-emulator-fault': 'safety' }), [{ role: 'user', content: 'Hello' }]);
  assert.equal(refusal.message.stop_reason, 'refusal');
  const message = await client({ 'x-emulator-fault': 'maxtokens' }).messages.create(request([{ role: 'user', content: question }]));
  assert.equal(message.stop_reason, 'max_tokens');
});

test('Anthropic: sampling is refused in the version that the client names', async () => {
  const sampled = { ...request([{ role: 'user', content: question }]), temperature: 1 };
  await assert.rejects(client().messages.create(sampled), (error) => error.status === 400 && /temperature: Extra inputs are not permitted/.test(error.message));
});

test('Anthropic: without streaming', async () => {
  const message = await client().messages.create(request([{ role: 'user', content: 'Who are you?' }]));
  assert.match(message.content[0].text, /not a language model/);
});
