import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, reduce } from '../../src/Convonet.Server/wwwroot/js/conversation-state.js';
import { sample } from './fake/client-bench.mjs';

const play = (frames, state = initialState()) => frames.reduce((it, frame) => reduce(it, frame, 0), state);
const chunk = (seq, text, epoch) => ({ event: 'agent_stream_chunk', data: { type: 'text', text, turn: 3 }, seq, epoch });
const snapshot = turn => ({ event: 'snapshot', data: { conversation: 'c_8d2b41', epoch: 2, seq: 1, turns: [{ turn: 3, client_msg_id: 'm1', user: 'Add buy milk', text: 'I added ', ...turn }] } });

test('superseded: the page says why an answer became shorter, until it goes on', () => {
  const before = play([sample('connected'), sample('accepted'), chunk(12, 'I added buy milk and', 1)]);

  const taken = play([sample('superseded'), snapshot({ superseded: 8 })], before).turns[0];
  const on = play([sample('superseded'), snapshot({ superseded: 8 }), chunk(2, 'buy milk.', 2)], before).turns[0];

  assert.deepEqual([taken.text, taken.status], ['I added ', 'The server changed while this was answered. The answer goes on.']);
  assert.deepEqual([on.text, on.status], ['I added buy milk.', null]);
});

test('superseded: an answer that has ended says nothing of it', () => {
  const over = play([sample('connected'), snapshot({ superseded: 8, outcome: 'completed' })]).turns[0];
  const ordinary = play([sample('connected'), snapshot({})]).turns[0];

  assert.deepEqual([over.status, ordinary.status], [null, null]);
});

test('superseded: an answer that ended elsewhere, meanwhile, with other words than were on show says why they changed', () => {
  const before = play([sample('connected'), sample('accepted'), chunk(12, 'I added buy milk and', 1)]);

  const other = play([snapshot({ superseded: 8, text: 'I added buy milk.', outcome: 'completed' })], before).turns[0];
  const longer = play([snapshot({ superseded: 8, text: 'I added buy milk and eggs.', outcome: 'completed' })], before).turns[0];

  assert.deepEqual([other.text, other.status], ['I added buy milk.', 'The server changed while this was answered, and the last words were said anew.']);
  assert.equal(longer.status, null);
});
