import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConvonetClient } from '../../src/Convonet.Server/wwwroot/js/convonet-client.js';
import { clientBench, connected, onlineBench, other, resumed, sample, seqsOf, text } from './fake/client-bench.mjs';

test('send: the frames are those of the golden samples', () => {
  const { client, last } = onlineBench();

  const id = client.send('Add buy milk to my list');
  client.setProvider('claude');
  client.cancel();

  const message = sample('client.user_message');
  assert.deepEqual(last().sent, [{ ...message, data: { ...message.data, client_msg_id: id } }, sample('client.set_provider'), sample('client.cancel')]);
  assert.ok(id.length <= 64);
});

test('send: before there is a connection it connects, keeps the message and sends it once', () => {
  const { client, last, store } = clientBench();

  const id = client.send('hello');
  const before = last().sent.length;
  last().open().deliver(connected);

  assert.equal(before, 0);
  assert.deepEqual(last().sent, [{ event: 'user_message', data: { text: 'hello', client_msg_id: id } }]);
  assert.deepEqual(store.value.outbox, [{ id, text: 'hello' }]);
});

test('accepted: the message leaves the outbox and is not sent again', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');

  bench.last().deliver({ event: 'accepted', data: { client_msg_id: id, turn: 1, text: 'hello' }, seq: 1, epoch: 1 });
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(bench.client.unaccepted, []);
  assert.deepEqual(bench.last().sent.map(({ event }) => event), ['resume']);
});

test('send: a message that nobody accepts makes the client check the connection', () => {
  const bench = onlineBench();

  bench.client.send('hello');
  bench.clock.advance(10_000 + 3_000);

  assert.equal(bench.client.state, 'waiting');
});

test('error: a refused message leaves the outbox; one that was too fast is sent again', () => {
  const bench = onlineBench();
  const refused = bench.client.send('too long');
  const early = bench.client.send('too early');

  bench.last().deliver(
    { event: 'error', data: { code: 'message_too_long', message: 'Too long.', client_msg_id: refused } },
    { event: 'error', data: { code: 'rate_limited', message: 'Too fast.', client_msg_id: early } });
  bench.clock.advance(1_000);

  assert.deepEqual(bench.client.unaccepted, [{ id: early, text: 'too early' }]);
  assert.deepEqual(bench.last().sent.map(({ data }) => data.client_msg_id), [refused, early, early]);
});

test('provider: a choice made while offline is sent on return, and again in a new conversation', () => {
  const bench = onlineBench();
  bench.last().cut();
  bench.client.setProvider('claude');

  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed, { event: 'status', data: { code: 'provider', message: '', provider: 'claude' }, seq: 1, epoch: 1 });
  const inOld = bench.last().sent.map(({ event }) => event);
  bench.client.newConversation();
  bench.last().open().deliver(other);

  assert.deepEqual(inOld, ['resume', 'set_provider']);
  assert.deepEqual(bench.last().sent, [sample('client.set_provider')]);
});

test('cancel: a turn that is stopped while offline is stopped on return, unless it has ended', () => {
  const bench = onlineBench();
  bench.last().cut();
  bench.client.cancel(3);

  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);
  const first = bench.last().sent.slice(1);
  bench.last().deliver({ ...sample('agent_response'), seq: 1 });
  bench.last().cut();
  bench.clock.advance(1000);
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(first, [{ event: 'cancel', data: { turn: 3 } }]);
  assert.deepEqual(bench.last().sent.slice(1), []);
});

test('newConversation: forgets the old one, its messages and its socket', () => {
  const bench = onlineBench(4);
  bench.client.send('never mind');

  bench.client.newConversation();
  bench.sockets[0].deliver(text(5));
  bench.last().open().deliver(other, text(1));

  assert.equal(bench.client.conversation, 'c_fresh');
  assert.deepEqual(bench.client.unaccepted, []);
  assert.deepEqual(bench.last().sent, []);
  assert.deepEqual(seqsOf(bench.events), [1, 2, 3, 4, 1]);
});

test('receive: what is no frame is ignored, unknown events pass through', () => {
  const bench = onlineBench();

  bench.last().deliver('not json', '42', '{"event":7,"data":{}}', '{"event":"x"}', { event: 'tomorrow', data: { a: 1 } });

  assert.deepEqual(bench.events.filter(({ event }) => !['connected', 'connection'].includes(event)), [{ event: 'tomorrow', data: { a: 1 } }]);
});

test('on: returns the way to stop, and a handler that throws is reported and harms nobody', t => {
  const bench = onlineBench();
  const heard = [], reported = [];
  globalThis.reportError = error => reported.push(error.message);
  t.after(() => delete globalThis.reportError);
  bench.client.on('agent_stream_chunk', () => { throw new Error('mine'); });
  const stop = bench.client.on('agent_stream_chunk', ({ text: words }) => heard.push(words));

  bench.last().deliver(text(1));
  stop();
  bench.last().deliver(text(2));

  assert.deepEqual(heard, ['w1 ']);
  assert.deepEqual(reported, ['mine', 'mine']);
});

