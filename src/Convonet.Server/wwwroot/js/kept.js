/** What the page keeps in the browser's storage. A blocked or full storage costs only that. */

/** @param {Storage} storage @param {string} key @returns {any} null where nothing of use is kept */
export function keptIn(storage, key) {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {Storage} storage @param {string} key @param {unknown} value */
export function keepIn(storage, key, value) {
  try { storage.setItem(key, JSON.stringify(value)); } catch { /* then it is forgotten with this page */ }
}
