import { stagesOf } from '../spoken-turn.js';
import { html, icon, Icons, setText } from './elements.js';
import { RichText } from './rich-text.js';
import { greyUnheard, markSpoken } from './spoken-text.js';
import { timeline, timelineWords } from './timeline.js';
import { ToolGroup } from './tool-card.js';
import { voiceTimeline } from './voice-timeline.js';
import { usageWords } from './usage-words.js';
import { outcomeText, providerTitle } from './words.js';

/** @import { Part, Turn } from '../conversation-state.js' */
/** @import { SpokenTurn } from '../spoken-turn.js' */
/** @import { ToolActions } from './tool-card.js' */
/** @typedef {ToolActions & { onRetry(text: string): void, onCopied(): void, onWithdraw(turn: number): void }} TurnActions */

/** A question and its answer. */
export class TurnView {
  #question = html('p', { class: 'bubble' });
  #name = html('h2', { class: 'visually-hidden' });
  #parts = html('div', { class: 'answer-parts' });
  #status = html('p', { class: 'quiet-line' });
  #withdraw = html('button', { type: 'button', class: 'button withdraw', hidden: true }, 'Withdraw');
  #foot = html('div', { class: 'answer-foot' });
  #answer = html('div', { class: 'answer' }, this.#name, this.#parts, this.#status, this.#withdraw, this.#foot);
  element = html('li', { class: 'turn' },
    html('div', { class: 'question' }, html('h2', { class: 'visually-hidden' }, 'You'), this.#question), this.#answer);
  /** @type {(RichText | ToolGroup)[]} */
  #partViews = [];
  /** @type {Turn | null} */
  #turn = null;
  #isNext = false;
  /** @type {SpokenTurn | undefined} */
  #spoken;
  #isSpoken = false;
  #footShows = '';
  #actions;

  /** @param {TurnActions} actions */
  constructor(actions) {
    this.#actions = actions;
    this.#withdraw.addEventListener('click', () => { if (this.#turn) actions.onWithdraw(this.#turn.turn); });
  }

  /**
   * @param {Turn} turn
   * @param {{ isNext: boolean, spoken?: SpokenTurn, isSpoken: boolean }} how `isNext`: it is being answered (otherwise, without an outcome, it waits in line); `isSpoken`: its speech is what one hears
   */
  update(turn, { isNext, spoken, isSpoken }) {
    const [isNew, wasSpoken] = [this.#turn !== turn || this.#isNext !== isNext, this.#isSpoken];
    if (!isNew && this.#spoken === spoken && wasSpoken === isSpoken) return;
    [this.#turn, this.#isNext, this.#spoken, this.#isSpoken] = [turn, isNext, spoken, isSpoken];
    if (isNew) this.#showTurn(turn, isNext);
    if (isSpoken) markSpoken(this.#parts, turn.text, spoken?.shown ?? 0);
    else if (wasSpoken) markSpoken(null, '', 0);
    if (turn.heard !== undefined) greyUnheard(this.#parts, turn.text, turn.heard);
    if (turn.outcome !== null) this.#showFoot(turn);
  }

  /** @param {number} now */
  tick(now) {
    for (const view of this.#partViews) if (view instanceof ToolGroup) view.tick(now);
  }

  /** @param {Turn} turn @param {boolean} isNext */
  #showTurn(turn, isNext) {
    setText(this.#question, turn.user);
    setText(this.#name, providerTitle(turn.provider));
    this.#answer.dataset.state = turn.outcome ?? (isNext ? 'running' : 'waiting');
    turn.parts.forEach((part, index) => this.#showPart(part, index, turn));
    for (const extra of this.#partViews.splice(turn.parts.length)) extra.element.remove();
    this.#showStatus(turn, isNext);
  }

  /** @param {Part} part @param {number} index @param {Turn} turn */
  #showPart(part, index, turn) {
    if (part.kind === 'text') this.#viewAt(index, RichText, () => new RichText()).update(part.text, turn.outcome === null && index === turn.parts.length - 1);
    else this.#viewAt(index, ToolGroup, () => new ToolGroup(this.#actions)).update(turn.tools.filter(tool => part.ids.includes(tool.id)));
  }

  /**
   * The view of a part: the one that is there, or a new one where there is none of that kind.
   * @template {RichText | ToolGroup} View
   * @param {number} index
   * @param {new (...args: any[]) => View} kind
   * @param {() => View} create
   * @returns {View}
   */
  #viewAt(index, kind, create) {
    const known = this.#partViews[index];
    if (known instanceof kind) return known;
    const view = create();
    if (known) known.element.replaceWith(view.element);
    else this.#parts.append(view.element);
    this.#partViews[index] = view;
    return view;
  }

  /** @param {Turn} turn @param {boolean} isNext */
  #showStatus(turn, isNext) {
    const silent = turn.parts.length === 0;
    const text = turn.outcome !== null ? turn.status : !isNext ? 'Waiting for its turn…' : turn.status ?? (silent ? `${providerTitle(turn.provider)} is thinking…` : null);
    this.#withdraw.hidden = turn.outcome !== null || isNext;
    this.#status.hidden = text === null;
    setText(this.#status, text ?? '');
  }

  /** @param {Turn} turn */
  #showFoot(turn) {
    const said = outcomeText(turn);
    const stages = stagesOf(this.#spoken);
    const shows = JSON.stringify([said, stages, turn.usage, turn.emulated]);
    if (this.#footShows === shows) return;
    this.#footShows = shows;
    // In a spoken turn time counts from when the user had stopped speaking: two beginnings side by side would contradict each other.
    const isSpoken = stages.length > 0;
    const figures = isSpoken ? '' : timelineWords(turn);
    const failed = said !== null && turn.outcome !== 'completed' && turn.outcome !== 'cancelled' && turn.outcome !== 'truncated';
    this.#foot.replaceChildren(...[
      said && html('div', { class: failed ? 'outcome failed' : 'outcome' }, html('p', {}, said), failed && turn.error?.retryable !== false && this.#retryButton(turn)),
      html('div', { class: 'colophon' },
        voiceTimeline(stages), !isSpoken && timeline(turn), figures !== '' && html('span', { 'aria-hidden': 'true' }, figures), html('span', {}, byline(turn)), usageLine(turn), turn.text !== '' && this.#copyButton(turn)),
    ].filter(node => node instanceof Node));
  }

  /** @param {Turn} turn */
  #retryButton({ user }) {
    const button = html('button', { type: 'button', class: 'button' }, icon(Icons.retry), 'Try again');
    button.addEventListener('click', () => { button.disabled = true; this.#actions.onRetry(user); });
    return button;
  }

  /** @param {Turn} turn */
  #copyButton({ text }) {
    if (!navigator.clipboard) return null; // pages served over plain HTTP from another machine have none
    const label = html('span', {}, 'Copy');
    const button = html('button', { type: 'button', class: 'button quiet', 'aria-label': 'Copy this answer' }, icon(Icons.copy), label);
    button.addEventListener('click', async () => {
      const copied = await navigator.clipboard.writeText(text).then(() => true, () => false);
      setText(label, copied ? 'Copied' : 'Not allowed');
      if (copied) this.#actions.onCopied();
      setTimeout(() => setText(label, 'Copy'), 2000);
    });
    return button;
  }
}

/** What the answer took, small: all of it is in its title. @param {Turn} turn */
function usageLine({ usage, emulated }) {
  const words = usageWords(usage, emulated);
  return words === null ? null : html('span', { class: 'usage', title: words.long }, words.short);
}

/** @param {Turn} turn */
function byline({ provider, model, emulated }) {
  return [providerTitle(provider), emulated ? 'offline demo model' : model].filter(Boolean).join(' · ');
}
