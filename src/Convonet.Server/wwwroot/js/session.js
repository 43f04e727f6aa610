import { ApiError } from './api.js';

/** @import { Api } from './api.js' */
/** @import { PageEvent } from './page-events.js' */

/** Who uses the page, as the server sees it. What comes of it is told as `account_known`. */
export class Session {
  #api;
  #dispatch;
  /** @type {Promise<void> | null} */
  #checking = null;

  /** @param {Api} api @param {(event: PageEvent) => void} dispatch */
  constructor(api, dispatch) {
    this.#api = api;
    this.#dispatch = dispatch;
  }

  /** Asks who is signed in. Where the server does not say, what was known stays. */
  check() {
    this.#checking ??= this.#ask().finally(() => { this.#checking = null; });
    return this.#checking;
  }

  /** @param {{ email: string, password: string, remember: boolean }} who */
  async signIn(who) {
    await this.#api.post('api/account/login', who);
    await this.#ask();
  }

  /** @param {{ name: string, email: string, password: string, time_zone: string }} who */
  async register(who) {
    await this.#api.post('api/account/register', who);
    await this.#ask();
  }

  async signOut() {
    await this.#api.post('api/account/logout');
    await this.#ask();
  }

  /** @param {{ name?: string, time_zone?: string, email?: string, answers_anew?: boolean }} changes */
  async change(changes) {
    await this.#api.patch('api/account', changes);
    await this.#ask();
  }

  /** @param {string | null} current null where there is none yet @param {string} password */
  async setPassword(current, password) {
    await this.#api.post('api/account/password', { current, new: password });
    await this.#ask();
  }

  /** @param {string | null} pin null takes it away */
  async setPin(pin) {
    await (pin === null ? this.#api.delete('api/account/pin') : this.#api.put('api/account/pin', { pin }));
    await this.#ask();
  }

  async #ask() {
    try {
      const account = await this.#api.get('api/account');
      this.#dispatch({ event: 'account_known', data: { account, registrationOpen: Boolean(account.registration_open) } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) this.#dispatch({ event: 'account_known', data: { account: null, registrationOpen: Boolean(error.body?.registration_open) } });
    }
  }
}
