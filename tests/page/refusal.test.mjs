import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { askStatus, lastingRefusal } from '../../src/Convonet.Server/wwwroot/js/convonet/refusal.js';
import { clientBench, connected, onlineBench, statesOf } from './fake/client-bench.mjs';

const errorsOf = events => events.filter(({ event }) => event === 'error').map(({ data }) => data);

/** Lets what was awaited go on. */
const settled = () => new Promise(resolve => setImmediate(resolve));

test('a path without a server: one error, and no other try', async () => {
  const { client, clock, events, last, sockets } = clientBench();
  client.connect();
  last().refuse(404);
  await settled();
  clock.advance(60_000);

  assert.equal(client.state, 'closed');
  assert.equal(sockets.length, 1);
  assert.deepEqual(errorsOf(events), [{ code: 'refused', message: 'There is no Convonet server at ws://test/voice: HTTP 404 was the answer, and no WebSocket. The path is usually /voice.' }]);
});

test('the status is asked for where the WebSocket does not tell it, as in a browser', async () => {
  const asked = [];
  const { client, events, last } = clientBench({ ask: async url => { asked.push(url); return 401; } });
  client.connect();
  last().cut();
  await settled();

  assert.deepEqual(asked, ['ws://test/voice']);
  assert.equal(client.state, 'closed');
  assert.equal(errorsOf(events)[0].message, 'The server does not let this client in (HTTP 401): sign in first.');
});

for (const status of [0, 408, 425, 429, 500, 502, 503]) {
  test(`HTTP ${status} and no answer are tried again`, async () => {
    const { client, clock, events, last, sockets } = clientBench();
    client.connect();
    last().refuse(status);
    await settled();
    clock.advance(500);

    assert.equal(sockets.length, 2);
    last().open().deliver(connected);
    assert.deepEqual([client.state, errorsOf(events)], ['online', []]);
  });
}

test('a server that was there comes back, whatever stands in front of it says meanwhile', async () => {
  const { client, clock, last } = onlineBench(1);
  last().cut();
  clock.advance(500);
  last().refuse(404);
  await settled();

  assert.equal(client.state, 'waiting');
});

test('a server that was there before a refresh: its conversation is kept, so what stands in front of it says nothing lasting', async () => {
  const { client, clock, events, last, sockets } = clientBench({ kept: { conversation: connected.data.conversation, epoch: 1, outbox: [] }, ask: async () => 404 });
  client.connect();
  last().cut();
  await settled();
  clock.advance(500);
  last().refuse(404);
  await settled();
  clock.advance(1_000);

  assert.deepEqual([sockets.length, errorsOf(events)], [3, []]);
});

test('an answer that comes when the next try is under way ends nothing', async () => {
  let answer = () => {};
  const { client, clock, last } = clientBench({ ask: () => new Promise(resolve => { answer = resolve; }) });
  client.connect();
  last().cut();
  clock.advance(500);
  answer(404);
  await settled();

  assert.equal(client.state, 'connecting');
});

test('a client that was refused tries again when it is told to', async () => {
  const { client, last, sockets } = clientBench();
  client.connect();
  last().refuse(404);
  await settled();
  client.connect();
  last().open().deliver(connected);

  assert.deepEqual([sockets.length, client.state], [2, 'online']);
});

test('askStatus: what the address answers, 0 for a WebSocket\'s own address and for none', async () => {
  const server = createServer((request, response) => { response.statusCode = request.url === '/voice' ? 400 : 404; response.end(); }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const at = `ws://127.0.0.1:${server.address().port}`;
  try {
    assert.deepEqual([await askStatus(`${at}/voice`), await askStatus(`${at}/voce`)], [0, 404]);
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
  assert.equal(await askStatus(`${at}/voice`), 0);
});

for (const status of [200, 204, 302, 405, 426, 503]) {
  test(`askStatus: HTTP ${status} to a request that opens no WebSocket says nothing of one that does`, async () => {
    const server = createServer((_, response) => { response.writeHead(status, { location: '/login' }); response.end(); }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    try {
      assert.equal(await askStatus(`ws://127.0.0.1:${server.address().port}/voice`), 0);
    } finally {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  });
}

test('lastingRefusal: names neither a password nor a query', () => {
  assert.doesNotMatch(lastingRefusal(404, 'wss://me:pw@example.com/v?token=t', false).message, /pw|token/);
});

test('a browser that is online again, or shown again: the client tries at once, and begins with short waits', () => {
  const host = new EventTarget();
  host.document = new EventTarget();
  const { client, clock, last, sockets } = clientBench({ host });
  client.connect();
  for (let tries = 1; tries < 8; tries++) {
    last().cut();
    clock.advance(10_000);
  }
  last().cut();
  const before = sockets.length;

  host.document.hidden = true;
  host.document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(sockets.length, before);
  host.document.hidden = false;
  host.document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(sockets.length, before + 1);
  last().cut();
  clock.advance(500);
  assert.equal(sockets.length, before + 2);
  last().cut();
  host.dispatchEvent(new Event('online'));
  assert.equal(sockets.length, before + 3);

  client.close();
  host.dispatchEvent(new Event('online'));
  assert.deepEqual([sockets.length, client.state], [before + 3, 'closed']);
});

test('a client that is closed has no error and no state behind that', async () => {
  let answer = () => {};
  const { client, events, last } = clientBench({ ask: () => new Promise(resolve => { answer = resolve; }) });
  client.connect();
  last().cut();
  client.close();
  answer(404);
  await settled();

  assert.deepEqual([errorsOf(events), statesOf(events).at(-1)], [[], 'closed']);
});

test('a connection of which only an error is told has failed, as in Node', async () => {
  const { client, last } = clientBench();
  client.connect();
  last().onerror({ message: 'Received network error or non-101 status code.' });
  await settled();

  assert.equal(client.state, 'waiting');
});

test('a reader of the stream is told why it ends', async () => {
  const { client, last } = clientBench();
  const told = [];
  const reading = (async () => { for await (const { event } of client) told.push(event); })();
  client.connect();
  last().refuse(404);
  await reading;

  assert.deepEqual(told.slice(-2), ['error', 'connection']);
});

test('a server that was there is not asked by HTTP each time that the network is away', async () => {
  let asked = 0;
  const { client, clock, last } = clientBench({ ask: async () => { asked += 1; return 404; } });
  client.connect();
  last().open().deliver(connected);
  last().cut();
  clock.advance(500);
  last().cut();
  await settled();

  assert.deepEqual([asked, client.state], [0, 'waiting']);
});
