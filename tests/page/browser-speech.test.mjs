import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { BrowserSpeech } from '../../src/Convonet.Server/wwwroot/js/browser-speech.js';
import { onlineBench } from './fake/client-bench.mjs';

let recognitions, utterances, bench, told, speech;

beforeEach(() => {
  [recognitions, utterances, told] = [[], [], []];
  Object.assign(globalThis, {
    document: { documentElement: { lang: 'en' } },
    SpeechRecognition: class {
      constructor() { recognitions.push(this); }
      start() { this.state = 'started'; }
      stop() { this.state = 'stopped'; this.onend(); }
      abort() { this.state = 'aborted'; this.onend(); }
    },
    SpeechSynthesisUtterance: class { constructor(text) { this.text = text; } },
    speechSynthesis: { speak: it => utterances.push(it), cancel() { this.cancelled = true; } },
  });
  bench = onlineBench();
  speech = new BrowserSpeech(bench.client, event => told.push(event));
});

const understand = (text, isFinal = true) => recognitions.at(-1).onresult({ results: [Object.assign([{ transcript: text }], { isFinal })] });
const event = (name, data, seq) => ({ event: name, data: { turn: 1, ...data }, seq, epoch: 1 });
const toldOf = name => told.filter(it => it.event === name).map(({ data }) => data);

/** A spoken question whose answer comes in these pieces. */
function answer(...pieces) {
  speech.record('hands_free');
  understand('hello');
  const { client_msg_id } = bench.last().sent.at(-1).data;
  bench.last().deliver(event('accepted', { client_msg_id, text: 'hello' }, 1), ...pieces.map((text, index) => event('agent_stream_chunk', { type: 'text', text }, index + 2)));
  return outcome => bench.last().deliver(event('agent_response', { success: true, text: pieces.join(''), outcome }, pieces.length + 2));
}

test('browser speech: what is understood is shown as it comes, and sent as a spoken message', () => {
  speech.record('hands_free');
  understand('add buy', false);
  understand('add buy milk');

  assert.deepEqual(toldOf('transcription').map(({ text, final }) => [text, final]), [['add buy', false], ['add buy milk', true]]);
  const { event: name, data } = bench.last().sent.at(-1);
  assert.deepEqual([name, data.text, data.voice], ['user_message', 'add buy milk', true]);
  assert.deepEqual(toldOf('microphone'), [{ state: 'on', mode: 'hands_free', engine: 'browser' }]);
});

test('browser speech: sentences are spoken as soon as they are whole, without markup, and show how far they are', () => {
  const end = answer('You have **one** thing. ', 'It is', ' milk.');
  assert.deepEqual(utterances.map(({ text }) => text), ['You have one thing.']);
  end('completed');
  assert.deepEqual(utterances.map(({ text }) => text), ['You have one thing.', 'It is milk.']);

  utterances[0].onstart();
  utterances[0].onboundary({ charIndex: 9 });
  utterances[0].onend();
  utterances[1].onend();

  assert.deepEqual(toldOf('speech_reached').map(({ characters }) => characters), [0, 11, 24, 35]);
  assert.deepEqual(toldOf('speech_played'), [{ turn: 1, sample: 0, done: true }]);
});

test('browser speech: it does not listen while it speaks, and listens again afterwards', () => {
  const end = answer('Hello.');
  end('completed');
  utterances[0].onstart();
  assert.deepEqual([recognitions.length, recognitions[0].state], [1, 'aborted']);

  utterances[0].onend();

  assert.deepEqual([recognitions.length, recognitions[1].state], [2, 'started']);
});

test('browser speech: silenced, it says no more and listens; so also when the answer was stopped', () => {
  for (const stop of [() => speech.silence(1), end => end('cancelled')]) {
    speech.stop();
    recognitions.length = told.length = 0;
    const end = answer('One. ', 'Two. ', 'Three.');
    utterances.at(-1).onstart();
    stop(end);

    assert.equal(speechSynthesis.cancelled, true);
    assert.equal(toldOf('speech_stopped').length, 1);
    assert.equal(recognitions.at(-1).state, 'started');
    bench = onlineBench();
    speech = new BrowserSpeech(bench.client, it => told.push(it));
  }
});

test('browser speech: a typed message is not answered aloud', () => {
  speech.record('hands_free');
  const id = bench.client.send('typed');
  bench.last().deliver(event('accepted', { client_msg_id: id, text: 'typed' }, 1), event('agent_stream_chunk', { type: 'text', text: 'One. Two.' }, 2));

  assert.deepEqual(utterances, []);
});

test('browser speech: a recogniser that is refused, or that ends at once again and again, is given up', () => {
  speech.record('hands_free');
  recognitions.at(-1).onerror({ error: 'not-allowed' });
  assert.equal(toldOf('microphone').at(-1).state, 'refused');
  assert.equal(speech.isOn, false);

  speech.record('hands_free');
  for (let k = 0; k < 10 && speech.isOn; k++) recognitions.at(-1).onend();
  assert.equal(toldOf('microphone').at(-1).state, 'busy');
  assert.equal(recognitions.length, 4);
});

test('browser speech: stop lets what was being said become a message', () => {
  speech.record('push_to_talk');
  speech.stop();
  understand('one last thing');

  assert.equal(bench.last().sent.at(-1).data.text, 'one last thing');
  assert.equal(recognitions.length, 1);
  assert.deepEqual(toldOf('recording').at(-1), { state: 'off', mode: 'hands_free' });
});
