import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, reduce } from '../../src/Convonet.Server/wwwroot/js/conversation-state.js';
import { keptChanges } from '../../src/Convonet.Server/wwwroot/js/tool-changes.js';
import { sample } from './fake/client-bench.mjs';

const play = (frames, state = initialState(), now = 0) => frames.reduce((it, frame) => reduce(it, frame, now), state);
const response = (seq, words, more = {}) => ({ event: 'agent_response', data: { success: true, text: words, audio: null, turn: 3, outcome: 'completed', ...more }, seq, epoch: 1 });
const onTurn3 = [sample('connected'), sample('accepted')];

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
  const allowed = reduce(asking, { event: 'agent_tool_progress', data: { tool_call: { id: 'call_3_0_0', name: 'create_todo' }, turn: 3, state: 'running' }, seq: 15, epoch: 1 });
  const stopped = reduce(asking, response(15, '', { outcome: 'cancelled' }));

  assert.deepEqual(asking.turns[0].tools[0].question, { expiresAt: 31_000, answer: null });
  assert.equal(said.turns[0].tools[0].question.answer, true);
  assert.equal(reduce(asking, { event: 'tool_answered', data: { id: 'other', yes: true } }).turns[0], asking.turns[0]);
  assert.equal(allowed.turns[0].tools[0].state, 'running', 'in another window');
  for (const { turns: [{ tools: [tool] }] } of [ended, allowed, stopped]) assert.equal(tool.question, undefined);
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

test('loaded: a call that this tab did not see live is told from the server\u2019s list what it changed', () => {
  const snapshot = sample('snapshot');
  const [turn] = snapshot.data.turns;
  const [call] = turn.tools;
  const list = (items, kind = `changes?conversation=${snapshot.data.conversation}`) => ({ event: 'loaded', data: { kind, items } });
  const item = { id: 'g1', call_id: call.id, tool: call.name, undone: false, can_undo: true };
  const told = (items, kind) => play([snapshot, list(items, kind)]).turns[0].tools[0].change;

  assert.deepEqual(told([item]), { id: 'g1', state: 'done' });
  assert.deepEqual(told([{ ...item, undone: true, can_undo: false }]), { id: 'g1', state: 'undone' });
  assert.equal(told([{ ...item, can_undo: false }]), undefined, 'it has changed since');
  assert.equal(told([item], 'changes?conversation=another'), undefined);
  assert.equal(told([item], 'changes'), undefined, 'of which conversation is not said there');

  const refused = play([{ event: 'undo', data: { id: 'g1', state: 'refused', message: 'No.' } }, list([item])], play([snapshot, list([item])]));
  assert.equal(refused.turns[0].tools[0].change.state, 'refused');
});
