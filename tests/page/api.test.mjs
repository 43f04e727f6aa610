import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../src/Convonet.Server/wwwroot/js/api.js';

function bench(...answers) {
  const asked = [];
  let signedOut = 0;
  const fetch = async (url, { method, body, headers }) => {
    asked.push([method, String(url), body === undefined ? undefined : JSON.parse(body), headers['content-type']]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return new Response(answer.body === undefined ? null : answer.body, { status: answer.status ?? 200 });
  };
  return { api: new Api({ base: 'http://host/page/', fetch, onSignedOut: () => { signedOut += 1; } }), asked, signedOut: () => signedOut };
}

const problem = (status, body) => ({ status, body: JSON.stringify(body) });

test('requests: JSON both ways, beside the page; an answer without a body is none', async () => {
  const { api, asked } = bench({ body: '[1]' }, { body: '{"id":"a"}' }, { status: 204 });

  assert.deepEqual(await api.get('api/todos?include_done=true'), [1]);
  assert.deepEqual(await api.post('api/todos', { title: 'milk' }), { id: 'a' });
  assert.equal(await api.delete('api/todos/a'), null);

  assert.deepEqual(asked, [
    ['GET', 'http://host/page/api/todos?include_done=true', undefined, undefined],
    ['POST', 'http://host/page/api/todos', { title: 'milk' }, 'application/json'],
    ['DELETE', 'http://host/page/api/todos/a', undefined, undefined],
  ]);
});

test('refusals: the sentence of the server, the most telling one that there is', async () => {
  const { api } = bench(
    problem(409, { title: 'Conflict', detail: 'The last owner cannot leave.' }),
    problem(400, { title: 'One or more validation errors occurred.', errors: { title: ['A title has at most 500 characters.'] } }),
    problem(404, { title: 'Not Found' }), { status: 502, body: '<html>' });

  for (const words of ['The last owner cannot leave.', 'A title has at most 500 characters.', 'Not Found', 'The server answered 502.']) {
    await assert.rejects(api.get('api/x'), { message: words });
  }
});

test('no answer: that is said, as status 0', async () => {
  const { api } = bench(new TypeError('fetch failed'));

  await assert.rejects(api.get('api/x'), error => error.status === 0 && /cannot be reached/.test(error.message));
});

test('nobody is signed in: the page is told, and the caller too', async () => {
  const { api, signedOut } = bench(problem(401, { detail: 'Sign in first.', registration_open: true }));

  await assert.rejects(api.get('api/account'), ({ status, body }) => status === 401 && body.registration_open === true);
  assert.equal(signedOut(), 1);
});
