import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userActions } from '../../src/Convonet.Server/wwwroot/js/actions.js';
import { Api, ApiError } from '../../src/Convonet.Server/wwwroot/js/api.js';
import { Session } from '../../src/Convonet.Server/wwwroot/js/session.js';

/** Actions and a session before an API that answers each request with what `answer` says. */
function bench(answer = () => ({ body: null })) {
  const asked = [], events = [], refreshed = [];
  const fetch = async (url, { method, body }) => {
    asked.push([method, new URL(url).pathname, body && JSON.parse(body)]);
    const { status = 200, body: said } = await answer(method, new URL(url).pathname);
    return new Response(said === null ? null : JSON.stringify(said), { status: said === null ? 204 : status });
  };
  const api = new Api({ base: 'http://host/', fetch });
  const dispatch = event => events.push(event);
  return { asked, events, refreshed, actions: userActions({ api, dispatch, refresh: (...kinds) => refreshed.push(...kinds) }), session: new Session(api, dispatch) };
}

const refusing = (status, detail, more = {}) => () => ({ status, body: { detail, ...more } });

test('actions: each asks the API for what it is, and has what may have changed read anew', async () => {
  const { actions, asked, events, refreshed } = bench();

  assert.equal(await actions.addTodo({ title: 'milk' }), true);
  await actions.changeTodo('a', { completed: true });
  await actions.addReminder({ text: 'call', remind_at: '2026-11-25T17:00' });
  await actions.addMember('t', 'x@y.z', 'member');
  await actions.changeRole('t', 'u', 'admin');

  assert.deepEqual(asked, [
    ['POST', '/api/todos', { title: 'milk' }], ['PATCH', '/api/todos/a', { completed: true }], ['POST', '/api/reminders', { text: 'call', remind_at: '2026-11-25T17:00' }],
    ['POST', '/api/teams/t/members', { email: 'x@y.z', role: 'member' }], ['PATCH', '/api/teams/t/members/u', { role: 'admin' }],
  ]);
  assert.deepEqual(refreshed, ['todos', 'todos', 'reminders', 'members/t', 'teams', 'members/t', 'teams']);
  assert.ok(events.every(({ event, data }) => event === 'action_ended' && data.message === null));
});

test('actions: a refusal is told in the server’s words, and what is shown is read anew', async () => {
  const { actions, events, refreshed } = bench(refusing(409, 'A team needs an owner.'));

  assert.equal(await actions.leaveTeam('t', 'me'), false);

  assert.deepEqual(events.map(({ event, data }) => [event, data.message]), [['deleting', undefined], ['action_ended', 'A team needs an owner.']]);
  assert.deepEqual(refreshed, ['teams', 'todos']);
});

test('actions: a deletion says that it begins, before it does', async () => {
  const order = [];
  const { actions, events } = bench(() => { order.push(...events.map(({ event }) => event), 'request'); return { body: null }; });

  await actions.deleteTodo('a');

  assert.deepEqual(order, ['deleting', 'request']);
});

test('undo: on its way, then taken back, or refused with the reason', async () => {
  const done = bench();
  const refused = bench(refusing(409, 'It has changed since.'));

  await done.actions.undo('c1');
  await refused.actions.undo('c1');

  assert.deepEqual(done.asked, [['POST', '/api/changes/c1/undo', undefined]]);
  assert.deepEqual(done.events.map(({ data }) => data.state), ['undoing', 'undone']);
  assert.deepEqual(refused.events.at(-1), { event: 'undo', data: { id: 'c1', state: 'refused', message: 'It has changed since.' } });
});

test('session: who is signed in, that nobody is, and nothing where the server does not say', async () => {
  const someone = bench(() => ({ body: { id: 'u', registration_open: true } }));
  const nobody = bench(refusing(401, 'Nobody is signed in.', { registration_open: true }));
  const silent = bench(refusing(503, 'Try again.'));

  for (const { session } of [someone, nobody, silent]) await session.check();

  assert.deepEqual(someone.events, [{ event: 'account_known', data: { account: { id: 'u', registration_open: true }, registrationOpen: true } }]);
  assert.deepEqual(nobody.events, [{ event: 'account_known', data: { account: null, registrationOpen: true } }]);
  assert.deepEqual(silent.events, []);
});

test('session: who asks twice at once is answered by one request', async () => {
  const { session, asked } = bench(() => ({ body: { id: 'u' } }));

  await Promise.all([session.check(), session.check()]);
  await session.check();

  assert.equal(asked.length, 2);
});

test('session: after signing in, it is asked who that is; a refusal reaches the form', async () => {
  const let_in = bench(() => ({ body: { id: 'u' } }));
  const refused = bench(refusing(401, 'The e-mail address or the password is wrong.'));

  await let_in.session.signIn({ email: 'a@b.c', password: 'secret', remember: true });
  await assert.rejects(refused.session.signIn({ email: 'a@b.c', password: 'wrong', remember: false }), error => error instanceof ApiError && /wrong/.test(error.message));

  assert.deepEqual(let_in.asked.map(([method, path]) => `${method} ${path}`), ['POST /api/account/login', 'GET /api/account']);
  assert.equal(let_in.events.length, 1);
  assert.deepEqual(refused.events, []);
});
