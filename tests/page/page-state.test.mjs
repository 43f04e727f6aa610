import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialPage, kindsToRead, reducePage, tabOf } from '../../src/Convonet.Server/wwwroot/js/page-state.js';
import { titleOf } from '../../src/Convonet.Server/wwwroot/js/things-state.js';
import { sample } from './fake/client-bench.mjs';

const wall = Date.parse('2026-11-25T15:00:00Z');
const play = (events, page = initialPage({ panelOpen: true }), now = 1000) => events.reduce((it, event) => reducePage(it, event, now, wall), page);
const loaded = (kind, items) => ({ event: 'loaded', data: { kind, items } });
const anna = { id: 'u_1', name: 'Anna', time_zone: 'Europe/Zurich', has_password: true, has_pin: false, is_local_owner: false };
const known = account => ({ event: 'account_known', data: { account, registrationOpen: false } });
const milk = { id: 'a', title: 'milk', completed: false }, bread = { id: 'b', title: 'bread', completed: false };
const made = (id, { tool = 'create_todo', kinds = ['todo'] } = {}) => ({ event: 'data_changed', data: { kinds, change: { id, summary: `Did ${id}.`, tool, call_id: `call_${id}` } } });
const past = (id, more = {}) => ({ id, summary: `Did ${id}.`, tool: 'create_todo', made_at: '2026-11-25T14:58:00Z', undone: false, can_undo: true, ...more });

test('loaded: what did not change keeps its identity; what is new or different is fresh; the first reading is no news', () => {
  const first = play([loaded('todos', [milk, bread])]);
  const next = play([loaded('todos', [{ ...bread, completed: true }, { ...milk }, { id: 'c', title: 'jam', completed: false }])], first, 2000);

  assert.deepEqual(first.things.changedAt, {});
  assert.equal(next.things.todos[1], first.things.todos[0]);
  assert.deepEqual(next.things.changedAt, { b: 2000, c: 2000 });
  assert.deepEqual(play([loaded('todos', [])], next, 9000).things.changedAt, {}, 'what is not fresh any more is let go');
});

test('loaded: occurrences of a series are told apart, and the people of each team are kept by team', () => {
  const at = day => ({ id: 'e', title: 'stand-up', event_from: `2026-11-${day}T09:00`, event_to: `2026-11-${day}T09:15` });
  const page = play([loaded('events', [at(25)]), loaded('events', [at(25), at(26)]), loaded('members/t1', [{ user_id: 'u', name: 'Sam', role: 'member' }])]);

  assert.deepEqual(Object.keys(page.things.changedAt), ['e 2026-11-26T09:00']);
  assert.deepEqual(page.things.members.t1.map(({ name }) => name), ['Sam']);
});

test('load_failed: it is told until the kind is read', () => {
  const failed = play([loaded('todos', [milk]), { event: 'load_failed', data: { kind: 'todos', message: 'No network.' } }]);

  assert.deepEqual(failed.things.failures, { todos: 'No network.' });
  assert.equal(failed.things.todos.length, 1, 'what was known is still shown');
  assert.deepEqual(play([loaded('todos', [])], failed).things.failures, {});
});

test('titleOf: what an id stands for, of any kind', () => {
  const { things } = play([loaded('todos', [milk]), loaded('reminders', [{ id: 'r', text: 'call Anna' }]), loaded('events', [{ id: 'e', title: 'Lunch', event_from: 'x' }]), loaded('teams', [{ id: 't', name: 'Ops' }])]);

  assert.deepEqual(['a', 'r', 'e', 't', 'nothing'].map(id => titleOf(things, id)), ['milk', 'call Anna', 'Lunch', 'Ops', null]);
});

test('data_changed: what the assistant did is offered to be taken back, the newest first, and no more than three', () => {
  const { changes } = play([made('1'), made('2'), made('3'), made('4'), sample('data_changed')]);

  assert.deepEqual(changes.lines.map(({ summary, state }) => [summary, state]), [['Added “buy milk”.', 'done'], ['Did 4.', 'done'], ['Did 3.', 'done']]);
});

test('data_changed: of what the user did by hand only deletions made here are offered', () => {
  const byHand = id => made(id, { tool: null });
  const { changes } = play([byHand('1'), { event: 'deleting', data: {} }, byHand('2'), byHand('3'), { event: 'data_changed', data: { kinds: ['todo'], change: null } }]);
  const refused = play([{ event: 'deleting', data: {} }, { event: 'action_ended', data: { message: 'You may not.' } }, byHand('4')]);

  assert.deepEqual(changes.lines.map(({ id }) => id), ['2']);
  assert.deepEqual(refused.changes.lines, []);
});

test('undo: how it goes is told in its line, and a line can be put away', () => {
  const undo = (state, message) => ({ event: 'undo', data: { id: '1', state, message } });
  const after = (...events) => play([made('1'), made('2'), ...events]).changes.lines.find(({ id }) => id === '1');

  assert.equal(after(undo('undoing')).state, 'undoing');
  assert.equal(after(undo('undoing'), undo('undone')).state, 'undone');
  assert.deepEqual([after(undo('refused', 'It has changed.')).state, after(undo('refused', 'It has changed.')).message], ['refused', 'It has changed.']);
  assert.equal(after({ event: 'change_dismissed', data: { id: '1' } }), undefined);
});

