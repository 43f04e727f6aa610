import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientBench, connected, onlineBench, other, sample } from './fake/client-bench.mjs';

const accepted = { ...sample('accepted'), seq: 1 };
const chunk = (text, seq, epoch = 1) => ({ event: 'agent_stream_chunk', data: { type: 'text', text, turn: 3 }, seq, epoch });
const snapshot = (turn = {}) => {
  const { event, data } = sample('snapshot');
  return { event, data: { ...data, epoch: 2, seq: 0, turns: [{ ...data.turns[0], ...turn }] } };
};
const told = events => events.filter(({ event }) => ['accepted', 'agent_stream_chunk', 'agent_response'].includes(event)).map(({ event, data }) => event === 'agent_stream_chunk' ? data.text : event);

/** A client that is in the middle of turn 3 when the line is cut, and then gets these. */
function cutInTurn(bench, ...frames) {
  bench.client.connect();
  bench.last().open().deliver(connected, accepted, chunk('I added ', 2));
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, ...frames);
  return bench;
}

test('an answer that ended while there was no connection, of which a snapshot tells, ends here too, with the words that were missed', () => {
  const { events } = cutInTurn(clientBench(), snapshot());

  const { emulated, timing, usage, ...rest } = events.at(-2).data;
  assert.deepEqual(told(events), ['accepted', 'I added ', 'buy milk to your list.', 'agent_response']);
  assert.deepEqual(rest, { success: true, text: 'I added buy milk to your list.', turn: 3, outcome: 'completed', provider: 'gemini', model: 'gemini-2.5-flash', audio: null });
});

test('an answer that is still written goes on behind what the snapshot shows of it, and nothing comes twice', () => {
  const running = snapshot({ text: 'I added buy ', outcome: undefined });

  const { events } = cutInTurn(clientBench(), running, chunk('milk', 1, 2), snapshot({ text: 'I added buy milk.' }), snapshot({ text: 'I added buy milk.' }));

  assert.deepEqual(told(events), ['accepted', 'I added ', 'buy ', 'milk', '.', 'agent_response']);
});

test('an answer with other words than were told only ends', () => {
  assert.deepEqual(told(cutInTurn(clientBench(), snapshot({ text: 'Milk is on the list, and more.' })).events), ['accepted', 'I added ', 'agent_response']);
});

test('a message whose turn is only in the snapshot was accepted and answered', () => {
  const bench = onlineBench();
  const id = bench.client.send('Add buy milk to my list');
  bench.last().cut();
  bench.clock.advance(500);

  bench.last().open().deliver(other, snapshot({ client_msg_id: id }));

  assert.deepEqual(told(bench.events), ['accepted', 'I added buy milk to your list.', 'agent_response']);
  assert.equal(bench.events.find(({ event }) => event === 'accepted').data.client_msg_id, id);
});

const unknown = { event: 'error', data: { code: 'unknown_conversation', message: 'This conversation is not known here (any more).' } };

test('an answer whose conversation was deleted meanwhile ends, so that nobody waits for it', () => {
  const { events, client } = cutInTurn(clientBench(), unknown);

  const { error, outcome, text, success } = events.find(({ event }) => event === 'agent_response').data;
  assert.deepEqual({ error, outcome, text, success }, { error: { ...unknown.data, retryable: true }, outcome: 'cancelled', text: 'I added ', success: false });
  assert.deepEqual(told(events), ['accepted', 'I added ', 'agent_response']);
  assert.equal(client.conversation, 'c_fresh');
});

test('an answer that was left for another conversation, which is not known, is not said to have ended', () => {
  const bench = clientBench();
  bench.client.connect();
  bench.last().open().deliver(connected, accepted, chunk('I added ', 2));
  bench.client.open('c_gone');
  bench.last().open().deliver(other, unknown);

  assert.deepEqual(told(bench.events), ['accepted', 'I added ']);
});

test('turns that ended, or are not known here, are not told again', () => {
  const ended = { ...sample('agent_response'), seq: 3 };
  const repeated = { event: 'accepted', data: accepted.data };
  const bench = onlineBench();
  bench.last().deliver(accepted, chunk('I added ', 2), ended, repeated);
  const before = bench.events.length;

  bench.last().deliver(snapshot(), snapshot({ turn: 2, client_msg_id: 'm0' }));

  assert.deepEqual(bench.events.slice(before).map(({ event }) => event), ['snapshot', 'snapshot']);
});

test('a turn of the same number in another conversation is another one', () => {
  const { events } = cutInTurn(clientBench(), { ...snapshot(), data: { ...snapshot().data, conversation: 'c_fresh' } });

  assert.deepEqual(told(events), ['accepted', 'I added ']);
});

test('who shows snapshots gets nothing beside them', () => {
  assert.deepEqual(told(cutInTurn(clientBench({ fillsIn: false }), snapshot()).events), ['accepted', 'I added ']);
});
