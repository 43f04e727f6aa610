import { dayOf, isWholeDay } from './local-time.js';

/** @import { Importance, Todo } from './things.js' */

/** @type {Importance[]} */
export const Importances = ['low', 'medium', 'high', 'urgent'];

/** @param {Todo} todo @param {string} clock what the user's clock shows */
export function isOverdue({ completed, due_date }, clock) {
  if (completed || !due_date) return false;
  return isWholeDay(due_date) ? dayOf(due_date) < dayOf(clock) : due_date.slice(0, 16) < clock;
}

/** What is to be done, in the order of its dates; then what has none, the important first. @param {Todo[]} todos */
export function openTodos(todos) {
  return todos.filter(todo => !todo.completed).sort((a, b) =>
    compare(a.due_date?.slice(0, 16) ?? '~', b.due_date?.slice(0, 16) ?? '~')
    || Importances.indexOf(b.priority) - Importances.indexOf(a.priority)
    || compare(a.created_at ?? '', b.created_at ?? ''));
}

/** The newest first. @param {Todo[]} todos */
export function doneTodos(todos) {
  return todos.filter(todo => todo.completed).sort((a, b) => compare(b.created_at ?? '', a.created_at ?? ''));
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