test('changes: after a reload, what the assistant did a moment ago can still be taken back, and nothing else', () => {
  const { changes } = play([loaded('changes', [past('3'), past('by hand', { tool: null }), past('gone', { undone: true }), past('too late', { can_undo: false }), past('2'),
    past('old', { made_at: '2026-11-25T14:00:00Z' })])]);

  assert.deepEqual(changes.lines.map(({ id }) => id), ['3', '2']);
});

test('changes: what another tab took back, or nobody can take back any more, is not offered', () => {
  const { changes } = play([made('1'), made('2'), made('3'), loaded('changes', [past('3', { undone: true, can_undo: false }), past('2', { can_undo: false }), past('1')])]);

  assert.deepEqual(changes.lines.map(({ id, state }) => [id, state]), [['3', 'undone'], ['1', 'done']]);
});

test('reminder_due: it is shown once, until it is put away; at another time it rings anew', () => {
  const due = sample('reminder_due');
  const later = { ...due, data: { ...due.data, remind_at: '2026-11-25T18:00:00' } };
  const shown = play([due, due]);
  const dismissed = play([{ event: 'reminder_dismissed', data: { key: shown.due.cards[0].key } }, due], shown);

  assert.deepEqual(shown.due.cards.map(({ text }) => text), ['call Anna']);
  assert.deepEqual(dismissed.due.cards, []);
  assert.deepEqual(play([later], dismissed).due.cards.map(({ remind_at }) => remind_at), ['2026-11-25T18:00:00']);
  assert.equal(play([due, later]).due.cards.length, 1, 'moved while it was shown: one card, not two');
  assert.deepEqual(play([due], initialPage({ due: dismissed.due })).due.cards, [], 'also over a reload');
});

test('panel: a change in a tab that nobody looks at is news until somebody does', () => {
  const page = play([made('1'), made('2', { kinds: ['event'] }), made('3', { kinds: ['member', 'team'] })]);
  const closed = play([made('1')], initialPage());

  assert.deepEqual(page.panel.news, ['agenda', 'teams']);
  assert.deepEqual(play([{ event: 'tab_chosen', data: { tab: 'agenda' } }], page).panel, { open: true, tab: 'agenda', news: ['teams'], error: null });
  assert.deepEqual(closed.panel.news, ['todos']);
  assert.deepEqual(play([{ event: 'panel_opened', data: { open: true } }], closed).panel.news, []);
});

test('tabOf, kindsToRead: what a change concerns', () => {
  const { things } = play([loaded('members/t1', [])]);

  assert.equal(tabOf({ kinds: ['unheard of'] }), null);
  assert.equal(tabOf({ kinds: ['event', 'todo'] }), 'agenda');
  assert.deepEqual(kindsToRead({ kinds: ['todo', 'event'] }, things), ['todos', 'events']);
  assert.deepEqual(kindsToRead({ kinds: ['member', 'team'] }, things), ['teams', 'todos', 'members/t1']);
  assert.deepEqual(kindsToRead({ kinds: ['unheard of'] }, things), []);
});

test('account_known: with nobody signed in, nothing of the one before is left, but what was said', () => {
  const before = play([known(anna), sample('connected'), { event: 'queued', data: { client_msg_id: 'm', text: 'unsent' } }, loaded('todos', [milk]), made('1'), sample('reminder_due')]);
  const after = play([known(null)], before);

  assert.equal(after.session.account, null);
  assert.equal(after.things.todos, undefined);
  assert.deepEqual([after.changes.lines, after.due.cards, after.panel.news], [[], [], []]);
  assert.deepEqual(after.conversation.pending.map(({ text }) => text), ['unsent']);
  assert.equal(play([known({ ...anna, name: 'Anna M.' })], before).things.todos.length, 1);
});

test('pending: what is refused for now waits and says why, without an error; what is withdrawn is gone', () => {
  const queued = play([{ event: 'queued', data: { client_msg_id: 'm1', text: 'x' } }, { event: 'queued', data: { client_msg_id: 'm2', text: 'y' } }]);
  const refused = play([{ event: 'error', data: { code: 'overloaded', message: 'Full.', client_msg_id: 'm1', retry_after_ms: 1000 } }], queued);

  assert.deepEqual(refused.conversation.pending, [{ id: 'm1', text: 'x', error: null, waits: 'overloaded' }, { id: 'm2', text: 'y', error: null }]);
  assert.equal(refused.conversation.notice, null);
  assert.deepEqual(play([{ event: 'withdrawn', data: { client_msg_id: 'm1' } }], refused).conversation.pending.map(({ id }) => id), ['m2']);
});

test('reset, noted: the conversation that is opened is ours before anything of it has come; a line about it stands until something is said', () => {
  const opened = play([{ event: 'reset', data: { conversation: 'c_older' } }, sample('connected')]);
  const noted = play([{ event: 'noted', data: { message: 'Deleted.' } }], opened);

  assert.equal(opened.conversation.conversation, 'c_older');
  assert.equal(noted.conversation.notice, 'Deleted.');
  assert.equal(play([{ event: 'queued', data: { client_msg_id: 'm1', text: 'x' } }], noted).conversation.notice, null);
});

test('sign_in_wanted: the local owner may go to the form and back', () => {
  const wanted = play([known(anna), { event: 'sign_in_wanted', data: { wanted: true } }]);

  assert.equal(wanted.session.signInWanted, true);
  assert.equal(play([known({ ...anna })], wanted).session.signInWanted, true, 'a wrong password does not close the form');
  assert.equal(play([known({ ...anna, id: 'u_2' })], wanted).session.signInWanted, false);
  assert.equal(play([{ event: 'sign_in_wanted', data: { wanted: false } }], wanted).session.signInWanted, false);
});
