import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientBench, connected, onlineBench, other, resumed, sample, seqsOf, statesOf, text } from './fake/client-bench.mjs';

test('cut: the client resumes after the last event, and sends the unaccepted message again under the same id, after the answer only', () => {
  const bench = onlineBench(11);
  const id = bench.client.send('hello');
  bench.last().cut();
  bench.client.send('and this');

  bench.clock.advance(500);
  bench.last().open().deliver(other);
  const beforeAnswer = [...bench.last().sent];
  bench.last().deliver(resumed);

  assert.deepEqual(beforeAnswer, [sample('client.resume')]);
  assert.deepEqual(bench.last().sent.slice(1).map(({ data }) => data.text), ['hello', 'and this']);
  assert.equal(bench.last().sent[1].data.client_msg_id, id);
});

test('resume: what was seen is dropped, what was missed arrives once', () => {
  const bench = onlineBench(3);
  bench.last().cut();

  bench.clock.advance(500);
  bench.last().open().deliver(other, resumed, text(2), text(3), text(4), text(5));

  assert.deepEqual(seqsOf(bench.events), [1, 2, 3, 4, 5]);
});

test('resume: a reload starts from the kept conversation, from the beginning', () => {
  const { client, last } = clientBench({ kept: { conversation: 'c_8d2b41', epoch: 1, outbox: [] } });

  client.connect();
  last().open().deliver(other);

  assert.deepEqual(last().sent, [{ event: 'resume', data: { conversation: 'c_8d2b41', after: 0, epoch: 1 } }]);
  assert.equal(client.state, 'resuming');
});

test('resume: a conversation that the server forgot is replaced by the new one, and waiting messages go there', () => {
  const bench = clientBench({ kept: { conversation: 'c_gone', epoch: 4, outbox: [{ id: 'm1', text: 'hello' }] } });
  bench.client.connect();

  bench.last().open().deliver(other, { event: 'error', data: { code: 'unknown_conversation', message: 'Unknown.' } });

  assert.equal(bench.client.conversation, 'c_fresh');
  assert.equal(bench.store.value.conversation, 'c_fresh');
  assert.ok(bench.events.some(({ event, data }) => event === 'conversation_lost' && data.conversation === 'c_fresh'));
  assert.deepEqual(bench.last().sent.at(-1).data, { text: 'hello', client_msg_id: 'm1' });
});

test('resume: a conversation of which nothing was told yet begins where the client comes back to, over a reload, too', () => {
  const bench = onlineBench();
  bench.client.send('hello');
  bench.last().cut();
  const reloaded = clientBench({ kept: structuredClone(bench.store.value) });

  bench.clock.advance(500);
  reloaded.client.connect();

  for (const { last } of [bench, reloaded]) {
    last().open().deliver(other);
    assert.deepEqual(last().sent, [{ event: 'resume', data: { conversation: 'c_8d2b41', after: 0, epoch: 1, begins: true } }]);
  }
});

test('resume: without an answer the connection is given up', () => {
  const { client, clock, last, sockets } = clientBench({ kept: { conversation: 'c_8d2b41', epoch: 1, outbox: [] } });
  client.connect();
  last().open().deliver(other);

  clock.advance(10_000);

  assert.equal(client.state, 'waiting');
  assert.equal(sockets[0].readyState, 3);
});

test('snapshot: it sets the position, and its messages count as accepted', () => {
  const snapshot = sample('snapshot');
  const bench = clientBench({ kept: { conversation: 'c_8d2b41', epoch: 1, outbox: [{ id: 'm1', text: 'x' }, { id: 'm2', text: 'y' }] }, fillsIn: false });
  bench.client.connect();

  bench.last().open().deliver(other, snapshot, text(18), text(19));

  assert.deepEqual(seqsOf(bench.events), [19]);
  assert.deepEqual(bench.client.unaccepted, [{ id: 'm2', text: 'y' }]);
  assert.deepEqual(bench.last().sent.slice(1).map(({ data }) => data.client_msg_id), ['m2']);
});

test('snapshot: after a restart of the server, which counts anew, the conversation is kept for the next reload', () => {
  const snapshot = sample('snapshot');
  const bench = clientBench({ kept: { conversation: 'c_8d2b41', epoch: 1, outbox: [] } });
  bench.client.connect();

  bench.last().open().deliver(other, { ...snapshot, data: { ...snapshot.data, epoch: 2, seq: 0 } });

  assert.deepEqual([bench.store.value.conversation, bench.store.value.epoch], ['c_8d2b41', 2]);
});

test('snapshot: a waiting cancel goes with a turn that has ended or is gone, and stays for one that runs', () => {
  for (const [turn, outcome, again] of [[1, 'completed', 0], [1, undefined, 1], [2, 'completed', 0]]) {
    const snapshot = sample('snapshot');
    snapshot.data.turns = [{ ...snapshot.data.turns[0], turn, outcome }];
    const bench = onlineBench();
    bench.client.cancel(1);
    bench.last().cut();

    bench.clock.advance(500);
    bench.last().open().deliver(other, snapshot);

    assert.equal(bench.last().sent.filter(({ event }) => event === 'cancel').length, again, `turn ${turn} ${outcome}`);
  }
});

