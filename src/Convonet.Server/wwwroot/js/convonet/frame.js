/** Reads a text frame; null for what is none. @param {string} text @returns {any} */
export function parseFrame(text) {
  try {
    const frame = JSON.parse(text);
    return typeof frame?.event === 'string' && typeof frame.data === 'object' && frame.data ? frame : null;
  } catch {
    return null;
  }
}
