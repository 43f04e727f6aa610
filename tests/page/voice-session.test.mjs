import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as settled } from 'node:timers/promises';
import { MicrophoneError } from '../../src/Convonet.Server/wwwroot/js/convonet/audio/microphone.js';
import { VoiceSession } from '../../src/Convonet.Server/wwwroot/js/convonet/voice-session.js';
import { onlineBench } from './fake/client-bench.mjs';
import { speechBytes } from './fake/sound.mjs';

const pcm = Int16Array.of(1, 2, 3, 4);
const frames = count => Array.from({ length: count }, (_, k) => Int16Array.of(k));

/** A session whose microphone and player are the test's. */
function sessionBench() {
  const bench = onlineBench();
  const microphones = [];
  const [told, levels, commands] = [[], [], []];
  let actions;
  const session = new VoiceSession(bench.client, {
    dispatch: event => told.push(event),
    onLevel: level => levels.push(level),
    openMicrophone: given => new Promise((resolve, reject) => microphones.push({
      ...given, isOpen: false, refuse: problem => reject(new MicrophoneError(problem)),
      allow() { this.isOpen = true; resolve({ close: () => { this.isOpen = false; } }); return settled(); },
    })),
    makePlayer: given => {
      actions = given;
      const note = name => (...args) => commands.push([name, ...args]);
      return { wake: note('wake'), play: note('play'), end: note('end'), pause: note('pause'), resume: note('resume'), drop: note('drop') };
    },
  });
  const sent = () => bench.last().sent.map(it => it.event ?? it[0]);
  const states = () => told.filter(({ event }) => event === 'microphone').map(({ data }) => data.state);
  return { ...bench, session, microphones, mic: () => microphones.at(-1), told, levels, commands, sent, states, player: () => actions };
}

test('record: what was heard since the press is sent too, once it is clear what for', async () => {
  const { session, mic, sent, states, levels } = sessionBench();
  session.prepare();
  await mic().allow();
  for (const frame of frames(3)) mic().onFrame(frame, 0.1);
  const before = sent().length;

  session.record('hands_free');
  mic().onFrame(Int16Array.of(9), 0.2);

  assert.equal(before, 0);
  assert.deepEqual(sent(), ['start_recording', 0, 1, 2, 9]);
  assert.deepEqual(states(), ['asking', 'on']);
  assert.deepEqual(levels, [0.1, 0.1, 0.1, 0.2]);
});

test('record: of what was heard before, a second is kept', async () => {
  const { session, mic, sent } = sessionBench();
  session.prepare();
  await mic().allow();
  for (const frame of frames(80)) mic().onFrame(frame, 0);

  session.record('push_to_talk');

  assert.deepEqual(sent().slice(1), Array.from({ length: 50 }, (_, k) => k + 30));
});

test('stop: closes the microphone and tells the server, once', async () => {
  const { session, mic, sent, states } = sessionBench();
  session.record('hands_free');
  await mic().allow();

  session.stop();
  session.stop();
  mic().onFrame(Int16Array.of(9), 0.5);

  assert.deepEqual(sent(), ['start_recording', 'stop_recording']);
  assert.deepEqual(states(), ['asking', 'on', 'off']);
  assert.equal(mic().isOpen, false);
});

test('stop: while the user is still being asked, a late yes opens nothing', async () => {
  const { session, mic, sent, states } = sessionBench();
  session.record('push_to_talk');
  session.stop();
  await mic().allow();

  assert.equal(mic().isOpen, false);
  assert.deepEqual(sent(), []);
  assert.deepEqual(states(), ['asking', 'off']);
});

test('refused: is said, and the next press asks again', async () => {
  const { session, microphones, states, mic } = sessionBench();
  session.record('hands_free');
  mic().refuse('refused');
  await settled();
  session.record('hands_free');
  await mic().allow();

  assert.equal(microphones.length, 2);
  assert.deepEqual(states(), ['asking', 'refused', 'asking', 'on']);
});

test('the microphone goes off when it is unplugged, and when the server or the connection ends it', async () => {
  const ways = {
    unplugged: ({ mic }) => mic().onEnded(),
    'the server ends it': ({ last }) => last().deliver({ event: 'recording', data: { state: 'off' } }),
    'it cannot hear after all': ({ last }) => last().deliver({ event: 'error', data: { code: 'speech_unavailable', message: 'no' } }),
    'it knows of no recording': ({ last }) => last().deliver({ event: 'error', data: { code: 'not_recording', message: 'no' } }),
    'signed out': ({ client }) => client.leave(),
  };
  for (const [name, happen] of Object.entries(ways)) {
    const bench = sessionBench();
    bench.session.record('hands_free');
    await bench.mic().allow();
    happen(bench);

    assert.equal(bench.mic().isOpen, false, name);
    assert.equal(bench.states().at(-1), 'off', name);
  }
});

