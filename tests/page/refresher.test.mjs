import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refresher } from '../../src/Convonet.Server/wwwroot/js/refresher.js';

/** A refresher whose requests are answered by the test, one after the other. */
function bench() {
  const requests = [], delivered = [], failed = [];
  const refresher = new Refresher(
    kind => new Promise((answer, fail) => requests.push({ kind, answer, fail })),
    (kind, items) => delivered.push([kind, items]),
    (kind, error) => failed.push([kind, error.message]));
  const settle = () => new Promise(resolve => setImmediate(resolve));
  return {
    refresher, requests, delivered, failed,
    answer: async (index, items) => { requests[index].answer(items); await settle(); },
    fail: async (index, message) => { requests[index].fail(new Error(message)); await settle(); },
  };
}

test('refresh: one request of a kind at a time; the answer that a change has overtaken is dropped, and one request follows for all changes', async () => {
  const { refresher, requests, delivered, answer } = bench();

  refresher.refresh('todos');
  refresher.refresh('todos');
  refresher.refresh('todos', 'teams');
  const before = requests.map(({ kind }) => kind);
  await answer(0, 'old');
  const between = delivered.length;
  await answer(2, 'new');

  assert.deepEqual(before, ['todos', 'teams']);
  assert.equal(between, 0);
  assert.equal(requests.length, 3);
  assert.deepEqual(delivered, [['todos', 'new']]);
});

test('refresh: after an answer the next asking is a request again', async () => {
  const { refresher, delivered, answer } = bench();

  refresher.refresh('todos');
  await answer(0, 1);
  refresher.refresh('todos');
  await answer(1, 2);

  assert.deepEqual(delivered, [['todos', 1], ['todos', 2]]);
});

test('refresh: where changes never pause, something is shown all the same', async () => {
  const { refresher, requests, delivered, answer } = bench();

  refresher.refresh('todos');
  for (let change = 0; delivered.length === 0 && change < 10; change += 1) {
    refresher.refresh('todos');
    await answer(change, change);
  }

  assert.deepEqual(delivered, [['todos', 3]]);
  assert.equal(requests.length, 5, 'and the last change is still asked for');
});

test('refresh: a failure is told, unless a newer request follows', async () => {
  const { refresher, failed, delivered, answer, fail } = bench();

  refresher.refresh('todos');
  await fail(0, 'no network');
  refresher.refresh('todos');
  refresher.refresh('todos');
  await fail(1, 'no network');
  await answer(2, 'there');

  assert.deepEqual(failed, [['todos', 'no network']]);
  assert.deepEqual(delivered, [['todos', 'there']]);
});

test('forget: what was asked for somebody else is not delivered, and can be asked anew at once', async () => {
  const { refresher, requests, delivered, failed, answer, fail } = bench();

  refresher.refresh('todos', 'teams');
  refresher.forget();
  refresher.refresh('todos');
  await answer(0, 'of the one before');
  await fail(1, 'signed out');
  await answer(2, 'mine');

  assert.equal(requests.length, 3);
  assert.deepEqual(delivered, [['todos', 'mine']]);
  assert.deepEqual(failed, []);
});
