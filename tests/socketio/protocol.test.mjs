import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { io as newest } from 'socket.io-client';
import { io as original } from 'socket.io-client-4.5.4';
import { account, url } from './accounts.mjs';

const open = [];
let token;

function connect(io, path, options = {}) {
  const socket = io(`${url}${path}`, { transports: ['websocket'], forceNew: true, reconnectionDelay: 50, ...options });
  open.push(socket);
  return socket;
}

/** Connects as somebody who is signed in. */
async function signedIn(io, more = {}) {
  const socket = connect(io, '/voice', { auth: { token, ...more } });
  const [hello] = await next(socket, 'connected');
  assert.equal(hello.signed_in, true);
  return socket;
}

const next = (socket, name) => new Promise((resolve, reject) => {
  const limit = setTimeout(() => reject(new Error(`no ${name}`)), 60_000);
  socket.once(name, (...args) => {
    clearTimeout(limit);
    resolve(args);
  });
});

before(async () => {
  token = await account('carl@example.com', 'Carl', '222222');
});
after(() => open.forEach(socket => socket.close()));

for (const [version, io] of [['4.5.4', original], ['newest', newest]]) {
  test(`${version}: an unknown namespace is a connect_error`, async () => {
    const [error] = await next(connect(io, '/nowhere'), 'connect_error');

    assert.equal(error.message, 'Invalid namespace');
  });

  test(`${version}: auth that does not hold is a connect_error`, async () => {
    const [error] = await next(connect(io, '/voice', { auth: { token: 'nonsense' } }), 'connect_error');

    assert.equal(error.message, 'This token does not hold, or not any more: get a new one.');
  });

  test(`${version}: long-polling gets the protocol's error`, async () => {
    const [error] = await next(connect(io, '/voice', { transports: ['polling'], reconnection: false }), 'connect_error');

    assert.equal(error.type, 'TransportError');
    const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
    assert.deepEqual([answer.status, await answer.json()], [400, { code: 0, message: 'Transport unknown' }]);
  });

  test(`${version}: a message is acknowledged, and its answer comes while it is written`, async () => {
    const socket = await signedIn(io);
    const chunks = [];
    socket.on('agent_stream_chunk', data => chunks.push(data));
    const end = next(socket, 'agent_response');

    const ack = await new Promise(resolve => socket.emit('user_message', { text: 'Hello', client_msg_id: `m-${version}` }, resolve));
    const [response] = await end;

    assert.deepEqual(ack, { success: true });
    assert.equal(chunks.filter(({ type }) => type === 'text').map(({ text }) => text).join(''), response.text);
    assert.ok(chunks.length > 1);
  });

  test(`${version}: binary attachments go both ways`, async () => {
    const socket = await signedIn(io);
    await new Promise(resolve => socket.emit('set_speech', { speech: 'frames' }, resolve));
    const error = next(socket, 'error');

    const ack = new Promise(resolve => socket.emit('stop_recording', { audio: Buffer.from('no sound at all'), client_msg_id: 'b1' }, resolve));
    const [{ code, client_msg_id: id }] = await error;

    assert.deepEqual([await ack, code, id], [{ success: true }, 'bad_recording', 'b1']);
  });

  test(`${version}: a client that is closed leaves, and one that is opened again comes back`, async () => {
    const socket = await signedIn(io);
    socket.disconnect();
    const hello = next(socket, 'connected');
    socket.connect();

    assert.equal((await hello)[0].signed_in, true);
  });
}

test('newest: a connection that breaks is recovered, and nothing is missed or comes twice', async () => {
  const socket = await signedIn(newest);
  assert.equal(socket.recovered, false);
  const texts = [];
  socket.on('agent_stream_chunk', data => texts.push(data.text));
  const end = next(socket, 'agent_response');
  socket.emit('user_message', { text: 'Hello' });
  await next(socket, 'agent_stream_chunk');
  const back = once(socket, 'connect');
  socket.io.engine.transport.ws.terminate();
  await back;

  const [response] = await end;

  assert.equal(socket.recovered, true);
  assert.equal(texts.join(''), response.text);
});
