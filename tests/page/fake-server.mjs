// Serves the page under its Content-Security-Policy, plays scripted conversations at /voice and answers at /api, so that the page can be worked on by itself.
//   node fake-server.mjs [--port 5081] [--mute]      (port 0: any free one; the address is printed; mute: it has no speech engines)
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FakeApi } from './fake/api.mjs';
import { Conversation, Providers } from './fake/conversation.mjs';
import { Voice } from './fake/voice.mjs';
import { acceptWebSocket } from './fake/websocket.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, mute: { type: 'boolean', default: false } } });
const root = fileURLToPath(new URL('../../src/Convonet.Server/wwwroot', import.meta.url));
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; font-src 'self'; manifest-src 'self'; "
  + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const everybody = new Set();
const api = new FakeApi(frame => { for (const send of everybody) send(frame); });

async function answerApi(request, response) {
  let text = '';
  for await (const piece of request) text += piece;
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const { status, body } = api.answer(request.method, pathname.slice('/api/'.length), text === '' ? undefined : JSON.parse(text), Object.fromEntries(searchParams));
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body === null ? undefined : JSON.stringify(body));
}

const server = createServer(async (request, response) => {
  const { url } = request;
  if (url.startsWith('/api/')) return answerApi(request, response);
  const path = normalize(new URL(url, 'http://localhost').pathname);
  const file = join(root, path === '/' ? 'index.html' : path);
  try {
    const content = await readFile(file);
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'content-security-policy': policy, 'cache-control': 'no-store' }).end(content);
  } catch {
    response.writeHead(404).end();
  }
});

const conversations = new Map();

server.on('upgrade', (request, socket) => {
  const connection = acceptWebSocket(request, socket);
  const send = frame => connection.send(JSON.stringify(frame));
  everybody.add(send);
  let conversation = new Conversation(`c_${Math.random().toString(16).slice(2, 10)}`, api);
  conversations.set(conversation.id, conversation);
  conversation.followers.add(send);
  const voice = new Voice(conversation, send, bytes => connection.sendBytes(bytes));
  send({ event: 'connected', data: {
    session_id: 's_1', conversation: conversation.id, epoch: conversation.epoch, provider: conversation.provider, providers: Providers,
    limits: { message_chars: 8000, frame_bytes: 65536 }, speech: values.mute
      ? { input: null, output: null, message: 'To talk with it, install an engine: apt-get install flite pocketsphinx pocketsphinx-en-us' } : { input: { engine: 'tones' }, output: { engine: 'tones', voice: 'sine' } } } });

  connection.on('message', text => {
    const { event, data } = JSON.parse(text);
    if (event === 'user_message' && data.text.length > 8000) send({ event: 'error', data: { code: 'message_too_long', message: 'That message is too long.', client_msg_id: data.client_msg_id } });
    else if (event === 'user_message') conversation.say(data);
    else if (event === 'confirm') conversation.confirm(data);
    else if (event === 'cancel') { conversation.cancel(data.turn); voice.interrupt(); }
    else if (event === 'start_recording') voice.start(data);
    else if (event === 'stop_recording') voice.stop();
    else if (event === 'played') voice.played(data);
    else if (event === 'set_provider') conversation.choose(data.provider);
    else if (event === 'resume') {
      const known = conversations.get(data.conversation);
      if (!known) return send({ event: 'error', data: { code: 'unknown_conversation', message: 'There is no such conversation.' } });
      conversation.followers.delete(send);
      conversation = known;
      send({ event: 'status', data: { code: 'resumed', message: 'Welcome back.' } });
      for (const frame of conversation.log.slice(data.after)) send(frame);
      conversation.followers.add(send);
    }
  });
  connection.on('bytes', bytes => voice.hear(bytes));
  connection.on('close', () => { everybody.delete(send); conversation.followers.delete(send); });
});

server.listen(Number(values.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