test('recording off, as the answer to a stop, does not end what was begun since', async () => {
  const { session, mic, last, states } = sessionBench();
  session.record('hands_free');
  await mic().allow();
  session.stop();
  session.record('hands_free');
  await mic().allow();

  last().deliver({ event: 'recording', data: { state: 'off' } }, { event: 'recording', data: { state: 'on' } });
  assert.equal(states().at(-1), 'on');
  last().deliver({ event: 'recording', data: { state: 'off' } });
  assert.equal(states().at(-1), 'off');
});

test('speech: goes to the player, and what it says goes to the server', () => {
  const { last, commands, player, told, sent } = sessionBench();

  last().deliverBytes(speechBytes({ turn: 1, pcm })).deliver(
    { event: 'audio_pause', data: { turn: 1 } }, { event: 'audio_resume', data: { turn: 1 } }, { event: 'speech_end', data: { turn: 1, samples: 4 } }, { event: 'interrupted', data: { turn: 1, heard: 2 } });
  player().onPlayed({ turn: 1, sample: 4, done: true });
  player().onStarted(1, 30);
  player().onDry();

  assert.deepEqual(commands.map(([name]) => name), ['play', 'pause', 'resume', 'end', 'drop']);
  assert.deepEqual(commands[0][1].pcm, pcm);
  assert.deepEqual([commands[3], commands[4]], [['end', 1, 4], ['drop', 1]]);
  assert.deepEqual(told.map(({ event }) => event), ['speech_queued', 'speech_played', 'speech_started', 'speech_dry']);
  assert.deepEqual([sent(), last().sent[0].data], [['played'], { turn: 1, sample: 4, done: true }]);
});

test('silence: what is still on its way is not played; other turns are', () => {
  const { session, last, commands } = sessionBench();
  const play = (turn, sample) => last().deliverBytes(speechBytes({ turn, sample, pcm }));
  play(3, 0);
  session.silence(3);
  play(3, 4);
  play(4, 0);
  last().deliver({ event: 'interrupted', data: { turn: 3, heard: 1 } });
  play(3, 8); // overtaken

  assert.deepEqual(commands.map(([name, it]) => [name, it?.turn ?? it]), [['play', 3], ['drop', undefined], ['play', 4], ['drop', 3]]);
});

test('silence: a reminder that was silenced does not silence the next', () => {
  const { session, last, commands } = sessionBench();
  const play = sample => last().deliverBytes(speechBytes({ turn: 0, sample, pcm }));
  play(0);
  session.silence(0);
  play(4);
  play(0);
  session.silence(0);
  last().deliver({ event: 'speech_end', data: { turn: 0, samples: 8 } });
  play(0);

  assert.deepEqual(commands.map(([name]) => name), ['play', 'drop', 'play', 'drop', 'play']);
});

test('a pause of which nobody tells the end ends with the next thing that is said', () => {
  const { last, commands } = sessionBench();
  const play = (turn, sample) => last().deliverBytes(speechBytes({ turn, sample, pcm }));
  play(0, 0);
  last().deliver({ event: 'audio_pause', data: { turn: 0 } });
  play(0, 4); // was on its way
  play(1, 0);
  play(1, 4);

  assert.deepEqual(commands.map(([name, it]) => [name, it?.turn ?? it]), [['play', 0], ['pause', undefined], ['play', 0], ['drop', 0], ['play', 1], ['play', 1]]);
});

test('a cut ends what was on its way, and what was silenced is heard in the next conversation', () => {
  const { session, last, client, commands } = sessionBench();
  last().deliverBytes(speechBytes({ turn: 1, pcm }));
  session.silence(1);
  client.newConversation();
  last().open().deliver({ event: 'connected', data: { conversation: 'c_2', epoch: 1, provider: 'gemini', providers: [] } });
  last().deliverBytes(speechBytes({ turn: 1, pcm }));

  assert.equal(commands.at(-1)[0], 'play');
  assert.ok(commands.filter(([name]) => name === 'drop').length >= 2);
});
