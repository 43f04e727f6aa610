import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from '../../src/Convonet.Server/wwwroot/js/api.js';
import { exportPath, Library, PageSize } from '../../src/Convonet.Server/wwwroot/js/library.js';
import { emptyLibrary, reduceLibrary } from '../../src/Convonet.Server/wwwroot/js/library-state.js';
import { FakeClock } from './fake/client-bench.mjs';

const item = (number, title = `Talk ${number}`) => ({ id: `c_${number}`, title, created_at: '2026-11-20T08:00:00Z', used_at: `2026-11-25T00:00:${String(59 - number % 60).padStart(2, '0')}Z`, turns: 1 });
const many = (count, from = 0) => Array.from({ length: count }, (_, index) => item(from + index));

/** A list whose requests are answered by the test, one after the other. */
function bench() {
  const requests = [], events = [], clock = new FakeClock();
  let state = emptyLibrary(true);
  const fetch = (url, { method, body }) => new Promise(answer => requests.push({ method, path: url.pathname, query: Object.fromEntries(url.searchParams), body: body && JSON.parse(body), answer }));
  const dispatch = event => { events.push(event.event); state = reduceLibrary(state, event); };
  const library = new Library({ api: new Api({ base: 'http://host/', fetch }), dispatch, stateNow: () => state, clock });
  const settle = () => new Promise(resolve => setImmediate(resolve));
  return {
    library, requests, events, clock,
    get state() { return state; },
    answer: async (index, body, status = 200) => { requests[index].answer(new Response(body === null ? null : JSON.stringify(body), { status: body === null ? 204 : status })); await settle(); },
    cut: async index => { requests[index].answer(Promise.reject(new TypeError('no network'))); await settle(); },
  };
}

test('refresh: the newest page is read; what changes meanwhile is one more reading', async () => {
  const it = bench();

  it.library.refresh();
  it.library.refresh();
  it.library.refresh();
  await it.answer(0, [item(1)]);
  const between = it.state.items.length;
  await it.answer(1, [item(2), item(1)]);

  assert.deepEqual(it.requests.map(({ path, query }) => [path, query]), Array(2).fill(['/api/conversations', { limit: String(PageSize) }]));
  assert.equal(between, 1);
  assert.deepEqual(it.state.items.map(({ id }) => id), ['c_2', 'c_1']);
  assert.deepEqual([it.state.more, it.state.reading, it.state.failure], [false, null, null]);
});

test('older: what comes after the end of the list is read once, by the time of the last one', async () => {
  const it = bench();
  it.library.refresh();
  await it.answer(0, many(PageSize));

  it.library.older();
  it.library.older();
  await it.answer(1, [item(PageSize - 1), item(PageSize)]);

  assert.equal(it.requests.length, 2);
  assert.equal(it.requests[1].query.before, item(PageSize - 1).used_at);
  assert.equal(it.state.items.length, PageSize + 1, 'none is there twice');
  assert.equal(it.state.more, false);
});

test('refresh: as many as there are shown are read anew, page by page, so that nothing goes from under the reader', async () => {
  const it = bench();
  it.library.refresh();
  await it.answer(0, many(PageSize));
  it.library.older();
  await it.answer(1, many(5, PageSize));

  it.library.refresh();
  await it.answer(2, many(PageSize));
  const between = it.state.items.length;
  await it.answer(3, many(4, PageSize));

  assert.equal(between, PageSize + 5, 'no half list is shown');
  assert.equal(it.state.items.length, PageSize + 4);
});

test('search: it is asked for when the typing pauses, and an answer that is not wanted any more is dropped', async () => {
  const it = bench();
  it.library.refresh();
  await it.answer(0, [item(1), item(2)]);

  it.library.search('m');
  it.clock.advance(249);
  it.library.search('mi');
  it.clock.advance(249);
  const early = it.requests.length;
  it.clock.advance(1);
  it.library.search('milk ');
  it.clock.advance(250);
  await it.answer(2, [item(2, 'milk')]);
  await it.answer(1, [item(1)]);

  assert.equal(early, 1);
  assert.deepEqual(it.requests.slice(1).map(({ query }) => query.search), ['mi', 'milk']);
  assert.deepEqual([it.state.found, it.state.items.map(({ title }) => title)], ['milk ', ['milk']]);
});

test('search: while it is typed, the end of the list that is still shown is no reason to read on', async () => {
  const it = bench();
  it.library.refresh();
  await it.answer(0, many(PageSize));

  it.library.search('x');
  it.library.older();

  assert.equal(it.requests.length, 1);
});

test('failure: it is told in words for people, what was read stays, and another reading takes it away', async () => {
  const it = bench();
  it.library.refresh();
  await it.answer(0, [item(1)]);

  it.library.refresh();
  await it.cut(1);
  const failed = it.state;
  it.library.refresh();
  await it.answer(2, []);

  assert.match(failed.failure, /cannot be reached/);
  assert.equal(failed.items.length, 1);
  assert.deepEqual([it.state.failure, it.state.items], [null, []]);
});

test('rename, remove: they are done and the list is read anew; a refusal comes in the server’s words; what is gone already is gone', async () => {
  const it = bench();
  const [renamed, refused, removed, gone] = [it.library.rename('c_1', 'Plans'), it.library.rename('c_1', 'x'), it.library.remove('c_1'), it.library.remove('c_2')];
  await it.answer(0, item(1, 'Plans'));
  await it.answer(1, { detail: 'A title has 1 to 120 characters.' }, 400);
  await it.answer(2, null);
  await it.answer(3, { detail: 'There is no such conversation.' }, 404);

  assert.deepEqual(it.requests.slice(0, 3).map(({ method, path, body }) => [method, path, body]),
    [['PATCH', '/api/conversations/c_1', { title: 'Plans' }], ['PATCH', '/api/conversations/c_1', { title: 'x' }], ['DELETE', '/api/conversations/c_1', undefined]]);
  assert.deepEqual(await Promise.all([renamed, refused, removed, gone]), [null, 'A title has 1 to 120 characters.', null, null]);
  assert.equal(it.requests[4].path, '/api/conversations');
});

test('forget: what was somebody else’s is gone, and what is under way is not delivered', async () => {
  const it = bench();
  it.library.refresh();
  await it.answer(0, [item(1)]);
  it.library.refresh();

  it.library.forget();
  await it.answer(1, [item(1)]);

  assert.equal(it.state.items, undefined);
});

test('state: what did not change keeps its identity, and nobody signed in leaves nothing', () => {
  const first = reduceLibrary(emptyLibrary(true), { event: 'library_read', data: { search: '', items: [item(1), item(2)], more: false } });

  const next = reduceLibrary(first, { event: 'library_read', data: { search: '', items: [item(2), item(1, 'Other')], more: true } });
  const out = reduceLibrary(next, { event: 'account_known', data: { account: null, registrationOpen: false } });

  assert.equal(next.items[0], first.items[1]);
  assert.notEqual(next.items[1], first.items[0]);
  assert.deepEqual(out, emptyLibrary(true));
});

test('exportPath: an address for a plain link', () => {
  assert.equal(exportPath('c_1', 'markdown'), 'api/conversations/c_1/export?format=markdown');
});
