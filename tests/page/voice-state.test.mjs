import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseOf, reduceVoice, SilentVoice } from '../../src/Convonet.Server/wwwroot/js/voice-state.js';
import { levelShown } from '../../src/Convonet.Server/wwwroot/js/view/mic-button.js';
import { isProblem, voiceWords } from '../../src/Convonet.Server/wwwroot/js/view/voice-words.js';

const at = (event, data) => ({ event, data });
const play = (events, voice = SilentVoice) => events.reduce((it, event) => reduceVoice(it, event, 0), voice);
const phases = (events, thinking = false) => events.map((_, index) => phaseOf(play(events.slice(0, index + 1)), thinking));
const able = at('connected', { speech: { input: { engine: 'a' }, output: { engine: 'b' } } });
const on = [able, at('microphone', { state: 'asking', engine: 'server' }), at('microphone', { state: 'on', mode: 'hands_free' }), at('recording', { state: 'on', mode: 'hands_free' })];
const said = (text, final = false, utterance = 1, success = true) => at('transcription', { success, text, final, utterance });
const sentence = (turn, number, start, length) => at('speech', { turn, sentence: number, start, length });
const sound = (turn, number, sample, length) => at('speech_queued', { turn, sentence: number, rate: 16_000, sample, pcm: { length } });
const heard = (turn, sample, done = false) => at('speech_played', { turn, sample, done });
const speaking = [...on, sentence(1, 0, 0, 20), sound(1, 0, 0, 16_000)];

test('phase: from the press of the button to the answer', () => {
  assert.deepEqual(phases([...on, at('recording', { state: 'hearing' }), at('recording', { state: 'finishing' }), at('recording', { state: 'on' })]),
    ['off', 'asking', 'connecting', 'listening', 'hearing', 'finishing', 'listening']);
  assert.equal(phaseOf(play(on), true), 'thinking');
  assert.equal(phaseOf(play(speaking), true), 'speaking');
  assert.equal(phaseOf(play([...speaking, heard(1, 16_000, true)]), false), 'listening');
});

test('phase: with the microphone off one still hears the answer, and what is being understood', () => {
  const off = [...on, at('microphone', { state: 'off' })];

  assert.equal(phaseOf(play([...off, at('recording', { state: 'finishing' })]), false), 'finishing');
  assert.equal(phaseOf(play([...off, at('recording', { state: 'off' })]), true), 'off');
  assert.equal(phaseOf(play([...speaking, at('microphone', { state: 'off' })]), false), 'speaking');
});

test('phase: every one has words, and what is a problem says what to do', () => {
  const problems = ['refused', 'missing', 'busy', 'insecure', 'unsupported'];
  for (const problem of problems) {
    const voice = play([able, at('microphone', { state: problem })]);
    assert.equal(phaseOf(voice, true), problem);
    assert.ok(isProblem(problem));
    const { state, hint } = voiceWords(voice, problem);
    assert.ok(state.length > 0 && hint.length > 20, problem);
  }
  for (const phase of ['asking', 'connecting', 'listening', 'hearing', 'finishing', 'thinking', 'speaking', 'paused']) {
    assert.ok(voiceWords(SilentVoice, phase).state.length > 0 && !isProblem(phase), phase);
  }
});

test('transcription: each replaces the one before it, until the message is there', () => {
  const texts = [said('what'), said('what is'), said('what is on', true)];

  assert.equal(play([...on, ...texts]).partial.text, 'what is on');
  assert.equal(play([...on, ...texts, at('accepted', { turn: 1, text: 'what is on', client_msg_id: 'v_1' })]).partial, null);
  assert.equal(play([...on, said('what'), at('accepted', { turn: 1, text: 'typed', client_msg_id: 'm_1' })]).partial.text, 'what');
  assert.equal(play([...on, said('second', false, 2), said('late', true, 1)]).partial.text, 'second');
});

test('transcription: what was not understood is said so, until somebody speaks again', () => {
  const lost = [...on, said('mumble'), said('', true, 1, false)];

  assert.equal(play(lost).partial, null);
  assert.match(voiceWords(play(lost), 'listening').hint, /did not catch/);
  assert.equal(play([...lost, at('recording', { state: 'on' })]).misheard, true);
  assert.equal(play([...lost, at('recording', { state: 'hearing' })]).misheard, false);
});

test('speech: what was spoken grows with what was played', () => {
  const whole = [...speaking, at('speech_end', { turn: 1, samples: 16_000 })];

  assert.equal(play([...whole, heard(1, 8_000)]).spoken[1].shown, 10);
  assert.deepEqual([play(whole).speaking, play([...whole, heard(1, 16_000, true)]).speaking], [1, null]);
  assert.equal(play([...whole, heard(1, 16_000, true)]).spoken[1].over, true);
  assert.equal(play([...speaking, heard(1, 16_000)]).speaking, 1);
});

