/** @type {WeakMap<HTMLElement, Set<object>>} */
const sheetsOver = new WeakMap();

/** Keeps what lies under a sheet out of reach, as long as any sheet lies over it. @param {object} sheet @param {HTMLElement[]} elements @param {boolean} isOver */
export function cover(sheet, elements, isOver) {
  for (const element of elements) {
    const sheets = sheetsOver.get(element) ?? new Set();
    sheetsOver.set(element, sheets);
    if (isOver) sheets.add(sheet);
    else sheets.delete(sheet);
    element.inert = sheets.size > 0;
  }
}
