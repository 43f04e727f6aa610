import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlaybackQueue } from '../../src/Convonet.Server/wwwroot/js/convonet/audio/playback-queue.js';
import { rms, toPcm, tone } from './fake/sound.mjs';

const Rate = 16_000; // of the context; frames of the same rate come out as they are
const ramp = (length, from = 1) => Int16Array.from({ length }, (_, k) => from + k);
const frame = (turn, sample, pcm, rate = Rate) => ({ turn, sentence: 0, rate, sample, pcm });
const pcmOf = samples => [...samples].map(it => Math.round(it * 32_768));

/** Renders in quanta of 128 samples, as the audio thread does. */
function render(queue, samples) {
  const [output, played, started] = [new Float32Array(samples), [], []];
  let dry = false;
  for (let at = 0; at < samples; at += 128) {
    queue.render(output.subarray(at, Math.min(samples, at + 128)));
    const told = queue.take();
    played.push(...told.played);
    started.push(...told.started);
    dry ||= told.dry;
  }
  return { output, played, started, dry };
}

test('queue: plays what it was given, sample by sample, in order', () => {
  const queue = new PlaybackQueue(Rate);
  const pcm = ramp(3_200);
  for (let at = 0; at < 3_200; at += 320) queue.push(frame(1, at, pcm.slice(at, at + 320)));
  queue.end(1, 3_200);

  const { output, played, started } = render(queue, 3_584);

  assert.deepEqual(pcmOf(output.subarray(0, 3_200)), [...pcm]);
  assert.equal(rms(output.subarray(3_200)), 0);
  assert.deepEqual(started, [1]);
  assert.deepEqual(played, [{ turn: 1, sample: 1_664, done: false }, { turn: 1, sample: 3_200, done: true }]);
});

test('queue: the ring wraps round without a seam', () => {
  const queue = new PlaybackQueue(Rate, 0.1); // 1600 samples
  const pcm = ramp(16_000);
  const heard = [];
  for (let at = 0; at < pcm.length; at += 500) {
    queue.push(frame(1, at, pcm.slice(at, at + 500)));
    if (at >= 1_000) heard.push(...pcmOf(render(queue, 500).output));
  }

  assert.deepEqual(heard, [...pcm.subarray(0, heard.length)]);
});

test('queue: begins with 60 ms, with less when that is all, and after 0.2 s in any case', () => {
  const few = new PlaybackQueue(Rate);
  few.push(frame(1, 0, ramp(600)));
  assert.equal(rms(render(few, 1_280).output), 0);
  few.push(frame(1, 600, ramp(360)));
  assert.ok(rms(render(few, 128).output) > 0);

  const all = new PlaybackQueue(Rate);
  all.push(frame(1, 0, ramp(100)));
  all.end(1, 100);
  assert.ok(rms(render(all, 128).output) > 0);

  const late = new PlaybackQueue(Rate);
  late.push(frame(1, 0, ramp(100)));
  assert.equal(rms(render(late, 3_072).output), 0);
  assert.ok(rms(render(late, 256).output) > 0);
});

test('queue: run dry in mid-turn, it says so, and collects 60 ms again', () => {
  const queue = new PlaybackQueue(Rate);
  queue.push(frame(1, 0, ramp(1_000)));

  assert.equal(render(queue, 896).dry, false);
  const { played, dry } = render(queue, 384);
  assert.deepEqual([played, dry], [[{ turn: 1, sample: 1_000, done: false }], true]);
  assert.equal(render(queue, 384).dry, false);
  queue.push(frame(1, 1_000, ramp(320)));
  assert.equal(rms(render(queue, 128).output), 0);
  queue.push(frame(1, 1_320, ramp(680)));
  queue.end(1, 2_000);

  assert.deepEqual(render(queue, 1_280).played, [{ turn: 1, sample: 2_000, done: true }]);
});

test('queue: an end that comes after everything was played is told at the next turn of the clock', () => {
  const queue = new PlaybackQueue(Rate);
  queue.push(frame(1, 0, ramp(1_000)));
  render(queue, 1_280);

  queue.end(1, 1_000);

  assert.deepEqual(queue.take().played, []);
  assert.deepEqual(render(queue, 128).played, [{ turn: 1, sample: 1_000, done: true }]);
  queue.end(1, 1_000);
  assert.deepEqual(render(queue, 128).played, [{ turn: 1, sample: 1_000, done: true }]);
  queue.end(2, 0);
  assert.deepEqual(render(queue, 128).played, [{ turn: 2, sample: 0, done: true }]);
});

test('queue: an end that overtakes the last samples waits for them', () => {
  for (const early of [0, 600]) {
    const queue = new PlaybackQueue(48_000);
    if (early > 0) queue.push(frame(1, 0, ramp(early)));
    queue.end(1, 1_000);
    const before = render(queue, 12_800).played;
    queue.push(frame(1, early, ramp(1_000 - early)));

    assert.equal(before.some(({ done }) => done), false);
    assert.deepEqual(render(queue, 12_800).played.filter(({ done }) => done), [{ turn: 1, sample: 1_000, done: true }]);
  }
});

