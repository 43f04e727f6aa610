import { ApiError } from '../api.js';
import { html } from './elements.js';
import { ProfileSection } from './profile-section.js';

/** @import { Api } from '../api.js' */
/**
 * @typedef {{ hash: string, added: string[], removed: string[], changed: string[] }} McpChange
 * @typedef {{ name: string, status: 'starting' | 'up' | 'down' | 'changed', tools: string[], why?: string | null, change?: McpChange | null }} McpServer
 */

const StatusWords = { starting: 'starting', up: 'connected', down: 'does not answer', changed: 'has changed' };

/** The servers whose tools the assistant may use. One that has changed its tools waits until the owner agrees. */
export class McpServers {
  #api;
  #list = html('ul', { class: 'mcp-servers', role: 'list' });
  #section = new ProfileSection('Tools of other servers', this.#list);

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
    this.element.hidden = true;
    void this.#load();
  }

  get element() { return this.#section.element; }

  /** Where there are none, or this server has no part in it, nothing is shown. */
  async #load() {
    try {
      const { is_owner, servers } = await this.#api.get('api/mcp');
      this.#list.replaceChildren(...servers.map((/** @type {McpServer} */ server) => this.#item(server, is_owner)));
      this.element.hidden = servers.length === 0;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** @param {McpServer} server @param {boolean} isOwner */
  #item({ name, status, tools, why, change }, isOwner) {
    const about = status === 'up' ? `${StatusWords.up} · ${tools.length === 1 ? '1 tool' : `${tools.length} tools`}` : why ?? StatusWords[status];
    return html('li', { class: 'mcp-server', 'data-status': status },
      html('p', {}, html('strong', {}, name), html('span', {}, about)),
      change && html('ul', { class: 'mcp-change' }, ...changes(change).map(words => html('li', {}, words))),
      change && isOwner && this.#section.button(`Agree to the changes of ${name}`, '', async () => {
        await this.#api.post(`api/mcp/${encodeURIComponent(name)}/accept`, { hash: change.hash });
        await this.#load();
        return `The tools of ${name} can be used as they are now.`;
      }));
  }
}

/** @param {McpChange} change */
function changes({ added, removed, changed }) {
  return [...added.map(tool => `New: ${tool}`), ...changed.map(tool => `Changed: ${tool}`), ...removed.map(tool => `Gone: ${tool}`)];
}
