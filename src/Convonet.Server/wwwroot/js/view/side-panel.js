import { AgendaTab } from './agenda-tab.js';
import { cover } from './cover.js';
import { html, setText } from './elements.js';
import { ReminderTab } from './reminder-tab.js';
import { TeamTab } from './team-tab.js';
import { TodoTab } from './todo-tab.js';
import { UndoLines } from './undo-lines.js';
import { openTodos } from '../todos.js';

/** @import { UserActions } from '../actions.js' */
/** @import { PageEvent, Tab } from '../page-events.js' */
/** @import { PageState } from '../page-state.js' */

const Wide = '(min-width: 64rem)';

/**
 * The user's things: beside the conversation where there is room, else a sheet over it. As a sheet it has the page for itself: the focus goes into it, cannot leave
 * it, and returns to the button that opened it.
 */
export class SidePanel {
  #element;
  #button;
  #dot = html('span', { class: 'news-dot', hidden: true }, html('span', { class: 'visually-hidden' }, 'something changed'));
  #others;
  #tabs;
  #views;
  #error;
  #lines;
  #wide = matchMedia(Wide);
  #open = false;
  #wasColumn = false;
  /** @type {unknown[]} */
  #shown = [];
  #dispatch;

  /**
   * @param {HTMLElement} element
   * @param {HTMLButtonElement} button opens and closes it
   * @param {HTMLElement[]} others what the sheet lies over
   * @param {UserActions} actions
   * @param {(event: PageEvent) => void} dispatch
   */
  constructor(element, button, others, actions, dispatch) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
    this.#element = element;
    this.#button = button;
    this.#others = others;
    this.#dispatch = dispatch;
    this.#error = find('.panel-error');
    this.#tabs = /** @type {HTMLButtonElement[]} */ ([...element.querySelectorAll('[role=tab]')]);
    this.#views = {
      todos: new TodoTab(find('#view-todos'), actions), agenda: new AgendaTab(find('#view-agenda')),
      reminders: new ReminderTab(find('#view-reminders'), actions), teams: new TeamTab(find('#view-teams'), actions),
    };
    this.#lines = new UndoLines(find('.undo-lines'), { onUndo: actions.undo, onDismiss: id => dispatch({ event: 'change_dismissed', data: { id } }) });
    button.append(this.#dot);
    button.addEventListener('click', () => dispatch({ event: 'panel_opened', data: { open: !this.#open } }));
    find('.panel-close').addEventListener('click', () => this.#close());
    element.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || event.defaultPrevented || this.#wide.matches) return;
      event.preventDefault(); // this Escape is not meant to stop an answer
      this.#close();
    });
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.#choose(tab));
      tab.addEventListener('keydown', event => this.#onTabKey(event, tab));
    }
    document.addEventListener('pointerdown', ({ target }) => { if (this.#isSheet && target instanceof Element && !target.closest('.panel, .due-cards')) this.#close(); });
    this.#wide.addEventListener('change', () => this.#becomeWideOrNarrow());
  }

  /** Whether the user is busy in it, so that it must not turn to another tab by itself. */
  get isInUse() {
    return this.#element.contains(document.activeElement) || this.#element.matches(':hover');
  }

  /** @param {PageState} page @param {string} clock what the user's clock shows @param {number} now */
  update({ things, changes, panel, session }, clock, now) {
    const state = [things, changes, panel, session, clock];
    if (state.every((part, index) => part === this.#shown[index])) return;
    this.#shown = state;
    this.#button.hidden = !session.account;
    this.#show(panel.open && Boolean(session.account));
    this.#dot.hidden = panel.news.length === 0 || (panel.open && this.#wide.matches);
    this.#views.todos.update(things, clock, now);
    this.#views.agenda.update(things, clock, now);
    this.#views.reminders.update(things, clock, now);
    this.#views.teams.update(things, now, session.account?.id ?? '');
    this.#lines.update(changes.lines);
    const words = panel.error ?? Object.values(things.failures)[0] ?? '';
    setText(this.#error, words);
    this.#error.hidden = words === '';
    const counts = { todos: openTodos(things.todos ?? []).length, agenda: 0, reminders: (things.reminders ?? []).filter(({ delivered }) => !delivered).length, teams: 0 };
    for (const tab of this.#tabs) {
      const name = /** @type {Tab} */ (tab.dataset.tab);
      const selected = name === panel.tab;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
      tab.classList.toggle('has-news', panel.news.includes(name));
      setText(/** @type {HTMLElement} */ (tab.querySelector('.count')), counts[name] > 0 ? String(counts[name]) : '');
      /** @type {HTMLElement} */ (this.#element.querySelector(`#view-${name}`)).hidden = !selected;
    }
  }

  /** @param {boolean} open */
  #show(open) {
    if (this.#open === open) return;
    this.#open = open;
    const returnsFocus = this.#element.contains(document.activeElement) || this.#element.ariaModal !== null; // a column that closes by itself leaves it where it is
    this.#element.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    this.#becomeSheetOrColumn();
    if (this.#wide.matches) return;
    if (open) this.#tabs.find(tab => tab.tabIndex === 0)?.focus();
    else if (returnsFocus) this.#button.focus();
  }

  get #isSheet() {
    return this.#open && !this.#wide.matches;
  }

  /** A column that was beside the conversation does not come over it when the window becomes narrow, and is there again when that becomes wide. */
  #becomeWideOrNarrow() {
    const open = this.#wide.matches ? this.#open || this.#wasColumn : false;
    this.#wasColumn = this.#open && !this.#wide.matches;
    if (open !== this.#open) this.#dispatch({ event: 'panel_opened', data: { open } });
    else this.#becomeSheetOrColumn();
  }

  #becomeSheetOrColumn() {
    const sheet = this.#isSheet;
    cover(this, this.#others, sheet);
    if (sheet) {
      this.#element.setAttribute('role', 'dialog');
      this.#element.setAttribute('aria-modal', 'true');
    } else {
      this.#element.removeAttribute('role');
      this.#element.removeAttribute('aria-modal');
    }
  }

  #close() {
    this.#dispatch({ event: 'panel_opened', data: { open: false } });
    if (this.#wide.matches) this.#button.focus();
  }

  /** @param {HTMLButtonElement} tab */
  #choose(tab) {
    this.#dispatch({ event: 'tab_chosen', data: { tab: /** @type {Tab} */ (tab.dataset.tab) } });
  }

  /** @param {KeyboardEvent} event @param {HTMLButtonElement} tab */
  #onTabKey(event, tab) {
    const at = this.#tabs.indexOf(tab);
    const to = { ArrowRight: (at + 1) % this.#tabs.length, ArrowLeft: (at - 1 + this.#tabs.length) % this.#tabs.length, Home: 0, End: this.#tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#tabs[to].focus();
    this.#choose(this.#tabs[to]);
  }
}
