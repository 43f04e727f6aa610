import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { initialState, reduce, runningTurn } from '../../src/Convonet.Server/wwwroot/js/conversation-state.js';
import { sample } from './fake/client-bench.mjs';

const play = (frames, state = initialState(), now = 0) => frames.reduce((it, frame) => reduce(it, frame, now), state);
const text = (seq, words, turn = 3) => ({ event: 'agent_stream_chunk', data: { type: 'text', text: words, turn }, seq, epoch: 1 });
const response = (seq, words, more = {}) => ({ event: 'agent_response', data: { success: true, text: words, audio: null, turn: 3, outcome: 'completed', ...more }, seq, epoch: 1 });
const onTurn3 = [sample('connected'), sample('accepted')];

/** One turn with every kind of event, made of the golden samples in the order of their seq. */
const wholeTurn = [
  sample('connected'), sample('accepted'), sample('agent_stream_chunk.text'), sample('agent_stream_chunk.tool'), sample('agent_tool_progress'),
  sample('agent_tool_result'), sample('agent_tool_result.timeout'), sample('status'), sample('agent_response'),
];

test('reduce: every golden sample of the server is taken without harm, alone and in a turn', () => {
  const names = readdirSync(new URL('../wire', import.meta.url)).map(file => file.replace('.json', '')).filter(name => !name.startsWith('client.'));
  assert.ok(names.length >= 13);

  for (const name of names) {
    for (const before of [initialState(), play(onTurn3)]) {
      const frozen = deepFreeze(structuredClone(before));
      const after = reduce(frozen, deepFreeze(sample(name)), 5);
      assert.ok(Array.isArray(after.turns) && Array.isArray(after.pending), name);
      assert.equal(after.seq, sample(name).seq ?? sample(name).data.seq ?? before.seq, name);
    }
  }
});

test('reduce: a whole turn out of the samples', () => {
  const state = play(wholeTurn);

  const [turn] = state.turns;
  assert.equal(state.turns.length, 1);
  assert.equal(turn.user, 'Add buy milk to my list');
  assert.equal(turn.text, 'I added buy milk to your list.');
  assert.equal(turn.outcome, 'completed');
  assert.equal(turn.status, null);
  assert.equal(turn.emulated, true);
  assert.deepEqual(turn.timing, { first_text_ms: 620, total_ms: 1840 });
  assert.deepEqual(turn.parts.map(({ kind }) => kind), ['text', 'tools', 'text']);
  assert.deepEqual(turn.tools.map(({ id, state: how, elapsedMs }) => [id, how, elapsedMs]), [['call_3_0_0', 'ok', 38], ['call_3_0_1', 'timeout', 6000]]);
  assert.deepEqual(turn.tools[0].args, { title: 'buy milk' });
  assert.deepEqual(turn.tools[0].result, { id: '7', title: 'buy milk' });
  assert.equal(turn.tools[1].limitMs, 6000);
});

test('reduce: a replay from any point changes nothing', () => {
  const once = play(wholeTurn);

  for (let from = 0; from < wholeTurn.length; from += 1) {
    for (let to = from + 1; to <= wholeTurn.length; to += 1) {
      const before = play(wholeTurn.slice(0, to));
      assert.deepEqual(play(wholeTurn.slice(from), before), once, `${to} events, then again from event ${from}`);
    }
  }
});

test('connected: it tells the providers; the conversation that is followed stays', () => {
  const fresh = play([sample('connected')]);
  const resuming = play([{ event: 'connected', data: { ...sample('connected').data, conversation: 'c_other' } }], initialState({ conversation: 'c_8d2b41', epoch: 1 }));

  assert.equal(fresh.conversation, 'c_8d2b41');
  assert.equal(fresh.provider, 'gemini');
  assert.equal(fresh.providers.length, 2);
  assert.equal(fresh.messageChars, 8000);
  assert.equal(resuming.conversation, 'c_8d2b41');
  assert.equal(resuming.providers.length, 2);
});

test('queued, accepted: a waiting message becomes its turn', () => {
  const queued = play([sample('connected'), { event: 'queued', data: { client_msg_id: 'm1', text: 'Add buy milk to my list' } }]);
  const accepted = reduce(queued, sample('accepted'));

  assert.deepEqual(queued.pending, [{ id: 'm1', text: 'Add buy milk to my list', error: null }]);
  assert.deepEqual(accepted.pending, []);
  assert.equal(runningTurn(accepted)?.turn, 3);
});

test('error: a refused message keeps its words and says why; without a message it is a notice', () => {
  const queued = play([sample('connected'), { event: 'queued', data: { client_msg_id: 'm7', text: 'x' } }]);

  const refused = reduce(queued, sample('error'));
  const other = reduce(queued, { event: 'error', data: { code: 'busy', message: 'Too many.' } });

  assert.deepEqual(refused.pending, [{ id: 'm7', text: 'x', error: "'user_message' needs a text." }]);
  assert.equal(refused.notice, null);
  assert.equal(other.notice, 'Too many.');
});

