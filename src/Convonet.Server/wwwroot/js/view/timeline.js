import { svg } from './elements.js';
import { duration, toolTitle, ToolStateWords } from './words.js';

/** @import { Tool, Turn } from '../conversation-state.js' */

const LineHeight = 6;
const LaneHeight = 5;
const LaneGap = 2;
const MostLanes = 6;

/**
 * A small picture of how the time of a turn was spent: a line from its start to its end, a mark at the first words, a bar for each tool call; in words for
 * screen readers. Nothing where nothing happened, or where the server told no times (a turn
 * that was rebuilt from a snapshot).
 * @param {Turn} turn
 */
export function timeline(turn) {
  const total = turn.timing?.total_ms;
  const tools = timedTools(turn);
  if (total === undefined || (!turn.text && !tools.length)) return null;
  const lanes = assignLanes(tools, total);
  return svg('svg', { class: 'timeline', role: 'img', 'aria-label': inWords(turn, tools, total), height: LineHeight + lanes.count * (LaneHeight + LaneGap), width: '100%' },
    svg('line', { class: 'timeline-line', x1: '0', x2: '100%', y1: 2.5, y2: 2.5 }),
    ...spoken(turn, total),
    ...tools.map(tool => bar(tool, total, lanes.of(tool))));
}

/** The main figures of the timeline for the eye. @param {Turn} turn */
export function timelineWords(turn) {
  const { first_text_ms: first, total_ms: total } = turn.timing ?? {};
  const tools = timedTools(turn).length;
  const parts = [];
  if (first !== undefined && first !== null) parts.push(`first words ${duration(first)}`);
  if (tools) parts.push(tools === 1 ? '1 tool' : `${tools} tools`);
  if (total !== undefined) parts.push(`${turn.outcome === 'completed' ? 'done in' : 'ended after'} ${duration(total)}`);
  return parts.join(' · ');
}

/** @param {Turn} turn */
function timedTools(turn) {
  return turn.tools.filter(tool => tool.startMs !== undefined);
}

/** The time in which words came. @param {Turn} turn @param {number} total */
function spoken({ timing }, total) {
  const first = timing?.first_text_ms;
  if (first === undefined || first === null) return [];
  return [
    svg('line', { class: 'timeline-text', x1: percent(first, total), x2: '100%', y1: 2.5, y2: 2.5 }),
    svg('circle', { class: 'timeline-first', cx: percent(first, total), cy: 2.5, r: 2.5 }, svg('title', {}, `first words after ${duration(first)}`)),
  ];
}

/** @param {Tool} tool @param {number} total @param {number} lane */
function bar(tool, total, lane) {
  const start = tool.startMs ?? 0;
  return svg('rect', {
    class: `timeline-tool ${tool.state}`, x: percent(start, total), width: percent(Math.max(spentOn(tool, total), total * 0.008), total),
    y: LineHeight + lane * (LaneHeight + LaneGap), height: LaneHeight, rx: 2,
  }, svg('title', {}, `${toolTitle(tool.name)}: ${ToolStateWords[tool.state]}, ${duration(spentOn(tool, total))}`));
}

/** Bars that overlap in time lie under each other. @param {Tool[]} tools @param {number} total */
function assignLanes(tools, total) {
  /** @type {number[]} */
  const free = [];
  const lanes = new Map();
  for (const tool of [...tools].sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0))) {
    const start = tool.startMs ?? 0;
    const found = free.findIndex(end => end <= start);
    const lane = found < 0 ? Math.min(free.length, MostLanes - 1) : found;
    free[lane] = start + spentOn(tool, total);
    lanes.set(tool, lane);
  }
  return { count: free.length, of: (/** @type {Tool} */ tool) => lanes.get(tool) ?? 0 };
}

/** A call without an end of its own was cut by the end of the turn. @param {Tool} tool @param {number} total */
function spentOn({ startMs = 0, elapsedMs }, total) {
  return elapsedMs ?? Math.max(0, total - startMs);
}

/** @param {Turn} turn @param {Tool[]} tools @param {number} total */
function inWords(turn, tools, total) {
  const calls = tools.map(tool =>
    `${toolTitle(tool.name)} ${ToolStateWords[tool.state]}, from ${duration(tool.startMs ?? 0)} for ${duration(spentOn(tool, total))}`);
  const first = turn.timing?.first_text_ms;
  return ['Timeline.', first === undefined || first === null ? '' : `First words after ${duration(first)}.`, ...calls.map(call => `${call}.`), `Ended after ${duration(total)}.`]
    .filter(Boolean).join(' ');
}

/** @param {number} ms @param {number} total */
function percent(ms, total) {
  return `${(Math.min(1, ms / Math.max(1, total)) * 100).toFixed(2)}%`;
}
