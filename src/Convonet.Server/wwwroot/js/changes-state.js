/** @import { PageEvent, UndoState } from './page-events.js' */
/** @import { DataChanged, Frame } from './convonet-client.js' */
/** @import { PastChange } from './things.js' */
/**
 * What can be taken back with one press: what the assistant did last, and what the user deleted by hand. The newest is first.
 * @typedef {{ id: string, summary: string, byTool: boolean, state: UndoState, message?: string }} Line
 * @typedef {{ lines: Line[], awaited: number }} Changes `awaited`: deletions by hand of which the change is still to be told
 */

const MostLines = 3;
const RecentMs = 10 * 60_000;

/** @type {Changes} */
export const NoChanges = { lines: [], awaited: 0 };

/** @param {Changes} changes @param {Frame | PageEvent} event @param {number} wallClock milliseconds since 1970 @returns {Changes} */
export function reduceChanges(changes, { event, data }, wallClock) {
  switch (event) {
    case 'data_changed': return told(changes, data);
    case 'action_ended': return data.message === null ? changes : { ...changes, awaited: 0 };
    case 'deleting': return { ...changes, awaited: changes.awaited + 1 };
    case 'undo': return { ...changes, lines: changes.lines.map(line => line.id === data.id ? { ...line, state: data.state, message: data.message } : line) };
    case 'change_dismissed': return { ...changes, lines: changes.lines.filter(({ id }) => id !== data.id) };
    case 'loaded': return data.kind === 'changes' ? remembered(changes, data.items, wallClock) : changes;
    case 'account_known': return data.account ? changes : NoChanges;
    default: return changes;
  }
}

/** @param {Changes} changes @param {DataChanged} data @returns {Changes} */
function told(changes, { change }) {
  const awaited = change && !change.tool && changes.awaited > 0;
  if (!change || !(change.tool || awaited)) return changes;
  return { awaited: changes.awaited - (awaited ? 1 : 0), lines: withLine(changes.lines, change) };
}

/** @param {Line[]} lines @param {{ id: string, summary: string, tool?: string | null }} change */
function withLine(lines, { id, summary, tool }) {
  return [{ id, summary, byTool: Boolean(tool), state: /** @type {const} */ ('done') }, ...lines.filter(line => line.id !== id)].slice(0, MostLines);
}

/**
 * The server's list: what another tab took back, or what cannot be taken back any more, is not offered here; after a reload, what the assistant did a moment ago
 * still is.
 * @param {Changes} changes @param {PastChange[]} items the newest first @param {number} wallClock @returns {Changes}
 */
function remembered(changes, items, wallClock) {
  const byId = new Map(items.map(item => [item.id, item]));
  const lines = changes.lines.flatMap(line => {
    const item = byId.get(line.id);
    if (!item || line.state !== 'done') return [line];
    if (item.undone) return [{ ...line, state: /** @type {const} */ ('undone') }];
    return item.can_undo ? [line] : [];
  });
  if (changes.lines.length > 0) return { ...changes, lines };
  const recent = items.filter(({ tool, can_undo, undone, made_at }) => tool && can_undo && !undone && wallClock - Date.parse(made_at) < RecentMs);
  return { ...changes, lines: recent.slice(0, MostLines).reduceRight(withLine, /** @type {Line[]} */ ([])) };
}
