import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RefusedForNow } from '../../src/Convonet.Server/wwwroot/js/convonet-client.js';
import { clientBench, connected, onlineBench, other, resumed, sample } from './fake/client-bench.mjs';

const refused = (id, code = 'overloaded', more = {}) => ({ event: 'error', data: { code, message: 'Not now.', client_msg_id: id, ...more } });
const taken = (id, turn = 1) => ({ event: 'accepted', data: { client_msg_id: id, turn, text: 'x' }, seq: turn, epoch: 1 });
const messagesOf = socket => socket.sent.filter(({ event }) => event === 'user_message').map(({ data }) => data.client_msg_id);

test('refused for now: at the time that the server named it is sent again, under the same id', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');

  bench.last().deliver(refused(id, 'overloaded', { retry_after_ms: 3000 }));
  bench.clock.advance(2_999);
  const early = messagesOf(bench.last());
  bench.clock.advance(1);

  assert.deepEqual(early, [id]);
  assert.deepEqual(messagesOf(bench.last()), [id, id]);
  assert.deepEqual(bench.client.unaccepted.map(message => message.id), [id]);
});

test('refused for now: RefusedForNow names every refusal behind which a message is sent again', () => {
  const again = ['busy', 'message_too_long', 'overloaded', 'rate_limited', 'storage_unavailable', 'turn_running'].filter(code => {
    const bench = onlineBench();
    const id = bench.client.send('hello');
    bench.last().deliver(refused(id, code));
    bench.clock.advance(2000);
    return messagesOf(bench.last()).length === 2;
  });

  assert.deepEqual(again, [...RefusedForNow].sort());
});

test('refused for now: without a time it is tried less and less often, up to every half minute, and after a success anew', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');
  const waits = [];

  for (let time = 0; time < 7; time += 1) {
    const before = messagesOf(bench.last()).length;
    bench.last().deliver(refused(id, 'storage_unavailable'));
    let waited = 0;
    for (; messagesOf(bench.last()).length === before; waited += 1000) bench.clock.advance(1000);
    waits.push(waited / 1000);
  }
  bench.last().deliver(taken(id));
  const next = bench.client.send('again');
  bench.last().deliver(refused(next, 'busy'));
  bench.clock.advance(1000);

  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30]);
  assert.deepEqual(messagesOf(bench.last()).slice(-2), [next, next]);
});

test('refused for now: what is typed after it waits behind it, and refusals that come together are one', () => {
  const bench = onlineBench();
  const [first, second] = [bench.client.send('one'), bench.client.send('two')];

  bench.last().deliver(refused(first, 'busy'), refused(second, 'busy'));
  const third = bench.client.send('three');
  const before = messagesOf(bench.last());
  bench.clock.advance(1000);

  assert.deepEqual(before, [first, second]);
  assert.deepEqual(messagesOf(bench.last()).slice(2), [first, second, third]);
});

test('too fast: a message waits until the time that the server named, and what is typed after it behind it', () => {
  const bench = onlineBench();
  const first = bench.client.send('one');

  bench.last().deliver(refused(first, 'rate_limited', { retry_after_ms: 1500 }));
  const second = bench.client.send('two');
  bench.clock.advance(1_499);
  const early = messagesOf(bench.last());
  bench.clock.advance(1);

  assert.deepEqual(early, [first]);
  assert.deepEqual(messagesOf(bench.last()), [first, first, second]);
});

test('refused for now: nothing that is checked meanwhile sends it too early', () => {
  const bench = onlineBench(1);
  const id = bench.client.send('hello');
  bench.last().deliver(refused(id, 'overloaded', { retry_after_ms: 5000 }));

  bench.client.wake();
  bench.last().deliver(resumed);
  const before = messagesOf(bench.last());
  bench.clock.advance(5000);

  assert.deepEqual(before, [id]);
  assert.deepEqual(messagesOf(bench.last()), [id, id]);
});

test('refused for now: once it is taken, the next message goes at once', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');
  bench.last().deliver(refused(id), taken(id));

  const next = bench.client.send('next');

  assert.deepEqual(messagesOf(bench.last()), [id, next]);
});

test('refused for good: it is not sent again', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');

  bench.last().deliver(refused(id, 'turn_running'));
  bench.clock.advance(60_000);

  assert.deepEqual(bench.client.unaccepted, []);
  assert.deepEqual(messagesOf(bench.last()), [id]);
});

