/** @import { OutgoingMessage } from './outbox.js' */
/** @typedef {{ conversation: string | null, epoch: number, outbox: OutgoingMessage[], cancels?: number[], begins?: boolean }} Kept what a store keeps of a client; `cancels`: turns to be stopped; `begins`: nothing was ever told of the conversation */
/** @typedef {{ load(): Kept | null, save(kept: Kept): void }} Store */

const Key = 'convonet.conversation';

/** Keeps the conversation of a tab over a reload. A blocked or full storage costs only that. @returns {Store} */
export function sessionStore() {
  return {
    load() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(Key) ?? 'null');
        return isKept(kept) ? kept : null;
      } catch {
        return null;
      }
    },
    save(kept) {
      try { sessionStorage.setItem(Key, JSON.stringify(kept)); } catch { /* then a reload begins anew */ }
    },
  };
}

/** @param {any} value @returns {value is Kept} */
function isKept(value) {
  return typeof value?.epoch === 'number' && Array.isArray(value.outbox) && Array.isArray(value.cancels ?? []) && (value.conversation === null || typeof value.conversation === 'string');
}
