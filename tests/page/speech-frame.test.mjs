import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSpeechFrame } from '../../src/Convonet.Server/wwwroot/js/convonet/audio/speech-frame.js';
import { speechBytes } from './fake/sound.mjs';

const pcm = Int16Array.of(0, 1, -1, 32_767, -32_768);

test('readSpeechFrame: header and samples, little-endian', () => {
  const frame = readSpeechFrame(speechBytes({ turn: 3, sentence: 7, rate: 22_050, sample: 4_000_000_000, pcm }));

  assert.deepEqual(frame, { turn: 3, sentence: 7, rate: 22_050, sample: 4_000_000_000, pcm });
  assert.equal(new Uint8Array(speechBytes({ turn: 0x01020304, pcm }))[8], 4);
});

test('readSpeechFrame: a longer header is skipped, also one of an odd length', () => {
  for (const header of [24, 21]) assert.deepEqual(readSpeechFrame(speechBytes({ turn: 1, header, pcm })).pcm, pcm);
});

test('readSpeechFrame: no samples are a frame too', () => {
  assert.equal(readSpeechFrame(speechBytes({ turn: 1, pcm: [] })).pcm.length, 0);
});

test('readSpeechFrame: what is not understood is none', () => {
  const good = speechBytes({ turn: 1, pcm });
  const bad = [
    new ArrayBuffer(0), good.slice(0, 19), good.slice(0, 23), speechBytes({ turn: 1, pcm, version: 2 }), speechBytes({ turn: 1, pcm, format: 2 }),
    speechBytes({ turn: 1, pcm, rate: 0 }), speechBytes({ turn: 1, pcm, rate: 1_000_000 }), speechBytes({ turn: 1, pcm, rate: -16_000 }),
  ];
  const tooLong = speechBytes({ turn: 1, pcm });
  new DataView(tooLong).setUint16(2, 400, true);
  const tooShort = speechBytes({ turn: 1, pcm });
  new DataView(tooShort).setUint16(2, 12, true);

  for (const bytes of [...bad, tooLong, tooShort]) assert.equal(readSpeechFrame(bytes), null);
});