test('interrupts: it says so, passes what is held back, and says it again after a cut', () => {
  const bench = onlineBench(1);
  const held = bench.client.send('later');
  bench.last().deliver(refused(held, 'overloaded', { retry_after_ms: 9000 }));

  const now = bench.client.send('now', { interrupts: true });
  const sent = bench.last().sent.at(-1);
  bench.last().cut();
  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(sent, { event: 'user_message', data: { text: 'now', client_msg_id: now, when_busy: 'interrupt' } });
  assert.deepEqual(bench.last().sent.slice(1).map(({ data }) => [data.text, data.when_busy]), [['later', undefined], ['now', 'interrupt']]);
});

test('withdraw: it is told, and the message is not sent any more', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');
  bench.last().deliver(refused(id));

  bench.client.withdraw(id);
  bench.clock.advance(60_000);

  assert.deepEqual(bench.events.at(-1), { event: 'withdrawn', data: { client_msg_id: id } });
  assert.deepEqual(messagesOf(bench.last()), [id]);
  assert.deepEqual(bench.store.value.outbox, []);
});

test('withdraw: a message that was taken all the same has its turn stopped', () => {
  const bench = onlineBench();
  const id = bench.client.send('hello');

  bench.client.withdraw(id);
  bench.last().deliver(taken(id, 1));

  assert.deepEqual(bench.last().sent.at(-1), { event: 'cancel', data: { turn: 1 } });
});

test('reload: what was refused for now, and turns that were to be stopped, are sent again', () => {
  const first = onlineBench(2);
  const id = first.client.send('hello', { interrupts: true });
  first.last().deliver(refused(id, 'overloaded', { retry_after_ms: 9000 })).cut();
  first.client.cancel(4);
  first.client.cancel(5);

  const bench = clientBench({ kept: first.store.value });
  bench.client.connect();
  bench.last().open().deliver(other, resumed);

  assert.deepEqual(bench.last().sent.slice(1), [
    { event: 'cancel', data: { turn: 4 } }, { event: 'cancel', data: { turn: 5 } },
    { event: 'user_message', data: { text: 'hello', client_msg_id: id, when_busy: 'interrupt' } },
  ]);
});

test('cancel: of turns of a conversation that is gone, none is kept', () => {
  const first = onlineBench(2);
  first.last().cut();
  first.client.cancel(4);

  const bench = clientBench({ kept: first.store.value });
  bench.client.connect();
  bench.last().open().deliver(other, { event: 'error', data: { code: 'unknown_conversation', message: 'Not known.' } });

  assert.equal(bench.store.value.cancels, undefined);
  assert.deepEqual(bench.last().sent.map(({ event }) => event), ['resume']);
});

test('open: another conversation is resumed from its beginning, on a socket on which nothing of the one before can come', () => {
  const bench = onlineBench(3);
  const old = bench.last();
  bench.client.send('not for the other');

  bench.client.open('c_older');
  bench.last().open().deliver(other);
  const asked = bench.last().sent;
  const heard = bench.events.length;
  old.deliver({ event: 'agent_response', data: { turn: 1 }, seq: 4, epoch: 1 });
  const leaked = bench.events.length - heard;
  const snapshot = sample('snapshot');
  bench.last().deliver({ ...snapshot, data: { ...snapshot.data, conversation: 'c_older', epoch: 7 } });

  assert.deepEqual(bench.events.find(({ event }) => event === 'reset').data, { conversation: 'c_older' });
  assert.deepEqual(asked, [{ event: 'resume', data: { conversation: 'c_older', after: 0, epoch: 0 } }]);
  assert.equal(leaked, 0);
  assert.deepEqual([bench.client.state, bench.client.conversation, bench.client.epoch], ['online', 'c_older', 7]);
  assert.deepEqual(bench.last().sent.length, 1);
  assert.equal(bench.store.value.conversation, 'c_older');
});

test('open: a conversation that was deleted meanwhile is told as lost, and a new one is there', () => {
  const bench = onlineBench(1);

  bench.client.open('c_gone');
  bench.last().open().deliver(other, { event: 'error', data: { code: 'unknown_conversation', message: 'Not known.' } });

  assert.ok(bench.events.some(({ event, data }) => event === 'conversation_lost' && data.conversation === 'c_fresh'));
  assert.deepEqual([bench.client.state, bench.client.conversation], ['online', 'c_fresh']);
});

test('open: before the first connection there is nothing else than that', () => {
  const bench = clientBench();

  bench.client.open(null);
  bench.last().open().deliver(connected);

  assert.equal(bench.client.state, 'online');
});
