import { html, icon, Icons } from './elements.js';
import { TurnView } from './turn-view.js';
import { waitingText } from './words.js';
import { runningTurn } from '../conversation-state.js';

/** @import { Child } from './elements.js' */
/** @import { ConversationState, Pending } from '../conversation-state.js' */
/** @import { Voice } from '../voice-state.js' */
/** @import { TurnActions } from './turn-view.js' */
/** @typedef {TurnActions & { onResend(message: Pending): void, onNotNow(message: Pending): void }} TranscriptActions */

/** The turns, oldest first, and below them the messages that the server has not accepted yet. */
export class Transcript {
  #turns;
  #pending;
  #actions;
  /** @type {Map<string, TurnView>} */
  #views = new Map();
  /** @type {{ pending: Pending[], online: boolean } | null} */
  #shownPending = null;

  /** @param {HTMLElement} turns @param {HTMLElement} pending @param {TranscriptActions} actions */
  constructor(turns, pending, actions) {
    this.#turns = turns;
    this.#pending = pending;
    this.#actions = actions;
  }

  /** @param {ConversationState} state @param {Voice} voice @param {boolean} online */
  update(state, voice, online) {
    const running = runningTurn(state);
    const keys = new Set(state.turns.map(turn => turn.key));
    for (const [key, view] of this.#views) {
      if (keys.has(key)) continue;
      view.element.remove();
      this.#views.delete(key);
    }
    for (const [index, turn] of state.turns.entries()) {
      let view = this.#views.get(turn.key);
      if (!view) {
        view = new TurnView(this.#actions);
        this.#views.set(turn.key, view);
      }
      const place = this.#turns.children[index] ?? null;
      if (place !== view.element) this.#turns.insertBefore(view.element, place);
      const isOurs = turn.conversation === state.conversation; // turns of an earlier conversation bear the same numbers
      view.update(turn, { isNext: turn === running, spoken: isOurs ? voice.spoken[turn.turn] : undefined, isSpoken: isOurs && voice.speaking === turn.turn });
    }
    this.#showPending(state.pending, online);
  }

  /** Moves the clocks of running tools. @param {number} now */
  tick(now) {
    for (const view of this.#views.values()) view.tick(now);
  }

  /** @param {Pending[]} pending @param {boolean} online */
  #showPending(pending, online) {
    if (this.#shownPending?.pending === pending && this.#shownPending.online === online) return;
    this.#shownPending = { pending, online };
    this.#pending.replaceChildren(...pending.map(message => this.#pendingItem(message, online)));
  }

  /** @param {Pending} message @param {boolean} online */
  #pendingItem(message, online) {
    const state = html('p', { class: message.error ? 'pending-state failed' : 'pending-state' },
      message.error ?? (!online ? 'Kept here until the connection is back' : message.waits ? waitingText(message.waits) : 'Sending…'));
    const item = html('li', { class: 'turn' }, html('div', { class: 'question pending' }, html('p', { class: 'bubble' }, message.text), state));
    if (message.error) state.after(this.#button([icon(Icons.retry), 'Try again'], () => this.#actions.onResend(message)));
    else if (!online || message.waits) state.after(this.#button(['Not now'], () => this.#actions.onNotNow(message)));
    return item;
  }

  /** @param {Child[]} content @param {() => void} act */
  #button(content, act) {
    const button = html('button', { type: 'button', class: 'button' }, ...content);
    button.addEventListener('click', act);
    return button;
  }
}

/** Keeps the newest text in view until the reader scrolls up, and again from when they are back at the end. */
export class Follower {
  #scroller;
  #jump;
  #following = true;
  #lastTop = 0;

  /** @param {HTMLElement} scroller @param {HTMLButtonElement} jump */
  constructor(scroller, jump) {
    this.#scroller = scroller;
    this.#jump = jump;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    jump.addEventListener('click', () => this.toEnd({ smooth: true }));
    new ResizeObserver(() => this.settle()).observe(scroller);
  }

  /** @param {{ smooth?: boolean }} [options] */
  toEnd({ smooth = false } = {}) {
    this.#following = true;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#scroller.scrollTo({ top: this.#scroller.scrollHeight, behavior: smooth && !calm ? 'smooth' : 'instant' });
    this.settle();
  }

  /** To be called when the content has changed. */
  settle() {
    if (this.#following) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#showJump();
  }

  #scrolled() {
    const { scrollTop } = this.#scroller;
    if (this.#distance() < 40) this.#following = true;
    else if (scrollTop < this.#lastTop) this.#following = false;
    this.#lastTop = scrollTop;
    this.#showJump();
  }

  #showJump() {
    this.#jump.hidden = this.#following || this.#distance() < 40;
  }

  #distance() {
    return this.#scroller.scrollHeight - this.#scroller.clientHeight - this.#scroller.scrollTop;
  }
}