test('gap: missing events are asked for, and nothing after them is shown before they are there', () => {
  const bench = onlineBench(3);

  bench.last().deliver(text(6), text(7));
  const shownInGap = seqsOf(bench.events);
  bench.last().deliver(resumed, text(4), text(5), text(6), text(7));

  assert.deepEqual(shownInGap, [1, 2, 3]);
  assert.deepEqual(bench.last().sent, [{ event: 'resume', data: { conversation: 'c_8d2b41', after: 3, epoch: 1 } }]);
  assert.deepEqual(seqsOf(bench.events), [1, 2, 3, 4, 5, 6, 7]);
});

test('gap: one that the server cannot fill is passed over', () => {
  const bench = onlineBench(3);

  bench.last().deliver(text(6), resumed, text(6), text(7));

  assert.deepEqual(seqsOf(bench.events), [1, 2, 3, 6, 7]);
  assert.equal(bench.last().sent.length, 1);
});

test('epoch: when it changes the client asks for everything anew', () => {
  const bench = onlineBench(3);

  bench.last().deliver(text(4, 'x', 2));

  assert.deepEqual(bench.last().sent, [{ event: 'resume', data: { conversation: 'c_8d2b41', after: 0, epoch: 2 } }]);
  bench.last().deliver(resumed, text(1, 'a', 2), text(2, 'b', 2));
  assert.deepEqual(seqsOf(bench.events), [1, 2, 3, 1, 2]);
  assert.equal(bench.store.value.epoch, 2);
});

test('back-off: it doubles from half a second to ten, and starts again after a connection that held', () => {
  const bench = clientBench();
  bench.client.connect();
  const waits = [];
  bench.client.on('connection', ({ state, retryInMs }) => { if (state === 'waiting') waits.push(retryInMs); });

  for (let attempt = 0; attempt < 7; attempt += 1) {
    bench.last().cut();
    bench.clock.advance(waits.at(-1));
  }
  bench.last().open().deliver(connected);
  bench.clock.advance(5_000);
  bench.last().cut();

  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 500]);
});

test('back-off: a connection that is cut at once does not make it short again', () => {
  const bench = clientBench();
  bench.client.connect();
  bench.last().open().deliver(connected).cut();
  bench.clock.advance(500);

  bench.last().open().deliver(other, resumed).cut();

  assert.equal(bench.events.at(-1).data.retryInMs, 1000);
});

test('wake: a waiting client connects at once, and only once', () => {
  const bench = onlineBench();
  bench.last().cut();

  bench.client.wake();
  bench.client.wake();
  bench.clock.advance(9_000);

  assert.equal(bench.sockets.length, 2);
});

test('wake: an open connection that does not answer is replaced', () => {
  const bench = onlineBench(2);

  bench.client.wake();
  bench.clock.advance(3_000);

  assert.deepEqual(bench.sockets[0].sent, [{ event: 'resume', data: { conversation: 'c_8d2b41', after: 2, epoch: 1 } }]);
  assert.equal(bench.client.state, 'waiting');
});

test('wake: an open connection that answers stays, without a sign of it', () => {
  const bench = onlineBench(2);

  bench.client.wake();
  bench.last().deliver(resumed);
  bench.clock.advance(60_000);

  assert.equal(bench.sockets.length, 1);
  assert.deepEqual(statesOf(bench.events), ['connecting', 'online']);
});

test('going_away: what still comes is taken, then the client returns some time after the server asked for it, not with all others', () => {
  const bench = onlineBench(1);
  bench.last().deliver({ event: 'going_away', data: { after_ms: 3000 } }, text(2));

  bench.last().cut();
  bench.client.wake();
  bench.clock.advance(3_499);
  const early = bench.sockets.length;
  bench.clock.advance(1);

  assert.deepEqual(seqsOf(bench.events), [1, 2]);
  assert.equal(early, 1);
  assert.equal(bench.sockets.length, 2);
});

test('going_away: a server that leaves the socket open is left', () => {
  const bench = onlineBench();
  bench.last().deliver(sample('going_away'));

  bench.clock.advance(500);

  assert.equal(bench.sockets[0].readyState, 3);
  assert.equal(bench.client.state, 'waiting');
});

test('a conversation in which nothing was said is not kept, and nobody is told that it was lost', () => {
  const bench = clientBench({});
  bench.client.connect();

  bench.last().open().deliver(other);
  assert.equal(bench.store.value?.conversation ?? null, null);

  bench.client.send('hello');
  assert.equal(bench.store.value.conversation, 'c_fresh');
});
