import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { initialState, reduce, runningTurn } from '../../src/Convonet.Server/wwwroot/js/conversation-state.js';
import { keptChanges } from '../../src/Convonet.Server/wwwroot/js/tool-changes.js';
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

test('tools: asked, then running, then done, side by side in one group', () => {
  const call = (id, name) => ({ tool_call: { id, name }, turn: 3 });
  const asked = { event: 'agent_tool_progress', data: { ...call('a', 'create_todo'), state: 'asked' }, seq: 12, epoch: 1 };
  const started = { event: 'agent_stream_chunk', data: { type: 'tool', tool_call: { id: 'a', name: 'create_todo', args: { title: 'milk' } }, turn: 3, at_ms: 100 }, seq: 13, epoch: 1 };
  const second = { event: 'agent_stream_chunk', data: { type: 'tool', tool_call: { id: 'b', name: 'get_time', args: {} }, turn: 3, at_ms: 200 }, seq: 14, epoch: 1 };

  const [first, ...later] = [asked, started, second].map((_, index, all) => play([...onTurn3, ...all.slice(0, index + 1)], undefined, 1000).turns[0]);

  assert.deepEqual(first.tools.map(({ state }) => state), ['asked']);
  assert.deepEqual(later[1].tools.map(({ state }) => state), ['running', 'running']);
  assert.deepEqual(later[1].parts, [{ kind: 'tools', ids: ['a', 'b'] }]);
});

test('tools: a late "asked" neither restarts a running call nor reopens one that ended', () => {
  const asked = seq => ({ event: 'agent_tool_progress', data: { tool_call: { id: 'call_3_0_0', name: 'create_todo' }, turn: 3, state: 'asked' }, seq, epoch: 1 });
  const running = play([...onTurn3, sample('agent_stream_chunk.tool'), asked(14)]);
  const done = play([sample('agent_tool_result'), asked(16)], running);

  assert.equal(running.turns[0].tools[0].state, 'running');
  assert.equal(done.turns[0].tools[0].state, 'ok');
});

test('tools: the clock of a running call counts from its start on the server, as closely as the events tell', () => {
  const at = (frame, at_ms) => ({ ...frame, data: { ...frame.data, at_ms } });
  const started = at(sample('agent_stream_chunk.tool'), 400);
  const ended = at(sample('agent_tool_result.timeout'), 2400);

  const live = reduce(play(onTurn3, undefined, 10_000), started, 10_400);
  const afterLateReplay = reduce(live, ended, 60_000);
  const replayedThenLive = reduce(play([...onTurn3, started], undefined, 10_000), ended, 10_000);

  assert.equal(live.turns[0].tools[0].startedAt, 10_400);
  assert.equal(afterLateReplay.turns[0].startedAt, 10_000);
  assert.equal(replayedThenLive.turns[0].startedAt, 7600);
});

test('tool_confirmation: the call asks until it is answered or over', () => {
  const asking = play([...onTurn3, sample('agent_stream_chunk.tool'), { ...sample('tool_confirmation'), seq: 14 }], undefined, 1000);
  const said = reduce(asking, { event: 'tool_answered', data: { id: 'call_3_0_0', yes: true } });
  const ended = reduce(asking, sample('agent_tool_result'));
  const stopped = reduce(asking, response(15, '', { outcome: 'cancelled' }));

  assert.deepEqual(asking.turns[0].tools[0].question, { expiresAt: 31_000, answer: null });
  assert.equal(said.turns[0].tools[0].question.answer, true);
  assert.equal(reduce(asking, { event: 'tool_answered', data: { id: 'other', yes: true } }).turns[0], asking.turns[0]);
  for (const { turns: [{ tools: [tool] }] } of [ended, stopped]) assert.equal(tool.question, undefined);
});

test('snapshot: a call that waits for the user asks again, without an end that nobody told; an answer that came too late is no notice', () => {
  const snapshot = sample('snapshot');
  const tool = { id: 'a', name: 'delete_todo', args: {}, awaits_confirmation: true };
  const state = play([{ ...snapshot, data: { ...snapshot.data, turns: [{ turn: 3, user: 'Hi', text: '', tools: [tool] }] } }]);

  assert.deepEqual(state.turns[0].tools[0].question, { expiresAt: Infinity, answer: null });
  assert.equal(reduce(state, { event: 'error', data: { code: 'unknown_call', message: 'Nothing waits.' } }).notice, null);
});

test('tools: one of which nobody knows whether it took effect says so', () => {
  const state = play([...onTurn3, { ...sample('agent_tool_result'), data: { ...sample('agent_tool_result').data, outcome: 'unknown' } }]);

  assert.equal(state.turns[0].tools[0].state, 'unknown');
});

test('data_changed, undo: what a call of the running turn changed can be taken back, and how that goes is told', () => {
  const running = play([...onTurn3, sample('agent_stream_chunk.tool'), sample('data_changed')]);
  const { id } = sample('data_changed').data.change;
  const refused = play([{ event: 'undo', data: { id, state: 'undoing' } }, { event: 'undo', data: { id, state: 'refused', message: 'It has changed since.' } }], running);
  const over = play([...onTurn3, sample('agent_stream_chunk.tool'), response(14, ''), sample('data_changed')]);

  assert.deepEqual(running.turns[0].tools[0].change, { id, state: 'done' });
  assert.deepEqual(refused.turns[0].tools[0].change, { id, state: 'refused', message: 'It has changed since.' });
  assert.equal(over.turns[0].tools[0].change, undefined, 'it came from another conversation, whose calls have the same ids');
  assert.equal(reduce(running, { event: 'undo', data: { id: 'other', state: 'undone' } }), running);
});

test('data_changed: what a call changed is known after a reload too, and whether another tab took it back', () => {
  const { id } = sample('data_changed').data.change;
  const { changes } = play([...onTurn3, sample('agent_stream_chunk.tool'), sample('data_changed'), { event: 'undo', data: { id, state: 'undoing' } }]);
  const kept = () => initialState({ conversation: 'c_8d2b41', epoch: 1, changes: keptChanges(JSON.parse(JSON.stringify(changes))) });

  const replayed = play([sample('accepted'), sample('agent_stream_chunk.tool'), response(14, '')], kept());
  const fromSnapshot = play([sample('snapshot')], kept());
  const undone = reduce(replayed, { event: 'loaded', data: { kind: 'changes', items: [{ id, undone: true }] } });

  for (const state of [replayed, fromSnapshot]) assert.deepEqual(state.turns[0].tools[0].change, { id, state: 'done' });
  assert.equal(undone.turns[0].tools[0].change.state, 'undone');
  assert.deepEqual(keptChanges('nonsense'), {});
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

test('conversation_lost: what was shown stays, what was running is lost, and numbers begin anew', () => {
  const state = play([...onTurn3, text(12, 'half an ans')]);

  const after = play([
    { event: 'conversation_lost', data: { conversation: 'c_new', epoch: 1, provider: 'claude' } },
    { ...sample('accepted'), data: { ...sample('accepted').data, conversation: 'c_new' }, seq: 1 },
  ], state);

  assert.deepEqual(after.turns.map(({ key, outcome }) => [key, outcome]), [['c_8d2b41/3', 'lost'], ['c_new/3', null]]);
  assert.ok(after.notice);
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