test('status: a quiet line that the next content removes', () => {
  const waiting = play([...onTurn3, { ...sample('status'), seq: 12 }]);

  assert.equal(waiting.turns[0].status, 'Still waiting for get_calendar_events…');
  for (const next of ['agent_stream_chunk.text', 'agent_stream_chunk.tool', 'agent_tool_progress', 'agent_tool_result', 'agent_response']) {
    assert.equal(reduce(waiting, { ...sample(next), seq: 30 }).turns[0].status, null, next);
  }
});

test('status: a provider that was chosen is shown, also where no turn runs', () => {
  const state = play([sample('connected'), { event: 'status', data: { code: 'provider', message: 'Claude answers.', provider: 'claude' }, seq: 1, epoch: 1 }]);

  assert.equal(state.provider, 'claude');
  assert.deepEqual(state.turns, []);
});

test('agent_response: its text wins over what was shown', () => {
  const longer = play([...onTurn3, text(12, 'I added '), response(13, 'I added milk.')]);
  const different = play([...onTurn3, text(12, 'I adde?'), sample('agent_stream_chunk.tool'), response(14, 'I added milk.')]);

  assert.deepEqual(longer.turns[0].parts, [{ kind: 'text', text: 'I added milk.' }]);
  assert.deepEqual(different.turns[0].parts.map(part => part.kind), ['tools', 'text']);
  for (const state of [longer, different]) assert.equal(state.turns[0].text, 'I added milk.');
});

test('agent_response: text around tools stays where it was, and joined it is the text', () => {
  const state = play([...onTurn3, text(12, 'Let me see. '), sample('agent_stream_chunk.tool'), text(14, 'You are '), text(15, 'free.'), response(16, 'Let me see. You are free.')]);

  const parts = state.turns[0].parts;
  assert.deepEqual(parts.map(part => part.kind), ['text', 'tools', 'text']);
  assert.equal(parts.map(part => part.kind === 'text' ? part.text : '').join(''), 'Let me see. You are free.');
});

test('agent_response: it is the last event of its turn; calls without an end are cancelled', () => {
  const state = play([...onTurn3, sample('agent_stream_chunk.tool'), response(14, '', { success: false, outcome: 'cancelled' }), text(15, 'too late')]);

  assert.equal(state.turns[0].tools[0].state, 'cancelled');
  assert.equal(state.turns[0].text, '');
  assert.equal(state.seq, 15);
});

test('agent_response: a failure keeps its error', () => {
  const state = play([sample('connected'), sample('agent_response.failed')]);

  assert.equal(state.turns[0].outcome, 'failed');
  assert.equal(state.turns[0].error?.retryable, true);
});

test('snapshot: it tells the same as the events did', () => {
  const fromEvents = play(wholeTurn);
  const fromSnapshot = play([sample('snapshot')], initialState({ conversation: 'c_8d2b41', epoch: 1, pending: [{ id: 'm1', text: 'x' }, { id: 'm2', text: 'y' }] }));

  const [a] = fromEvents.turns, [b] = fromSnapshot.turns;
  assert.deepEqual([b.key, b.user, b.text, b.outcome], [a.key, a.user, a.text, a.outcome]);
  assert.deepEqual([b.provider, b.model, b.emulated, b.timing], [a.provider, a.model, a.emulated, a.timing]);
  const { message: _, ...told } = a.tools[0]; // how a call that has ended was getting on is not told again
  assert.deepEqual(b.tools[0], { ...told, startedAt: b.tools[0].startedAt, limitMs: undefined, question: undefined });
  assert.deepEqual(b.parts.map(part => part.kind === 'text' ? part.text : part.ids), ['I added ', ['call_3_0_0'], 'buy milk to your list.']);
  assert.deepEqual(fromSnapshot.pending.map(({ id }) => id), ['m2']);
  assert.equal(fromSnapshot.seq, 18);
});

test('snapshot: a question says what is asked and how long there is to answer; a failed turn says why', () => {
  const snapshot = sample('snapshot');
  const error = { code: 'stalled', message: 'The model fell silent.', retryable: true };
  const failed = { ...snapshot, data: { ...snapshot.data, turns: [{ turn: 3, user: 'Hi', text: '', tools: [], outcome: 'failed', error }] } };

  const [, turn] = reduce(initialState(), snapshot, 1000).turns;

  assert.deepEqual(turn.tools[0].question, { expiresAt: 19_000, answer: null });
  assert.deepEqual(turn.tools[0].args, snapshot.data.turns[1].tools[0].args);
  assert.deepEqual(turn.parts.map(({ kind }) => kind), ['text', 'tools']);
  assert.deepEqual(play([failed]).turns[0].error, error);
});

