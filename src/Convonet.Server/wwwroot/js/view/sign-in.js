import { ApiError } from '../api.js';
import { valuesOf } from './fields.js';
import { setText } from './elements.js';

/** @import { Session } from '../session.js' */

/** What stands in the place of the conversation while nobody is signed in: a form to sign in with, and one to make an account. */
export class SignIn {
  #element;
  #title;
  #intro;
  #forms;
  #switch;
  #back;
  #registering = false;
  #unsent = false;
  #shown = false;

  /** @param {HTMLElement} element @param {Session} session @param {() => void} onBack */
  constructor(element, session, onBack) {
    const find = (/** @type {string} */ selector) => /** @type {any} */ (element.querySelector(selector));
    this.#element = element;
    this.#title = find('h2');
    this.#intro = find('.sign-in-intro');
    this.#forms = { signIn: find('#sign-in-form'), register: find('#register-form') };
    this.#switch = find('#sign-in-switch');
    this.#back = find('#sign-in-back');
    this.#send(this.#forms.signIn, values => session.signIn({ email: values.email, password: values.password, remember: 'remember' in values }));
    this.#send(this.#forms.register, ({ name, email, password }) =>
      session.register({ name, email, password, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }));
    this.#switch.addEventListener('click', () => { this.#registering = !this.#registering; this.#show(); this.#focus(); });
    this.#back.addEventListener('click', onBack);
  }

  /** @param {{ shown: boolean, registrationOpen: boolean, canGoBack: boolean, unsent: boolean }} state */
  update({ shown, registrationOpen, canGoBack, unsent }) {
    this.#unsent = unsent;
    const appears = shown && !this.#shown;
    this.#shown = shown;
    this.#element.hidden = !shown;
    this.#registering &&= registrationOpen && !appears; // whoever comes back from a sign-out has an account
    this.#switch.hidden = !registrationOpen;
    this.#back.hidden = !canGoBack;
    this.#show();
    if (appears) this.#focus();
  }

  #show() {
    setText(this.#title, this.#registering ? 'Make an account' : 'Sign in');
    const welcome = this.#unsent ? 'What was not sent yet is kept, and sent when you are back.' : 'Then the assistant knows whose todos, reminders and appointments to look after.';
    setText(this.#intro, this.#registering ? 'Your todos, reminders and appointments are yours alone. What is a team’s, its members see.' : welcome);
    setText(this.#switch, this.#registering ? 'I have an account already' : 'Make an account');
    this.#forms.signIn.hidden = this.#registering;
    this.#forms.register.hidden = !this.#registering;
  }

  #focus() {
    (this.#registering ? this.#forms.register : this.#forms.signIn).querySelector('input').focus();
  }

  /** @param {HTMLFormElement} form @param {(values: Record<string, string>) => Promise<void>} send */
  #send(form, send) {
    const error = /** @type {HTMLElement} */ (form.querySelector('.form-error'));
    const button = /** @type {HTMLButtonElement} */ (form.querySelector('[type=submit]'));
    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      error.hidden = true;
      try {
        await send({ ...valuesOf(form), password: String(new FormData(form).get('password')) }); // a password may end in a space
        form.reset();
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        setText(error, failure.message);
        error.hidden = false;
      } finally {
        button.disabled = false;
      }
    });
  }
}
