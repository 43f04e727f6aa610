import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FramePacker, FrameSamples } from '../../src/Convonet.Server/wwwroot/js/convonet/audio/frame-packer.js';
import { Resampler } from '../../src/Convonet.Server/wwwroot/js/convonet/audio/resampler.js';
import { fidelity, rms, tone, toPcm } from './fake/sound.mjs';

const join = pieces => Float32Array.from(pieces.flatMap(piece => [...piece]));

/** All of it, pushed in pieces as the audio thread gets them. */
function resample(samples, from, to, size = 128) {
  const resampler = new Resampler(from, to);
  const pieces = [];
  for (let at = 0; at < samples.length; at += size) pieces.push(resampler.push(samples.subarray(at, at + size)));
  return join([...pieces, resampler.flush()]);
}

for (const [from, to] of [[48_000, 16_000], [44_100, 16_000], [16_000, 16_000], [8_000, 48_000], [16_000, 48_000], [22_050, 48_000], [24_000, 44_100], [24_000, 48_000]]) {
  test(`resampler ${from} → ${to}: keeps a tone, its place in time and its length`, () => {
    const seconds = 0.5;
    const samples = tone(1_000, from, from * seconds);

    const output = resample(samples, from, to);

    assert.equal(output.length, Math.ceil(samples.length * to / from));
    const middle = [to * 0.1, to * 0.4];
    const decibels = fidelity(output.subarray(...middle), tone(1_000, to, to * seconds).subarray(...middle));
    assert.ok(decibels > 60, `${decibels} dB`);
  });
}

test('resampler 48000 → 16000: what would fold back is taken out', () => {
  const output = resample(tone(11_000, 48_000, 24_000), 48_000, 16_000);

  assert.ok(rms(output.subarray(800, 7_200)) < rms(tone(11_000, 48_000, 24_000)) * 0.001);
});

test('resampler: the result does not depend on the pieces', () => {
  const samples = tone(700, 44_100, 9_000);

  const whole = resample(samples, 44_100, 16_000, 9_000);

  for (const size of [1, 7, 128, 2_048]) assert.deepEqual(resample(samples, 44_100, 16_000, size), whole);
});

test('resampler: after a flush it begins anew', () => {
  const resampler = new Resampler(48_000, 16_000);
  const samples = tone(500, 48_000, 960);
  const first = join([resampler.push(samples), resampler.flush()]);

  assert.deepEqual(join([resampler.push(samples), resampler.flush()]), first);
});

test('resampler: 20 s of 44.1 kHz do not drift by a sample', () => {
  const resampler = new Resampler(44_100, 16_000);
  const second = new Float32Array(44_100);
  let count = 0;
  for (let k = 0; k < 20; k++) count += resampler.push(second).length;

  assert.equal(count + resampler.flush().length, 20 * 16_000);
});

test('framePacker: frames of 640 bytes, whatever the pieces, with their level', () => {
  const frames = [];
  const packer = new FramePacker((frame, level) => frames.push({ frame, level }));
  const samples = tone(400, 16_000, 1_000);

  for (let at = 0; at < samples.length; at += 77) packer.push(samples.subarray(at, at + 77));

  assert.deepEqual(frames.map(({ frame }) => frame.byteLength), [640, 640, 640]);
  assert.equal(new Set(frames.map(({ frame }) => frame.buffer)).size, 3);
  assert.deepEqual(join(frames.map(({ frame }) => frame)), Float32Array.from(toPcm(samples.subarray(0, 960))));
  for (const { level } of frames) assert.ok(Math.abs(level - 0.5 / Math.SQRT2) < 0.01, `${level}`);
});

test('framePacker: what is too loud is cut, and what is no number is silence', () => {
  let got;
  const packer = new FramePacker((frame, level) => { got = { frame, level }; });

  packer.push(Float32Array.from({ length: FrameSamples }, (_, k) => [2, -2, NaN, Infinity][k % 4]));

  assert.deepEqual([...got.frame.subarray(0, 4)], [32_767, -32_767, 0, 32_767]);
  assert.ok(Math.abs(got.level - Math.sqrt(0.75)) < 1e-6);
});