test('snapshot: it replaces what was shown, and the turn that still runs goes on', () => {
  const snapshot = sample('snapshot');
  const running = { ...snapshot, data: { ...snapshot.data, turns: [{ turn: 3, user: 'Hi', text: 'One ', tools: [{ id: 'a', name: 'get_time', args: {} }] }] } };

  const state = play([running, text(19, 'two')], play([...onTurn3, text(12, 'old words')]));

  assert.equal(state.turns.length, 1);
  assert.equal(state.turns[0].text, 'One two');
  assert.equal(state.turns[0].tools[0].state, 'running');
  assert.equal(runningTurn(state)?.turn, 3);
});

test('epoch: a new one tells the conversation anew', () => {
  const state = play([...onTurn3, text(12, 'gone')]);

  const after = play([{ ...sample('accepted'), seq: 1, epoch: 2 }, { ...text(2, 'new'), epoch: 2 }], state);

  assert.equal(after.turns.length, 1);
  assert.equal(after.turns[0].text, 'new');
  assert.equal(after.seq, 2);
});

test('conversation_lost: nothing stays on show of what was deleted, what was not accepted is kept, and numbers begin anew', () => {
  const waiting = { event: 'queued', data: { client_msg_id: 'm9', text: 'Not yet said' } };
  const state = play([...onTurn3, text(12, 'half an ans'), waiting]);

  const lost = play([{ event: 'conversation_lost', data: { conversation: 'c_new', epoch: 1, provider: 'claude' } }], state);
  const after = play([{ ...sample('accepted'), data: { ...sample('accepted').data, conversation: 'c_new' }, seq: 1 }], lost);

  assert.deepEqual([lost.turns, lost.pending.map(it => it.text), lost.seq], [[], ['Not yet said'], 0]);
  assert.deepEqual(after.turns.map(({ key, outcome }) => [key, outcome]), [['c_new/3', null]]);
  assert.ok(lost.notice);
});

test('reset: only what belongs to the server stays', () => {
  const after = reduce(play(wholeTurn), { event: 'reset', data: {} });

  assert.deepEqual(after, { ...initialState(), providers: sample('connected').data.providers, provider: 'gemini' });
});

function deepFreeze(value) {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

test('interrupted: where it was cut is known of a turn that runs, that has ended, and out of a snapshot', () => {
  const interrupted = (seq, heard) => ({ event: 'interrupted', data: { turn: 3, heard }, seq, epoch: 1 });
  const begun = [...onTurn3, text(13, 'Hello there.')];

  const running = play([...begun, interrupted(14, 5), response(15, 'Hello there.', { outcome: 'cancelled' })]).turns[0];
  const over = play([...begun, response(14, 'Hello there.'), interrupted(15, 7)]).turns[0];
  const snapshot = sample('snapshot');
  snapshot.data.turns[0].heard = 4;

  assert.deepEqual([running.heard, running.outcome, over.heard, over.outcome], [5, 'cancelled', 7, 'completed']);
  assert.deepEqual([play([snapshot]).turns[0].heard, play([sample('snapshot')]).turns[0].heard], [4, undefined]);
  assert.equal(play([interrupted(14, 5)], play(onTurn3.slice(0, 1))).turns.length, 0);
});

test('turn_usage: what an answer takes while it is spoken counts as well', () => {
  const over = play([...onTurn3, text(13, 'Hello there.'), response(14, 'Hello there.', { usage: { input_tokens: 10, output_tokens: 2, cached_input_tokens: 0, cost: 0.0002, currency: 'USD' } })]);
  const { data } = sample('turn_usage');

  const spoken = play([{ event: 'turn_usage', data, seq: 15, epoch: 1 }], over);

  assert.deepEqual([over.turns[0].usage.cost, spoken.turns[0].usage, spoken.seq], [0.0002, data.usage, 15]);
  assert.equal(play([{ event: 'turn_usage', data: { ...data, turn: 99 }, seq: 16, epoch: 1 }], spoken).turns.length, 1);
});

test('stop_waits: an answer that was stopped without a connection says so until it goes on or ends', () => {
  const waiting = play([{ event: 'stop_waits', data: { turn: 3 } }], play([...onTurn3, text(12, 'I added ')]));
  const over = play([response(13, 'I added ', { outcome: 'cancelled' })], waiting).turns[0];

  assert.equal(waiting.turns[0].status, 'Stops as soon as the connection is back.');
  assert.deepEqual([over.status, over.outcome], [null, 'cancelled']);
  assert.deepEqual(play([{ event: 'stop_waits', data: { turn: 3 } }], play([...onTurn3, response(12, '')])).turns[0].status, null);
});
