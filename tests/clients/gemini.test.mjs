import assert from 'node:assert/strict';
import test from 'node:test';
import { FinishReason, GoogleGenAI } from '@google/genai';
import { answer, expectedCalls, question, run, split, system, tools, url } from './emulator.mjs';

const newest = 'gemini-3.5-flash';

function client(headers = {}) {
  return new GoogleGenAI({ apiKey: 'test', vertexai: false, httpOptions: { baseUrl: url, headers } });
}

async function stream(ai, contents, model = newest) {
  const config = { systemInstruction: system, tools: [{ functionDeclarations: tools }] };
  const chunks = [];
  for await (const chunk of await ai.models.generateContentStream({ model, contents, config })) {
    chunks.push(chunk);
  }
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? []);
  return {
    chunks,
    parts,
    text: parts.map((part) => part.text ?? '').join(''),
    calls: parts.filter((part) => part.functionCall),
    last: chunks.at(-1),
  };
}

for (const [name, headers] of [['whole events', {}], ['split events', split]]) {
  test(`Gemini, ${name}: text, parallel calls, signatures, the answer to the results`, async () => {
    const ai = client(headers);
    const contents = [{ role: 'user', parts: [{ text: question }] }];

    const first = await stream(ai, contents);
    assert.ok(first.chunks.length > 4, 'text comes in pieces');
    assert.match(first.text, /^One moment, I'll do both/);
    assert.deepEqual(first.calls.map((part) => [part.functionCall.name, part.functionCall.args]), expectedCalls);
    assert.ok(first.calls[0].thoughtSignature, 'the first call carries the signature');
    assert.equal(first.calls[1].thoughtSignature, undefined, 'the other does not');
    assert.equal(first.last.candidates[0].finishReason, FinishReason.STOP);
    assert.ok(first.last.usageMetadata.promptTokenCount > 0);

    contents.push({ role: 'model', parts: first.parts });
    contents.push({
      role: 'user',
      parts: first.calls.map(({ functionCall: { id, name } }) => ({ functionResponse: { id, name, response: { output: run(name) } } })),
    });
    const second = await stream(ai, contents);
    assert.equal(second.text, answer);
    assert.equal(second.calls.length, 0);
  });
}

test('Gemini: a call that comes back without its signature is refused', async () => {
  const ai = client();
  const first = await stream(ai, [{ role: 'user', parts: [{ text: question }] }]);
  const contents = [
    { role: 'user', parts: [{ text: question }] },
    { role: 'model', parts: first.calls.map(({ functionCall }) => ({ functionCall })) },
    { role: 'user', parts: first.calls.map(({ functionCall: { name } }) => ({ functionResponse: { name, response: run(name) } })) },
  ];
  await assert.rejects(stream(ai, contents), (error) => error.status === 400 && /missing a thought_signature/.test(error.message));
  assert.equal((await stream(ai, contents, 'gemini-2.5-flash')).text, answer, 'older models do not insist on it');
});

test('Gemini: an error inside the stream is an error of the client', async () => {
  await assert.rejects(stream(client({ 'x-emulator-fault': 'inband;after=2' }), [{ role: 'user', parts: [{ text: question }] }]), /overloaded/);
});

test('Gemini: a safety block and a malformed call end the stream with their reasons', async () => {
  const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }];
  const safety = await stream(client({ 'x-emulator-fault': 'safety' }), contents);
  assert.equal(safety.last.candidates[0].finishReason, FinishReason.SAFETY);
  const prompt = await stream(client({ 'x-emulator-fault': 'safety;prompt=1' }), contents);
  assert.equal(prompt.last.promptFeedback.blockReason, 'SAFETY');
  const malformed = await stream(client({ 'x-emulator-fault': 'malformed' }), contents);
  assert.equal(malformed.last.candidates[0].finishReason, FinishReason.MALFORMED_FUNCTION_CALL);
});

test('Gemini: without streaming', async () => {
  const config = { temperature: 0.5, maxOutputTokens: 500, thinkingConfig: { thinkingLevel: 'LOW' }, toolConfig: { functionCallingConfig: { mode: 'AUTO' } } };
  const response = await client().models.generateContent({ model: newest, contents: 'Who are you?', config });
  assert.match(response.text, /not a language model/);
});
