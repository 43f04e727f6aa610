import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agenda, AgendaDays } from '../../src/Convonet.Server/wwwroot/js/agenda.js';
import { doneTodos, isOverdue, openTodos } from '../../src/Convonet.Server/wwwroot/js/todos.js';

const clock = '2026-11-25T15:00';
const todo = (id, due_date = null, more = {}) => ({ id, title: id, priority: 'medium', completed: false, due_date, created_at: '2026-11-20T08:00:00Z', ...more });
const event = (id, event_from, event_to) => ({ id, title: id, event_from, event_to });
const told = days => days.map(({ day, items }) => [day, items.map(({ id, from, to, overdue }) => [id, from?.slice(11) ?? null, to?.slice(11) ?? null, ...(overdue ? ['overdue'] : [])])]);

test('isOverdue: a day is over at its end, a time when it has passed, and what is done never', () => {
  assert.equal(isOverdue(todo('a', '2026-11-25T00:00:00'), clock), false);
  assert.equal(isOverdue(todo('a', '2026-11-24'), clock), true);
  assert.equal(isOverdue(todo('a', '2026-11-25T14:59:00'), clock), true);
  assert.equal(isOverdue(todo('a', '2026-11-25T15:00:00'), clock), false);
  assert.equal(isOverdue(todo('a', '2026-11-01', { completed: true }), clock), false);
  assert.equal(isOverdue(todo('a'), clock), false);
});

test('openTodos, doneTodos: dates first, then what is important, then what is older', () => {
  const todos = [
    todo('plain'), todo('urgent', null, { priority: 'urgent' }), todo('later', '2026-12-01'), todo('soon', '2026-11-25T16:00'), todo('older', null, { created_at: '2026-11-19T08:00:00Z' }),
    todo('done', null, { completed: true }), todo('done last', null, { completed: true, created_at: '2026-11-21T08:00:00Z' }),
  ];

  assert.deepEqual(openTodos(todos).map(({ id }) => id), ['soon', 'later', 'urgent', 'older', 'plain']);
  assert.deepEqual(doneTodos(todos).map(({ id }) => id), ['done last', 'done']);
});

test('agenda: each day with what is on, whole days first; what is overdue is for today', () => {
  const days = agenda({
    events: [event('lunch', '2026-11-25T12:00:00', '2026-11-25T13:00:00'), event('next year', '2027-11-25T12:00', '2027-11-25T13:00')],
    todos: [todo('report', '2026-11-25T11:00'), todo('milk', '2026-11-25'), todo('tax', '2026-11-20'), todo('done', '2026-11-25', { completed: true }), todo('undated')],
    reminders: [{ id: 'call', text: 'call', importance: 'high', remind_at: '2026-11-27T17:00:00' }, { id: 'rang', text: 'rang', importance: 'low', remind_at: '2026-11-25T09:00', delivered: true }],
  }, clock);

  assert.deepEqual(told(days), [
    ['2026-11-25', [['milk', null, null], ['tax', null, null, 'overdue'], ['report', '11:00', null, 'overdue'], ['lunch', '12:00', '13:00']]],
    ['2026-11-27', [['call', '17:00', null]]],
  ]);
});

test('agenda: an appointment over midnight is on both days, one that ends at midnight is not on the next, one of whole days has no time', () => {
  const days = agenda({ events: [
    event('night', '2026-11-25T22:00', '2026-11-26T06:00'), event('evening', '2026-11-25T20:00', '2026-11-26T00:00'), event('fair', '2026-11-26T00:00', '2026-11-28T00:00'),
  ] }, clock);

  assert.deepEqual(told(days), [
    ['2026-11-25', [['evening', '20:00', null], ['night', '22:00', null]]],
    ['2026-11-26', [['fair', null, null], ['night', '00:00', '06:00']]],
    ['2026-11-27', [['fair', null, null]]],
  ]);
});

test('agenda: with nothing there is still today, and it looks no further than it says', () => {
  const far = event('far', '2026-12-02T10:00', '2026-12-02T11:00');

  assert.deepEqual(told(agenda({}, clock)), [['2026-11-25', []]]);
  assert.equal(AgendaDays, 7);
  assert.deepEqual(told(agenda({ events: [far] }, clock)), [['2026-11-25', []]]);
});

test('agenda: occurrences of a series have keys of their own', () => {
  const series = ['2026-11-25', '2026-11-26'].map(day => event('standup', `${day}T09:00`, `${day}T09:15`));

  const keys = agenda({ events: series }, clock).flatMap(({ items }) => items.map(({ key }) => key));

  assert.equal(new Set(keys).size, 2);
});
