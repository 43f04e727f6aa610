import { setText } from './elements.js';
import { BrowserOffer, isProblem, voiceWords } from './voice-words.js';

/** @import { Voice, VoicePhase } from '../voice-state.js' */
/** @typedef {{ onUseBrowser(): void, onDismiss(): void, onTold(words: string): void }} VoiceLineActions */

/** The line over the message box: how it stands with the voice, in words, and what one can do where it does not work. */
export class VoiceLine {
  #element;
  #actions;
  #browserSpeaks;
  #isOn = false;
  #told = '';

  /** @param {HTMLElement} element @param {boolean} browserSpeaks whether the browser has ears and a voice of its own @param {VoiceLineActions} actions */
  constructor(element, browserSpeaks, actions) {
    this.#element = element;
    this.#actions = actions;
    this.#browserSpeaks = browserSpeaks;
    this.#part('browser').addEventListener('click', actions.onUseBrowser);
    this.#part('dismiss').addEventListener('click', actions.onDismiss);
  }

  /** @param {Voice} voice @param {VoicePhase} phase */
  update(voice, phase) {
    const offered = phase === 'unavailable' && this.#browserSpeaks;
    const { state, hint: words } = voiceWords(voice, phase);
    const hint = offered ? `${words} ${BrowserOffer}` : words;
    this.#element.hidden = state === '';
    this.#element.dataset.phase = phase;
    this.#element.classList.toggle('problem', isProblem(phase));
    setText(this.#part('state'), state);
    setText(this.#part('hint'), hint);
    this.#part('engine').hidden = voice.engine !== 'browser' || isProblem(phase);
    this.#part('browser').hidden = !offered;
    this.#part('dismiss').hidden = !isProblem(phase);
    this.#tell(voice, isProblem(phase) || voice.notice !== null ? `${state} ${hint}` : '');
  }

  /** Screen readers are told of the microphone going on and off and of what is wrong, and not of every state: they would talk into it. @param {Voice} voice @param {string} words about what is wrong, or none */
  #tell({ microphone, mode }, words) {
    const isOn = microphone === 'on' && mode === 'hands_free'; // who holds the button knows
    if (isOn !== this.#isOn && microphone !== 'asking') this.#actions.onTold(isOn ? 'Microphone on.' : 'Microphone off.');
    if (words !== '' && words !== this.#told) this.#actions.onTold(words);
    this.#isOn = isOn;
    this.#told = words;
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#element.querySelector(`.voice-${name}`));
  }
}
