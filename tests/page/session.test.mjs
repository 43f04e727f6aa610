import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '../../src/Convonet.Server/wwwroot/js/session.js';

test('check: while a password is being set nobody is asked who is signed in, as the answer would be of before', async () => {
  const asked = [];
  let done;
  const told = [];
  const session = new Session(/** @type {any} */ ({
    post: path => { asked.push(path); return new Promise(resolve => { done = resolve; }); },
    get: async path => { asked.push(path); return { email: 'anna@example.org' }; },
  }), event => told.push(event.event));

  const setting = session.setPassword(null, 'a long password');
  const checking = session.check();
  await new Promise(setImmediate);
  assert.deepEqual(asked, ['api/account/password']);

  done();
  await Promise.all([setting, checking]);
  assert.deepEqual([asked[0], new Set(asked.slice(1))], ['api/account/password', new Set(['api/account'])]);
  assert.ok(told.length > 0 && told.every(event => event === 'account_known'));
});

test('check: a change that fails does not keep it from asking', async () => {
  const asked = [];
  const session = new Session(/** @type {any} */ ({
    post: async () => { throw new Error('no'); },
    get: async path => { asked.push(path); return {}; },
  }), () => {});

  const setting = session.setPassword('wrong', 'a long password');
  const checking = session.check();
  await assert.rejects(setting);
  await checking;

  assert.deepEqual(asked, ['api/account']);
});
