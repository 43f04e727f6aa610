import { dayOf, whenTitle } from '../local-time.js';
import { doneTodos, isOverdue, openTodos } from '../todos.js';
import { EditableRow } from './editable-row.js';
import { html, setText } from './elements.js';
import { choice, importance, importanceOptions, onSend, whenFields, whenOf } from './fields.js';
import { Freshness, KeyedList } from './keyed-list.js';

/** @import { UserActions } from '../actions.js' */
/** @import { Member, Team, Todo } from '../things.js' */
/** @import { Things } from '../things-state.js' */
/** @import { Editing } from './editable-row.js' */
/** @typedef {{ clock: string, now: number, changedAt: Record<string, number>, members: Record<string, Member[]> }} Context */

const MostDone = 30;

/** The todos: a field to add one, those that are open, and those that are done. */
export class TodoTab {
  #form;
  #list;
  #done;
  #doneList;
  #empty;
  /** @type {Team[] | undefined} */
  #teams;

  /** @param {HTMLElement} root @param {UserActions} actions */
  constructor(root, actions) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    this.#form = /** @type {HTMLFormElement} */ (root.querySelector('form'));
    this.#empty = find('.empty');
    this.#done = find('.done');
    const create = () => new TodoRow(actions);
    this.#list = new KeyedList(find('.rows'), (/** @type {Todo} */ { id }) => id, create);
    this.#doneList = new KeyedList(find('.done .rows'), (/** @type {Todo} */ { id }) => id, create);
    onSend(this.#form, ({ title, team }) => title === '' ? Promise.resolve(false) : actions.addTodo(team ? { title, team_id: team } : { title }));
  }

  /** @param {Things} things @param {string} clock @param {number} now */
  update({ todos, teams, members, changedAt }, clock, now) {
    const context = { clock, now, changedAt, members };
    const open = openTodos(todos ?? []);
    const done = doneTodos(todos ?? []);
    this.#list.update(open, context);
    this.#doneList.update(done.slice(0, MostDone), context);
    this.#done.hidden = done.length === 0;
    setText(/** @type {HTMLElement} */ (this.#done.querySelector('summary')), `Done (${done.length})`);
    this.#empty.hidden = todos === undefined || open.length > 0;
    if (this.#teams !== teams) this.#offerTeams(teams);
  }

  /** Viewers of a team add nothing to it. @param {Team[]} [teams] */
  #offerTeams(teams = []) {
    this.#teams = teams;
    const usable = teams.filter(({ role }) => role !== 'viewer');
    const before = this.#form.querySelector('select');
    const options = [{ value: '', label: 'For me' }, ...usable.map(({ id, name }) => ({ value: id, label: name }))];
    const select = usable.length > 0 ? choice('team', options, before?.value ?? '', 'For whom') : null;
    before?.remove();
    if (select) this.#form.querySelector('button')?.before(select);
  }
}

/** A todo, with its box to tick. */
class TodoRow {
  #box = html('input', { type: 'checkbox' });
  #row = new EditableRow(() => this.#editing(), html('label', { class: 'tick' }, this.#box));
  element = this.#row.element;
  #freshness = new Freshness(this.element);
  /** @type {Todo | null} */
  #todo = null;
  /** @type {Record<string, Member[]>} */
  #members = {};
  #actions;

  /** @param {UserActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#box.addEventListener('change', async () => {
      const { id, completed } = /** @type {Todo} */ (this.#todo);
      if (!await actions.changeTodo(id, { completed: this.#box.checked })) this.#box.checked = completed;
    });
  }

  /** @param {Todo} todo @param {Context} context */
  update(todo, { clock, now, changedAt, members }) {
    this.#members = members;
    this.#freshness.update(changedAt[todo.id], now);
    if (this.#todo !== todo) this.#box.checked = todo.completed;
    this.#todo = todo;
    this.#box.setAttribute('aria-label', `${todo.title}: done`);
    this.element.classList.toggle('is-done', todo.completed);
    setText(this.#row.title, todo.title);
    const overdue = isOverdue(todo, clock);
    const due = todo.due_date && whenTitle(todo.due_date, dayOf(clock));
    this.#row.tell(
      !todo.completed && importance(todo.priority),
      due && html('span', { class: overdue && 'overdue' }, overdue ? `Overdue: ${due}` : due),
      todo.team && html('span', { class: 'team-name' }, todo.team),
      todo.assignee && html('span', {}, todo.assignee));
  }

  /** @returns {Editing} */
  #editing() {
    const { id, title, due_date, priority, team_id, assignee_id } = /** @type {Todo} */ (this.#todo);
    const people = team_id ? this.#members[team_id] ?? [] : [];
    const forWhom = [{ value: '', label: 'Nobody in particular' }, ...people.map(({ user_id, name }) => ({ value: user_id, label: name }))];
    return {
      fields: [
        { name: 'title', label: 'Todo', value: title, required: true, wide: true, most: 500 },
        ...whenFields('Due', due_date),
        { name: 'priority', label: 'Priority', value: priority, options: importanceOptions },
        ...(people.length > 0 ? [{ name: 'assignee_id', label: 'For', value: assignee_id ?? '', options: forWhom }] : []),
      ],
      onSave: ({ day, time, ...values }) => this.#actions.changeTodo(id, { ...values, due_date: whenOf(day, time) }),
      onDelete: () => this.#actions.deleteTodo(id),
    };
  }
}
