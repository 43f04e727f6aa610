/** @import { ReminderDue } from '../convonet-client.js' */

/** Asks for leave to notify only when this button is pressed; where that was decided, or cannot be, there is no button. @param {HTMLButtonElement} button */
export function bindNotifyButton(button) {
  const show = () => { button.hidden = !('Notification' in globalThis) || Notification.permission !== 'default'; };
  button.addEventListener('click', async () => {
    await Notification.requestPermission();
    show();
  });
  show();
}

/** Shows a reminder outside the page, to whom allowed it and does not look at the page. @param {ReminderDue} reminder */
export function notify({ id, text }) {
  if (!('Notification' in globalThis) || Notification.permission !== 'granted' || document.visibilityState === 'visible') return;
  new Notification(text, { tag: id }); // the tag: one, however many tabs are open
}
