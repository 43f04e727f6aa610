import { confirmWords } from './confirm-words.js';
import { html, icon, Icons, setText } from './elements.js';
import { argumentSummary, duration, readable, stopwatch, toolTitle, ToolStateWords } from './words.js';

/** @import { Tool } from '../conversation-state.js' */
/** @import { TitleOf } from './confirm-words.js' */
/**
 * @typedef {object} ToolActions
 * @property {(id: string, yes: boolean) => void} onConfirm
 * @property {(changeId: string) => void} onUndo
 * @property {() => void} onQuestionGone called when a question that had the focus goes
 * @property {TitleOf} titleOf
 */

/** @type {Partial<Record<Tool['state'], string>>} */
const StateIcons = { ok: Icons.check, error: Icons.cross, timeout: Icons.clock, cancelled: Icons.stop, unknown: Icons.unknown };

/** One tool call: what it is, how it stands, how long it takes; the question whether it may run; arguments and result on demand. */
export class ToolCard {
  #mark = html('span', { class: 'tool-mark' });
  #title = html('span', { class: 'tool-title' });
  #about = html('span', { class: 'tool-about' });
  #state = html('span', { class: 'tool-state' });
  #time = html('span', { class: 'tool-time' });
  #inside = html('div', { class: 'tool-inside' });
  #foot = html('div', { class: 'tool-foot' });
  element = html('div', { class: 'tool-card' },
    html('details', {},
      html('summary', {},
        this.#mark,
        html('span', { class: 'tool-words' }, this.#title, this.#about),
        html('span', { class: 'tool-status' }, this.#state, this.#time)),
      this.#inside),
    this.#foot);
  /** @type {Tool | null} */
  #tool = null;
  /** @type {Question | null} */
  #question = null;
  #actions;

  /** @param {ToolActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** @param {Tool} tool */
  update(tool) {
    if (this.#tool === tool) return;
    const before = this.#tool;
    this.#tool = tool;
    const waits = tool.question?.answer === null;
    this.element.dataset.state = waits ? 'question' : tool.state;
    this.element.dataset.tool = tool.name;
    const path = waits ? Icons.unknown : StateIcons[tool.state];
    this.#mark.replaceChildren(...(path ? [icon(path)] : []));
    setText(this.#title, toolTitle(tool.name));
    setText(this.#about, tool.state === 'running' && tool.message ? tool.message : argumentSummary(tool.args));
    setText(this.#state, waits ? 'needs your yes' : ToolStateWords[tool.state]);
    const unmeasured = tool.elapsedMs === undefined || (tool.state === 'unknown' && tool.elapsedMs === 0);
    setText(this.#time, unmeasured ? '' : duration(tool.elapsedMs ?? 0));
    this.#inside.replaceChildren(...section('Asked with', tool.args), ...section(resultTitle(tool), tool.result));
    if (!this.#inside.hasChildNodes()) this.#inside.append(html('p', { class: 'tool-nothing' }, 'Nothing to show yet.'));
    if (before?.question !== tool.question) this.#ask(tool);
    if (before?.change !== tool.change) this.#offerUndo(tool);
  }

  /** Moves the clocks: the one of a running call, or the one of a question. @param {number} now */
  tick(now) {
    if (this.#question) this.#question.tick(now);
    else if (this.#tool?.state === 'running' && this.#tool.startedAt !== undefined) setText(this.#time, stopwatch(now - this.#tool.startedAt));
  }

  /** @param {Tool} tool */
  #ask({ id, name, args, question }) {
    const hadFocus = this.#question?.element.contains(document.activeElement) ?? false;
    this.#question?.element.remove();
    this.#question = null;
    if (question?.answer === null) {
      this.#question = new Question(() => confirmWords(name, args, this.#actions.titleOf), question.expiresAt, yes => this.#actions.onConfirm(id, yes));
      setText(this.#time, '');
      this.element.append(this.#question.element);
      this.#question.takeFocusIfNobodyHasIt();
    } else if (hadFocus) {
      this.#actions.onQuestionGone();
    }
  }

  /** @param {Tool} tool */
  #offerUndo({ change }) {
    if (!change || change.state === 'undone') return this.#foot.replaceChildren(...(change ? [html('p', {}, 'Taken back')] : []));
    const button = html('button', { type: 'button', class: 'button quiet', disabled: change.state === 'undoing' }, icon(Icons.undo), 'Undo');
    button.addEventListener('click', () => this.#actions.onUndo(change.id));
    this.#foot.replaceChildren(...(change.state === 'refused' ? [html('p', {}, change.message ?? 'This cannot be taken back.')] : [button]));
  }
}

/** Calls that were asked for together: side by side where there is room, so that one sees them run at the same time. */
export class ToolGroup {
  element = html('div', { class: 'tool-cards' });
  /** @type {Map<string, ToolCard>} */
  #cards = new Map();
  #actions;

  /** @param {ToolActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  /** @param {Tool[]} tools */
  update(tools) {
    for (const tool of tools) {
      let card = this.#cards.get(tool.id);
      if (!card) {
        card = new ToolCard(this.#actions);
        this.#cards.set(tool.id, card);
        this.element.append(card.element);
      }
      card.update(tool);
    }
  }

  /** @param {number} now */
  tick(now) {
    for (const card of this.#cards.values()) card.tick(now);
  }
}

/** Whether a call may run: what would happen, two buttons, and how long there is to answer. */
class Question {
  #time = html('span', { class: 'question-time', 'aria-hidden': 'true' });
  #words = html('p', { class: 'question-words' });
  #wordsNow;
  #buttons;
  #expiresAt;
  element;

  /** @param {() => ReturnType<typeof confirmWords>} wordsNow @param {number} expiresAt @param {(yes: boolean) => void} onAnswer */
  constructor(wordsNow, expiresAt, onAnswer) {
    this.#wordsNow = wordsNow;
    this.#expiresAt = expiresAt;
    const { details } = wordsNow();
    const answer = (/** @type {boolean} */ yes, /** @type {string} */ words, /** @type {string} */ look) => {
      const button = html('button', { type: 'button', class: `button ${look}` }, words);
      button.addEventListener('click', () => onAnswer(yes));
      return button;
    };
    this.#buttons = [answer(true, 'Allow', 'primary'), answer(false, 'Don’t', '')];
    this.element = html('div', { class: 'tool-question', role: 'group', tabindex: -1 },
      this.#words,
      details.length > 0 && html('dl', { tabindex: 0, 'aria-label': 'What it was asked with' },
        ...details.flatMap(({ label, value }) => [html('dt', {}, label), html('dd', {}, value)])),
      html('div', { class: 'question-foot' }, ...this.#buttons, this.#time));
    this.#say();
  }

  /** After a reload the things that it asks about are read only after the question. */
  #say() {
    const { question } = this.#wordsNow();
    setText(this.#words, question);
    this.element.setAttribute('aria-label', question);
  }

  /** Somebody who types, or reads elsewhere, is not pulled away; and the focus is on no button, so that no key that is being pressed can answer. */
  takeFocusIfNobodyHasIt() {
    if (document.activeElement === document.body) this.element.focus();
  }

  /** @param {number} now */
  tick(now) {
    this.#say();
    if (this.#expiresAt === Infinity) return;
    const left = Math.max(0, Math.ceil((this.#expiresAt - now) / 1000));
    setText(this.#time, left > 0 ? `${left} s left` : 'No answer in time');
    for (const button of this.#buttons) button.disabled = left === 0;
  }
}

/** @param {Tool} tool */
function resultTitle({ state, limitMs }) {
  if (state === 'timeout' && limitMs !== undefined) return `Stopped at its limit of ${duration(limitMs)}`;
  if (state === 'unknown') return 'It is not known whether it took effect';
  return state === 'ok' ? 'Result' : 'What came back';
}

/** @param {string} title @param {unknown} value */
function section(title, value) {
  const text = value === undefined || value === null ? '' : readable(value);
  return text === '' ? [] : [html('h3', {}, title), html('pre', { tabindex: 0, 'aria-label': title }, text)];
}
