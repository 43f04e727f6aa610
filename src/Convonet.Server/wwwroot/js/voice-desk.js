import { BrowserSpeech } from './browser-speech.js';
import { runningTurn } from './conversation-state.js';
import { VoiceSession } from './convonet-client.js';
import { phaseOf } from './voice-state.js';
import { byId } from './view/elements.js';
import { GhostBubble } from './view/ghost-bubble.js';
import { MicButton } from './view/mic-button.js';
import { VoiceLine } from './view/voice-line.js';

/** @import { PageEvent } from './page-events.js' */
/** @import { PageState } from './page-state.js' */
/** @import { ConvonetClient, Frame, RecordingMode } from './convonet-client.js' */

/** All of the page that hears and speaks: the microphone button, the line that says how it stands, the words as they are spoken, and what is behind them. */
export class VoiceDesk {
  #dispatch;
  #pageNow;
  #session;
  /** @type {BrowserSpeech | null} */
  #browser;
  #button;
  #line;
  #ghost;
  /** Whether the user chose the browser's own speech, where the server has none. */
  #useBrowser = false;
  #wasOn = false;

  /** @param {ConvonetClient} client @param {{ dispatch(event: PageEvent | Frame): void, pageNow(): PageState, onTold(words: string): void }} page */
  constructor(client, { dispatch, pageNow, onTold }) {
    this.#dispatch = dispatch;
    this.#pageNow = pageNow;
    this.#session = new VoiceSession(client, { dispatch, onLevel: level => this.#button.showLevel(level) });
    this.#browser = BrowserSpeech.isThere ? new BrowserSpeech(client, dispatch) : null;
    this.#button = new MicButton(byId('mic', HTMLButtonElement), {
      onPress: () => this.#press(),
      onClick: () => this.#wasOn ? this.#stop() : this.#record('hands_free'),
      onHold: () => { if (!this.#wasOn) this.#record('push_to_talk'); },
      onRelease: () => this.#stop(),
      onCancel: () => { if (!this.#wasOn) this.#stop(); },
    });
    this.#line = new VoiceLine(byId('voice-line', HTMLElement), this.#browser !== null, {
      onUseBrowser: () => { this.#useBrowser = true; this.#record('hands_free'); },
      onDismiss: () => dispatch({ event: 'voice_wanted', data: { wanted: false } }),
      onTold,
    });
    this.#ghost = new GhostBubble(byId('ghost', HTMLElement));
  }

  /** @param {PageState} page */
  update({ voice, conversation }) {
    const phase = phaseOf(voice, runningTurn(conversation) !== null);
    this.#button.update({ on: voice.microphone === 'on', phase, known: voice.known });
    this.#line.update(voice, phase);
    this.#ghost.update(voice.partial);
  }

  /** Falls silent. Returns the turn whose speech the server is to stop: 0 is speech of none, null is nothing. */
  silence() {
    const { speaking, engine } = this.#voice;
    this.#browser?.silence(speaking);
    if (engine === 'browser') return null;
    this.#session.silence(speaking);
    return speaking;
  }

  get #voice() {
    return this.#pageNow().voice;
  }

  get #serverHears() {
    return Boolean(this.#voice.speech.input);
  }

  #press() {
    this.#wasOn = this.#session.isOn || Boolean(this.#browser?.isOn);
    if (!this.#wasOn && this.#serverHears) this.#session.prepare();
  }

  /** @param {RecordingMode} mode */
  #record(mode) {
    if (this.#serverHears) this.#session.record(mode);
    else if (this.#browser && this.#useBrowser) this.#browser.record(mode);
    else this.#dispatch({ event: 'voice_wanted', data: { wanted: !this.#voice.explained } });
  }

  #stop() {
    this.#session.stop();
    this.#browser?.stop();
  }
}
