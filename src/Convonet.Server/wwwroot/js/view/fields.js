import { dayOf, isWholeDay, timeOf } from '../local-time.js';
import { Importances } from '../todos.js';
import { html } from './elements.js';
import { capital } from './words.js';

/** @import { Importance } from '../things.js' */

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} [type] of an input
 * @property {string} value
 * @property {boolean} [required]
 * @property {boolean} [wide] takes the whole width
 * @property {{ value: string, label: string }[]} [options] makes it a choice
 * @property {number} [most] characters
 */

/** An input or a choice with its label. @param {Field} field */
export function field({ name, label, type = 'text', value, required, wide, options, most }) {
  const control = options ? choice(name, options, value) : html('input', { name, type, required, maxlength: most, autocomplete: 'off' });
  if (control instanceof HTMLInputElement) control.value = value;
  return html('label', { class: wide ? 'field wide' : 'field' }, html('span', {}, label), control);
}

/** @param {string} name @param {{ value: string, label: string }[]} options @param {string} value @param {string} [label] where no visible one stands beside it */
export function choice(name, options, value, label) {
  const select = html('select', { name, 'aria-label': label }, ...options.map(option => html('option', { value: option.value }, option.label)));
  select.value = value;
  return select;
}

/** A day and, if one likes, a time on it. @param {string} label @param {string | null} [value] @returns {Field[]} */
export function whenFields(label, value) {
  return [
    { name: 'day', label, type: 'date', value: value ? dayOf(value) : '' },
    { name: 'time', label: 'At', type: 'time', value: value && !isWholeDay(value) ? timeOf(value) : '' },
  ];
}

/** What the two say, as the API writes it; a time without a day says nothing. @param {string} day @param {string} time */
export function whenOf(day, time) {
  return day === '' ? null : time === '' ? day : `${day}T${time}`;
}

export const importanceOptions = Importances.map(value => ({ value, label: capital(value) }));

/** Only what is more than usual is worth a word. @param {Importance} value */
export function importance(value) {
  return (value === 'urgent' || value === 'high') && html('span', { class: `importance ${value}` }, capital(value));
}

/** The form's values by name, trimmed. @param {HTMLFormElement} form @returns {Record<string, string>} */
export function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
}

/**
 * A form that is sent by a function: once at a time, and emptied when it was done.
 * @param {HTMLFormElement} form
 * @param {(values: Record<string, string>) => Promise<boolean>} send
 */
export function onSend(form, send) {
  let busy = false;
  form.addEventListener('submit', async event => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute('aria-busy', 'true');
    try {
      if (await send(valuesOf(form))) form.reset();
    } finally {
      busy = false;
      form.removeAttribute('aria-busy');
    }
  });
}

/** A form in a row, for changing what the row shows. */
export class RowEditor {
  element;

  /**
   * @param {Field[]} fields
   * @param {{ onSave(values: Record<string, string>): Promise<boolean>, onDelete(): void, onClose(): void }} actions
   */
  constructor(fields, { onSave, onDelete, onClose }) {
    const button = (/** @type {string} */ words, /** @type {string} */ look, /** @type {() => void} */ act) => {
      const it = html('button', { type: 'button', class: `button ${look}` }, words);
      it.addEventListener('click', act);
      return it;
    };
    this.element = html('form', { class: 'row-editor' }, ...fields.map(field),
      html('div', { class: 'row-editor-foot' },
        html('button', { type: 'submit', class: 'button primary' }, 'Save'), button('Cancel', '', onClose), button('Delete', 'quiet danger', onDelete)));
    this.element.addEventListener('submit', async event => {
      event.preventDefault();
      if (await onSave(valuesOf(this.element))) onClose();
    });
    this.element.addEventListener('keydown', event => {
      if (event.key !== 'Escape' || event.isComposing) return;
      event.preventDefault(); // this Escape is not meant to stop an answer, or to close the panel
      event.stopPropagation();
      onClose();
    });
  }

  focus() {
    this.element.querySelector('input')?.focus();
  }
}