test('speech: between two sentences, while a tool works, it is thinking that goes on', () => {
  const dry = [...speaking, heard(1, 16_000), at('speech_dry', {})];

  assert.equal(phaseOf(play(dry), true), 'thinking');
  assert.equal(phaseOf(play([...dry, sentence(1, 1, 20, 10), sound(1, 1, 16_000, 800)]), true), 'speaking');
});

test('levelShown: from silence to full, in decibels', () => {
  assert.deepEqual([0, 0.001, 0.0316, 0.3162, 1].map(level => Number(levelShown(level).toFixed(1))), [0, 0, 0.5, 1, 1]);
});

test('speech: of no turn is heard and not kept', () => {
  const voice = play([...on, sound(0, 0, 0, 100)]);

  assert.equal(voice.speaking, 0);
  assert.deepEqual(voice.spoken, {});
  assert.equal(play([heard(0, 100, true)], voice).speaking, null);
});

test('barge-in: pause, then either go on or be cut', () => {
  const paused = [...speaking, at('audio_pause', { turn: 1 }), at('recording', { state: 'hearing' })];

  assert.equal(phaseOf(play(paused), false), 'paused');
  assert.equal(phaseOf(play([...paused, at('audio_resume', { turn: 1 }), at('recording', { state: 'on' })]), false), 'speaking');
  const cut = play([...paused, at('interrupted', { turn: 1, heard: 5 })]);
  assert.deepEqual([cut.speaking, cut.paused, cut.spoken[1].over], [null, false, true]);
  assert.equal(play([at('interrupted', { turn: 9, heard: 5 })], play(speaking)).speaking, 1);
});

test('barge-in: a pause of which nobody tells the end ends with the next thing that is said', () => {
  const paused = [...on, sound(0, 0, 0, 100), at('audio_pause', { turn: 0 })];

  assert.equal(play([...paused, sound(0, 0, 100, 100)]).paused, true);
  assert.equal(play([...paused, sound(1, 0, 0, 100)]).paused, false);
  assert.equal(play([...paused, sound(0, 0, 0, 100)]).paused, false);
});

test('stop by hand: nothing is spoken any more', () => {
  const stopped = play([...speaking, at('speech_stopped', {})]);

  assert.deepEqual([stopped.speaking, stopped.spoken[1].over], [null, true]);
  assert.equal(play([at('speech_stopped', {})]), SilentVoice);
});

test('a cut connection ends what was on its way and what was being said; a new conversation forgets the turns', () => {
  const cut = play([...speaking, said('what'), at('connection', { state: 'waiting' })]);

  assert.deepEqual([cut.speaking, cut.recording, cut.partial, cut.microphone, Object.keys(cut.spoken)], [null, 'off', null, 'on', ['1']]);
  for (const event of ['reset', 'conversation_lost', 'snapshot']) assert.deepEqual(play([at(event, {})], cut).spoken, {});
  assert.equal(play([at('connection', { state: 'online' })], play(speaking)).speaking, 1);
});

test('a server that cannot hear says what to install', () => {
  const message = 'apt-get install flite pocketsphinx';
  const asked = play([at('connected', { speech: { input: null, message } }), at('voice_wanted', { wanted: true })]);
  const refused = play([able, at('error', { code: 'speech_unavailable', message }), at('microphone', { state: 'off' })]);

  for (const voice of [asked, refused]) {
    assert.equal(phaseOf(voice, false), 'unavailable');
    assert.equal(voiceWords(voice, 'unavailable').hint, message);
  }
  assert.equal(phaseOf(play([at('voice_wanted', { wanted: false })], asked), false), 'off');
  assert.equal(voiceWords(play([at('connected', {}), at('voice_wanted', { wanted: true })]), 'unavailable').hint.length > 10, true);
});

test('speech that failed is said so, until the next message', () => {
  const voice = play([...on, at('status', { code: 'speech_failed', message: 'A sentence could not be spoken.' })]);

  assert.equal(voiceWords(voice, 'listening').hint, 'A sentence could not be spoken.');
  assert.equal(play([said('next', true), at('accepted', { client_msg_id: 'v_2' })], voice).notice, null);
});

test('turns: timing and the moment it was heard; of the oldest, nothing is kept', () => {
  const timing = { turn: 1, transcript: 300, first_audio: 500 };
  const voice = reduceVoice(play([...speaking, at('turn_timing', timing)]), at('speech_started', { turn: 1, latencyMs: 30 }), 40);

  assert.deepEqual(voice.spoken[1].timing, timing);
  assert.deepEqual([voice.spoken[1].arrivedAt, voice.spoken[1].audibleAt], [0, 70]);
  const many = play(Array.from({ length: 130 }, (_, index) => at('turn_timing', { turn: index + 1 })));
  assert.equal(Object.keys(many.spoken).length, 100);
  assert.equal(many.spoken[30], undefined);
});
