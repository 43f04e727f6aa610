import { html } from './elements.js';
import { toolTitle, ToolStateWords } from './words.js';

/** @import { ConversationState, Turn } from '../conversation-state.js' */
/** @import { Voice } from '../voice-state.js' */

/** Says things to screen readers, when they have come about: whole answers, not every word as it comes, and none that is spoken anyway; quiet lines; tools that did not make it. */
export class Announcer {
  #region;
  /** @type {Map<string, Turn>} */
  #known = new Map();

  /** @param {HTMLElement} region a live region */
  constructor(region) {
    this.#region = region;
  }

  /** A fresh node each time: the same words twice are news twice. @param {string} text */
  say(text) {
    this.#region.replaceChildren(html('p', {}, text));
  }

  /** What was said to one user is nothing of the next one's. */
  clear() {
    this.#region.replaceChildren();
    this.#known.clear();
  }

  /** @param {ConversationState} state @param {Voice} voice */
  update({ turns }, voice) {
    const news = turns.flatMap(turn => {
      const before = this.#known.get(turn.key);
      const news = before?.outcome === null ? newsOf(before, turn, isSpoken(turn, voice)) : []; // what has ended, or is seen for the first time, is no news
      return [...news, ...newQuestions(before, turn)];
    });
    this.#known = new Map(turns.map(turn => [turn.key, turn]));
    if (news.length) this.say(news.join(' '));
  }
}

/** @param {Turn} turn @param {Voice} voice */
function isSpoken({ turn }, { spoken, microphone, engine }) {
  return Boolean(spoken[turn]?.sentences.length) || (microphone === 'on' && engine === 'browser');
}

/** @param {Turn} before @param {Turn} turn @param {boolean} isSpoken */
function newsOf(before, { tools, status, outcome, text, error }, isSpoken) {
  const ended = outcome === null ? [] : outcome === 'cancelled' ? ['Answer stopped.'] : [text, error?.message].slice(isSpoken ? 1 : 0);
  return [...tools.filter(tool => hasFailed(tool.state) && before.tools.find(({ id }) => id === tool.id)?.state !== tool.state).map(failure),
    before.status === status ? null : status, ...ended].filter(Boolean);
}

/** @param {Turn['tools'][number]['state']} state */
function hasFailed(state) {
  return state === 'error' || state === 'timeout' || state === 'unknown';
}

/** Questions to the user are news also in a turn that is seen for the first time: it waits for the answer. @param {Turn | undefined} before @param {Turn} turn */
function newQuestions(before, { tools }) {
  return tools.filter(({ id, question }) => question?.answer === null && !before?.tools.find(tool => tool.id === id)?.question)
    .map(({ name }) => `${toolTitle(name)} needs your yes. Answer in the conversation.`);
}

/** @param {Turn['tools'][number]} tool */
function failure({ name, state }) {
  if (state === 'unknown') return `${toolTitle(name)}: it is not known whether it took effect.`;
  return `${toolTitle(name)} ${ToolStateWords[state]}.`;
}
