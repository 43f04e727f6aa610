import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientBench, connected, onlineBench, other, resumed } from './fake/client-bench.mjs';
import { speechBytes } from './fake/sound.mjs';

const eventsOf = sent => sent.map(it => it.event ?? 'bytes');
const pcm = Int16Array.from({ length: 320 }, (_, k) => k);

test('recording: start, sound, stop', () => {
  const { client, last } = onlineBench();

  client.voice.startRecording('push_to_talk');
  client.voice.sendAudio(pcm);
  client.voice.stopRecording();

  assert.deepEqual(last().sent, [{ event: 'start_recording', data: { mode: 'push_to_talk' } }, pcm, { event: 'stop_recording', data: {} }]);
  assert.equal(last().sent[1].byteLength, 640);
});

test('recording: without one, no sound is sent, and nothing is stopped', () => {
  const { client, last } = onlineBench();

  client.voice.sendAudio(pcm);
  client.voice.stopRecording();

  assert.deepEqual(last().sent, []);
});

test('recording: goes on after a cut; what was said meanwhile is lost', () => {
  const bench = onlineBench();
  bench.client.voice.startRecording();
  bench.last().cut();
  bench.client.voice.sendAudio(pcm);
  bench.client.voice.played({ turn: 1, sample: 5, done: false });
  bench.clock.advance(500);
  bench.last().open().deliver(other);
  bench.client.voice.sendAudio(pcm);
  bench.last().deliver(resumed);
  bench.client.voice.sendAudio(pcm);

  assert.deepEqual(eventsOf(bench.last().sent).filter(it => it !== 'resume'), ['start_recording', 'bytes']);
});

test('recording: one that was begun before there was a connection begins with it, and a check of the connection does not begin it again', () => {
  const { client, last, clock } = clientBench();
  client.voice.startRecording();
  client.connect();
  last().open().deliver(connected);
  client.wake();
  last().deliver(resumed);
  clock.advance(0);

  assert.deepEqual(eventsOf(last().sent).filter(it => it === 'start_recording').length, 1);
});

test('recording: one that was stopped or refused does not come back', () => {
  for (const end of [({ client }) => client.voice.stopRecording(), ({ last }) => last().deliver({ event: 'error', data: { code: 'speech_unavailable', message: 'Install it.' } })]) {
    const bench = onlineBench();
    bench.client.voice.startRecording();
    end(bench);
    bench.last().cut();
    bench.clock.advance(500);
    bench.last().open().deliver(other, resumed);
    bench.client.voice.sendAudio(pcm);

    assert.deepEqual(eventsOf(bench.last().sent).filter(it => it !== 'resume'), []);
  }
});

test('recording: a network that does not keep up loses sound, and does not collect it', () => {
  const { client, last } = onlineBench();
  client.voice.startRecording();

  last().bufferedAmount = 65_537;
  client.voice.sendAudio(pcm);
  last().bufferedAmount = 65_536;
  client.voice.sendAudio(pcm);

  assert.deepEqual(eventsOf(last().sent), ['start_recording', 'bytes']);
});

test('played: is told as it is', () => {
  const { client, last } = onlineBench();

  client.voice.played({ turn: 3, sample: 16_000, done: false });

  assert.deepEqual(last().sent, [{ event: 'played', data: { turn: 3, sample: 16_000, done: false } }]);
});

test('speech: a binary frame is an event; what is none is nothing', () => {
  const { events, last } = onlineBench();
  const before = events.length;

  last().deliverBytes(speechBytes({ turn: 3, sentence: 1, rate: 22_050, sample: 7, pcm })).deliverBytes(new ArrayBuffer(3));

  assert.deepEqual(events.slice(before), [{ event: 'speech_audio', data: { turn: 3, sentence: 1, rate: 22_050, sample: 7, pcm } }]);
});

test('send: a message that was spoken says so, also when it is sent again', () => {
  const bench = onlineBench();

  const id = bench.client.send('delete it', { voice: true });
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(bench.last().sent.at(-1), { event: 'user_message', data: { text: 'delete it', client_msg_id: id, voice: true } });
  assert.equal(bench.store.value.outbox[0].voice, true);
});

test('cancel: of a turn of which only the speech was left is done when it was interrupted', () => {
  const bench = onlineBench();
  bench.client.cancel(3);
  bench.last().deliver({ event: 'interrupted', data: { turn: 3, heard: 4 }, seq: 1, epoch: 1 });
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(eventsOf(bench.last().sent), ['resume']);
});