test('queue: a report every 0.1 s while it plays, and none while nobody renders', () => {
  const queue = new PlaybackQueue(Rate);
  queue.push(frame(1, 0, ramp(16_000)));

  const { played } = render(queue, 8_192);

  assert.deepEqual(played.map(({ sample }) => sample), [1_664, 3_328, 4_992, 6_656]);
  queue.push(frame(1, 16_000, ramp(100)));
  queue.pause();
  assert.equal(queue.take().played.length, 1); // it waits here for the clock, as the worklet takes after rendering only
});

test('queue: pause fades out within 5 ms and keeps the rest; resume goes on from there', () => {
  const queue = new PlaybackQueue(Rate);
  const loud = toPcm(tone(1_000, Rate, 8_000));
  queue.push(frame(1, 0, loud));
  queue.end(1, 8_000);
  render(queue, 1_024);

  queue.pause();
  const pausing = render(queue, 4_096);

  assert.deepEqual(pausing.played, [{ turn: 1, sample: 1_024, done: false }]);
  assert.ok(rms(pausing.output.subarray(0, 80)) > 0);
  assert.equal(rms(pausing.output.subarray(80)), 0);
  assertSmooth(pausing.output);

  queue.resume();
  const rest = render(queue, 8_192);

  assertSmooth(rest.output);
  assert.ok(rms(rest.output.subarray(100, 6_800)) > 0.3);
  assert.deepEqual(rest.played.at(-1), { turn: 1, sample: 8_000, done: true });
});

test('queue: drop fades out within 5 ms and counts what was played', () => {
  const queue = new PlaybackQueue(Rate);
  queue.push(frame(1, 0, toPcm(tone(1_000, Rate, 8_000))));
  render(queue, 1_024);

  queue.drop(1);
  const { output, played } = render(queue, 1_024);

  assert.ok(rms(output.subarray(0, 80)) > 0);
  assert.equal(rms(output.subarray(80)), 0);
  assertSmooth(output);
  assert.deepEqual(played, [{ turn: 1, sample: 1_024, done: true }]);
});

test('queue: drop of one turn leaves the others, in front of it and behind it', () => {
  const queue = new PlaybackQueue(Rate, 0.5);
  render(queue, 128);
  queue.push(frame(1, 0, ramp(1_000, 1)));
  queue.end(1, 1_000);
  queue.push(frame(2, 0, ramp(1_000, 5_000)));
  queue.push(frame(0, 0, ramp(1_000, 9_000)));
  queue.end(0, 1_000);

  queue.drop(2);
  const { output, played } = render(queue, 2_304);

  assert.deepEqual(pcmOf(output.subarray(0, 2_000)), [...ramp(1_000, 1), ...ramp(1_000, 9_000)]);
  assert.deepEqual(played.filter(({ done }) => done), [{ turn: 2, sample: 0, done: true }, { turn: 1, sample: 1_000, done: true }, { turn: 0, sample: 1_000, done: true }]);
});

test('queue: drop ends a pause, and of nothing it tells nothing', () => {
  const queue = new PlaybackQueue(Rate);
  queue.drop(1);
  queue.drop();
  assert.deepEqual(render(queue, 128).played, []);

  queue.push(frame(1, 0, ramp(2_000)));
  queue.pause();
  queue.drop(1);
  queue.push(frame(2, 0, ramp(1_000, 100)));

  assert.deepEqual(pcmOf(render(queue, 256).output.subarray(100, 102)), [200, 201]);
});

test('queue: counts in the samples of the frames, also where the rate changes in mid-turn', () => {
  const queue = new PlaybackQueue(48_000);
  queue.push(frame(1, 0, toPcm(tone(400, 16_000, 16_000))));
  queue.push(frame(1, 16_000, toPcm(tone(400, 24_000, 12_000)), 24_000));
  queue.end(1, 28_000);

  const { output, played } = render(queue, 73_728);

  assert.equal(output.findLastIndex(it => it !== 0) + 1 > 71_900, true);
  assert.deepEqual(played.at(-1), { turn: 1, sample: 28_000, done: true });
  const half = played.find(({ sample }) => sample > 8_000);
  assert.ok(half.sample < 8_000 + 1_700 && !half.done);
});

test('queue: what has no room is lost, and the count stays right', () => {
  const queue = new PlaybackQueue(Rate, 0.1); // 1600 samples
  queue.push(frame(1, 0, ramp(1_000, 1)));
  queue.push(frame(1, 1_000, ramp(1_000, 1_001)));
  render(queue, 512);
  queue.push(frame(1, 2_000, ramp(400, 2_001)));
  queue.end(1, 2_400);

  const { output, played } = render(queue, 1_792);

  assert.deepEqual(pcmOf(output.subarray(1_086, 1_090)), [1_599, 1_600, 2_001, 2_002]);
  assert.deepEqual(played.at(-1), { turn: 1, sample: 2_400, done: true });
});

/** No step is larger than those of the tone itself (0.2 for 1 kHz at half volume), as a click would be. */
function assertSmooth(output) {
  for (let k = 1; k < output.length; k++) assert.ok(Math.abs(output[k] - output[k - 1]) < 0.21, `a step of ${output[k] - output[k - 1]} at ${k}`);
}
