import { html } from './elements.js';
import { ProfileSection } from './profile-section.js';
import { money } from './usage-words.js';

/** @import { Api } from '../api.js' */
/** @import { Provider } from '../convonet-client.js' */
/** @import { Session } from '../session.js' */
/** @import { Account } from '../things.js' */
/** @typedef {{ input_tokens: number, output_tokens: number, characters: number, audio_ms: number, cost: number | null, incomplete: boolean }} Sums */
/** @typedef {{ currency: string, total: Sums, budget: { tokens_today: number, cost_today: number, tokens: number | null, cost: number | null, spent: boolean } | null, entries: { provider?: string, model?: string, kind?: string, sums: Sums }[] }} UsagePage */

const Kinds = { answer: 'answers', dropped: 'answers not used', summary: 'summaries', replayed: 'from memory', listening: 'listening', speaking: 'speaking' };

/** What the user used in the last 30 days and what it cost, and whether answers that were given before are given again. */
export class UsageSection {
  #list = html('ul', { class: 'usage-list' });
  #section;

  /** @param {Account} account @param {Session} session @param {Api} api */
  constructor(account, session, api) {
    const anew = html('input', { type: 'checkbox', checked: account.answers_anew });
    this.#section = new ProfileSection('What it takes', this.#list,
      html('label', { class: 'check usage-anew' }, anew, 'Ask a model each time, also when the answer was given before'));
    anew.addEventListener('change', () => this.#section.attempt(async () => {
      await session.change({ answers_anew: anew.checked });
      return anew.checked ? 'A model is asked each time.' : 'Answers that were given before may be given again.';
    }));
    this.#section.attempt(async () => {
      const [page, { providers }] = await Promise.all([api.get('api/usage?by=provider&limit=20'), api.get('api/providers')]);
      this.#show(page);
      this.#list.after(...(providers.some((/** @type {Provider} */ { emulated }) => emulated) ? [html('p', { class: 'usage-note' }, 'The demo model costs nothing. Its answers are counted here as if they were those of the real one.')] : []));
      return '';
    });
  }

  get element() { return this.#section.element; }

  /** @param {UsagePage} page */
  #show({ currency, total, budget, entries }) {
    const cost = (/** @type {Sums} */ sums) => sums.cost === null ? 'price not known' : `${sums.incomplete ? 'at least ' : ''}${money(sums.cost, currency)}`;
    const limit = budget && [budget.cost !== null && `${money(budget.cost_today, currency)} of ${money(budget.cost, currency)}`, budget.tokens !== null && `${number(budget.tokens_today)} of ${number(budget.tokens)} tokens`]
      .filter(Boolean).join(', ');
    this.#list.replaceChildren(
      line('Last 30 days', total, cost(total)),
      ...entries.map(({ provider, model, kind, sums }) => line([model ?? provider, Kinds[/** @type {keyof typeof Kinds} */ (kind)]].filter(Boolean).join(', '), sums, cost(sums))),
      ...(limit ? [html('li', {}, html('span', {}, budget?.spent ? 'Today, all is used up' : 'Today'), html('span', {}, limit))] : []));
  }
}

/** @param {string} name @param {Sums} sums @param {string} cost */
function line(name, { input_tokens, output_tokens, characters, audio_ms }, cost) {
  const tokens = input_tokens + output_tokens;
  const much = [tokens > 0 && `${number(tokens)} tokens`, characters > 0 && `${number(characters)} characters`, audio_ms > 0 && `${Math.round(audio_ms / 1000)} s`].filter(Boolean).join(', ');
  return html('li', {}, html('span', {}, name), html('span', {}, [much, cost].filter(Boolean).join(' · ')));
}

/** @param {number} value */
function number(value) { return value.toLocaleString('en'); }
