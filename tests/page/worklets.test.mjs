import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rms, toPcm, tone } from './fake/sound.mjs';

/** The scope of an audio worklet, at 48 kHz. */
const processors = {};
Object.assign(globalThis, {
  sampleRate: 48_000,
  AudioWorkletProcessor: class { port = { posted: [], postMessage(data) { this.posted.push(data); } }; },
  registerProcessor: (name, processor) => { processors[name] = processor; },
});
await import('../../src/Convonet.Server/wwwroot/js/convonet/audio/mic-worklet.js');
await import('../../src/Convonet.Server/wwwroot/js/convonet/audio/player-worklet.js');

test('mic worklet: a second of 48 kHz becomes 49 whole frames of 16 kHz, and it lives on without input', () => {
  const it = new processors.microphone();
  const samples = tone(440, 48_000, 48_000);
  for (let at = 0; at < samples.length; at += 128) assert.equal(it.process([[samples.subarray(at, at + 128)]]), true);
  assert.equal(it.process([[]]), true);

  assert.equal(it.port.posted.length, 49);
  assert.ok(it.port.posted.every(({ frame, level }) => frame.byteLength === 640 && level > 0.3));
});

test('player worklet: plays, pauses, goes on, drops, and tells of it', () => {
  const it = new processors.player();
  const command = data => it.port.onmessage({ data });
  const render = quanta => {
    const output = new Float32Array(128 * quanta);
    for (let at = 0; at < output.length; at += 128) it.process([], [[output.subarray(at, at + 128)]]);
    return rms(output);
  };
  const push = (turn, sample) => command({ to: 'push', frame: { turn, sentence: 0, rate: 16_000, sample, pcm: toPcm(tone(300, 16_000, 16_000)) } });

  push(1, 0);
  assert.ok(render(10) > 0.2);
  assert.deepEqual(it.port.posted, [{ played: [], started: [1], dry: false }]);
  command({ to: 'pause' });
  render(2);
  assert.equal(render(50), 0);
  command({ to: 'resume' });
  assert.ok(render(10) > 0.2);
  command({ to: 'drop', turn: 1 });
  render(2);
  assert.equal(render(10), 0);
  push(2, 0);
  command({ to: 'end', turn: 2, samples: 16_000 });
  render(400);

  const played = it.port.posted.flatMap(({ played }) => played);
  assert.deepEqual(played.filter(({ done }) => done), [{ turn: 1, sample: Math.floor((1_280 + 240 + 1_280) / 3), done: true }, { turn: 2, sample: 16_000, done: true }]);
});
