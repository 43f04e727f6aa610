import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stagesOf, Unspoken, withPlayed, withSentence, withSound } from '../../src/Convonet.Server/wwwroot/js/spoken-turn.js';

const Rate = 16_000;
const sound = (turn, sentence, sample, length, now = 0) => withSound(turn, { turn: 1, sentence, rate: Rate, sample, pcm: { length } }, now);
const sentence = (turn, number, start, length) => withSentence(turn, { turn: 1, sentence: number, start, length });

/** Two sentences of 20 and 30 characters, one second each. */
const two = () => sound(sentence(sound(sentence(Unspoken, 0, 0, 20), 0, 0, Rate), 1, 21, 30), 1, Rate, Rate);
const shownAt = (turn, ...played) => played.map(sample => (turn = withPlayed(turn, sample)).shown);

test('shown: as many of a sentence\'s characters as of its sound, sentence by sentence', () => {
  const turn = { ...two(), samples: 2 * Rate };

  assert.deepEqual(shownAt(turn, 0, Rate / 4, Rate / 2, Rate, Rate * 1.5, Rate * 2), [0, 5, 10, 20, 36, 51]);
});

test('shown: of a sentence that still comes, its length is guessed from the text and never runs ahead of the sound', () => {
  const begun = sound(sentence(Unspoken, 0, 0, 30), 0, 0, 3_200);

  assert.deepEqual(shownAt(begun, 1_000, 3_200), [1, 3]); // 30 characters take about 2 s
  const slow = sound(begun, 0, 3_200, 60_800); // it takes 4 s
  assert.deepEqual(shownAt(slow, 32_000, 64_000), [15, 30]);
});

test('shown: a voice that was measured is the measure for the next sentence', () => {
  const measured = sound(sentence(sound(sentence(Unspoken, 0, 0, 10), 0, 0, Rate), 1, 10, 10), 1, Rate, 160);

  assert.deepEqual(shownAt(measured, Rate * 1.5), [15]);
});

test('shown: never goes back, also when a sentence turns out longer than it was thought', () => {
  const begun = withPlayed(sound(sentence(Unspoken, 0, 0, 30), 0, 0, 1_600), 1_600);
  const longer = sound(begun, 0, 1_600, 160_000);

  assert.equal(withPlayed(longer, 1_700).shown, begun.shown);
  assert.equal(withPlayed(longer, 800).played, 1_600);
});

test('shown: a sentence without sound is passed over', () => {
  const turn = { ...sound(sentence(sentence(sound(sentence(Unspoken, 0, 0, 10), 0, 0, Rate), 1, 10, 50), 2, 60, 10), 2, Rate, Rate), samples: 2 * Rate };

  assert.deepEqual(shownAt(turn, Rate, 2 * Rate), [10, 70]);
});

test('shown: a filler speaks nothing of the text', () => {
  const filler = sound(withSentence(sound(sentence(Unspoken, 0, 0, 10), 0, 0, Rate), { turn: 1, sentence: 1 }), 1, Rate, Rate);
  const turn = { ...sound(sentence(filler, 2, 10, 10), 2, 2 * Rate, Rate), samples: 3 * Rate };

  assert.deepEqual(shownAt(turn, Rate, 1.5 * Rate, 2 * Rate, 3 * Rate), [10, 10, 10, 20]);
});

test('stagesOf: the server\'s stages, and when it was heard here', () => {
  const timing = { turn: 1, transcript: 320, first_token: 410, first_clause: null, first_audio: 490 };

  assert.deepEqual(stagesOf({ ...Unspoken, timing }), [{ name: 'transcript', ms: 320 }, { name: 'first word', ms: 410 }, { name: 'first sound', ms: 490 }]);
  assert.deepEqual(stagesOf({ ...Unspoken, timing, arrivedAt: 1_000, audibleAt: 1_075 }).at(-1), { name: 'heard', ms: 565 });
  assert.deepEqual([stagesOf(undefined), stagesOf({ ...Unspoken, arrivedAt: 1, audibleAt: 2 })], [[], []]);
});
