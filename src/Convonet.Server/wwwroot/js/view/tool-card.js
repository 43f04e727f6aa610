import { html, icon, Icons, setText } from './elements.js';
import { argumentSummary, duration, readable, stopwatch, toolTitle, ToolStateWords } from './words.js';

/** @import { Tool } from '../conversation-state.js' */

/** @type {Partial<Record<Tool['state'], string>>} */
const StateIcons = { ok: Icons.check, error: Icons.cross, timeout: Icons.clock, cancelled: Icons.stop };

/** One tool call: what it is, how it stands, how long it takes; arguments and result on demand. */
export class ToolCard {
  #mark = html('span', { class: 'tool-mark' });
  #title = html('span', { class: 'tool-title' });
  #about = html('span', { class: 'tool-about' });
  #state = html('span', { class: 'tool-state' });
  #time = html('span', { class: 'tool-time' });
  #inside = html('div', { class: 'tool-inside' });
  element = html('details', { class: 'tool-card' },
    html('summary', {},
      this.#mark,
      html('span', { class: 'tool-words' }, this.#title, this.#about),
      html('span', { class: 'tool-status' }, this.#state, this.#time)),
    this.#inside);
  /** @type {Tool | null} */
  #tool = null;

  /** @param {Tool} tool */
  update(tool) {
    if (this.#tool === tool) return;
    this.#tool = tool;
    this.element.dataset.state = tool.state;
    this.element.dataset.tool = tool.name;
    const path = StateIcons[tool.state];
    this.#mark.replaceChildren(...(path ? [icon(path)] : []));
    setText(this.#title, toolTitle(tool.name));
    setText(this.#about, tool.state === 'running' && tool.message ? tool.message : argumentSummary(tool.args));
    setText(this.#state, ToolStateWords[tool.state]);
    setText(this.#time, tool.elapsedMs === undefined ? '' : duration(tool.elapsedMs));
    this.#inside.replaceChildren(...section('Asked with', tool.args), ...section(resultTitle(tool), tool.result));
    if (!this.#inside.hasChildNodes()) this.#inside.append(html('p', { class: 'tool-nothing' }, 'Nothing to show yet.'));
  }

  /** Moves the running clock. @param {number} now */
  tick(now) {
    if (this.#tool?.state === 'running' && this.#tool.startedAt !== undefined) setText(this.#time, stopwatch(now - this.#tool.startedAt));
  }
}

/** Calls that were asked for together: side by side where there is room, so that one sees them run at the same time. */
export class ToolGroup {
  element = html('div', { class: 'tool-cards' });
  /** @type {Map<string, ToolCard>} */
  #cards = new Map();

  /** @param {Tool[]} tools */
  update(tools) {
    for (const tool of tools) {
      let card = this.#cards.get(tool.id);
      if (!card) {
        card = new ToolCard();
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

/** @param {Tool} tool */
function resultTitle({ state, limitMs }) {
  if (state === 'timeout' && limitMs !== undefined) return `Stopped at its limit of ${duration(limitMs)}`;
  return state === 'ok' ? 'Result' : 'What came back';
}

/** @param {string} title @param {unknown} value */
function section(title, value) {
  const text = value === undefined || value === null ? '' : readable(value);
  return text === '' ? [] : [html('h3', {}, title), html('pre', { tabindex: 0, 'aria-label': title }, text)];
}