test('for await: every event in order until close, which leaves no timer', async () => {
  const bench = clientBench();
  const seen = [];
  const reading = (async () => {
    for await (const { event, seq } of bench.client) {
      seen.push(event === 'agent_stream_chunk' ? seq : event);
      if (seq === 2) bench.client.close();
    }
  })();
  bench.client.connect();
  bench.last().open().deliver(connected, text(1), text(2));

  await reading;

  assert.deepEqual(seen, ['connection', 'connected', 'connection', 1, 2, 'connection']);
  assert.equal(bench.clock.pending, 0);
  assert.equal(bench.client.state, 'closed');
});

test('for await: a reader that takes nothing costs a bounded memory, and is told that it missed something', async () => {
  const bench = clientBench();
  const reader = bench.client[Symbol.asyncIterator]();
  const first = reader.next();
  bench.client.connect();
  bench.last().open().deliver(connected);
  for (let seq = 1; seq <= 10_001; seq += 1) bench.last().deliver(text(seq));

  let taken = 0;
  await first;
  await assert.rejects(async () => { for await (const _ of reader) taken += 1; }, /not read/);

  assert.equal(taken, 9_999);
});

test('constructor: without any WebSocket class it says so', () => {
  assert.throws(() => new ConvonetClient({ url: 'ws://test', WebSocket: null }), /WebSocket/);
});

test('confirm: it is said at once, and again after a cut', () => {
  const bench = onlineBench();
  const frame = sample('client.confirm');

  bench.client.confirm('call_3_0_0', true);
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(bench.sockets[0].sent, [frame]);
  assert.deepEqual(bench.last().sent.slice(1), [frame]);
  assert.deepEqual(bench.events.filter(({ event }) => event === 'tool_answered').map(({ data }) => data), [frame.data]);
});

for (const [end, frame] of Object.entries({
  'its call has ended': { ...sample('agent_tool_result'), seq: 1 },
  'its turn has ended': { ...sample('agent_response'), seq: 1 },
  'a snapshot says that its call has ended': sample('snapshot'),
})) {
  test(`confirm: it is not said again when ${end}`, () => {
    const bench = onlineBench();

    bench.client.confirm('call_3_0_0', false);
    bench.last().deliver(frame);
    bench.last().cut();
    bench.clock.advance(500);
    bench.last().open().deliver(other, resumed);

    assert.deepEqual(bench.last().sent.map(({ event }) => event), ['resume']);
  });
}

test('confirm: a snapshot in which the call still waits does not make the answer forgotten', () => {
  const bench = onlineBench();
  const { data } = sample('snapshot');

  bench.client.confirm('call_3_0_0', true);
  bench.last().deliver({ event: 'snapshot', data: { ...data, turns: [{ turn: 3, user: 'x', text: '', tools: [{ id: 'call_3_0_0', name: 'delete_todo' }] }] } });
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);

  assert.equal(bench.last().sent.at(-1).event, 'confirm');
});

test('confirm: a new conversation has nothing to answer', () => {
  const bench = onlineBench();

  bench.client.confirm('call_3_0_0', true);
  bench.client.newConversation();
  bench.last().open().deliver(other);

  assert.deepEqual(bench.last().sent, []);
});

test('data_changed, reminder_due: what concerns the user, not the conversation, passes through and moves no number', () => {
  const bench = onlineBench(3);

  bench.last().deliver(sample('data_changed'), sample('reminder_due'), text(4));

  assert.deepEqual(bench.events.slice(-3).map(({ event }) => event), ['data_changed', 'reminder_due', 'agent_stream_chunk']);
});

test('connected: one whom the server does not know stays away, and keeps what it would have said', () => {
  const stranger = { ...connected, data: { ...connected.data, signed_in: false } };
  const bench = onlineBench();
  bench.client.close();

  const id = bench.client.send('hello');
  bench.last().open().deliver(stranger);
  const sentToNobody = bench.last().sent;
  const state = bench.client.state;
  const told = bench.events.slice(-2).map(({ event, data }) => [event, data.code ?? data.state]);
  const { message } = bench.events.at(-2).data;
  bench.client.connect();
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(told, [['error', 'unauthenticated'], ['connection', 'closed']]);
  assert.match(message, /^The server asks who this is: .*access token/);
  assert.deepEqual(sentToNobody, []);
  assert.equal(state, 'closed');
  assert.deepEqual(bench.last().sent.map(({ event }) => event), ['resume', 'user_message']);
  assert.deepEqual(bench.client.unaccepted, [{ id, text: 'hello' }]);
});

test('error: a message that came after the sign-in had ended is kept for the next one', () => {
  const bench = onlineBench();

  const id = bench.client.send('hello');
  bench.last().deliver({ event: 'error', data: { code: 'unauthenticated', message: 'Sign in first.', client_msg_id: id } });

  assert.deepEqual(bench.client.unaccepted, [{ id, text: 'hello' }]);
});

test('leave: nothing of the conversation is kept, and the next connection begins a new one', () => {
  const bench = onlineBench(3);
  bench.client.send('unsent');

  bench.client.leave();
  const left = [bench.client.state, bench.client.conversation, bench.client.unaccepted];
  bench.client.connect();
  bench.last().open().deliver(other);

  assert.deepEqual(left, ['closed', null, []]);
  assert.equal(bench.client.conversation, 'c_fresh');
  assert.deepEqual(bench.last().sent, []);
  assert.ok(bench.events.some(({ event }) => event === 'reset'));
});
