import { html, svg } from './elements.js';
import { duration } from './words.js';

/** @import { Stage } from '../spoken-turn.js' */

/**
 * How the time went from when the user had stopped speaking until they heard something: a piece for each stage; in words for screen readers. Nothing where
 * nothing is known.
 * @param {Stage[]} stages
 */
export function voiceTimeline(stages) {
  const total = Math.max(1, ...stages.map(({ ms }) => ms));
  if (stages.length === 0) return null;
  const words = stages.map(({ name, ms }) => `${name} ${duration(ms)}`);
  let from = 0;
  const line = svg('svg', { class: 'timeline voice-timeline', role: 'img', 'aria-label': `After you had spoken: ${words.join(', ')}.`, height: 6, width: '100%' },
    ...stages.map(({ name, ms }) => {
      const [x, width] = [from, Math.max(0, ms - from)];
      from = Math.max(from, ms);
      return svg('rect', { class: `stage ${name.replace(' ', '-')}`, x: percent(x, total), width: percent(width, total), y: 1, height: 4 }, svg('title', {}, `${name} after ${duration(ms)}`));
    }));
  return html('div', { class: 'voice-stages' }, line, html('span', { 'aria-hidden': 'true' }, `you spoke · ${words.join(' · ')}`));
}

/** @param {number} ms @param {number} total */
function percent(ms, total) {
  return `${(ms / total * 100).toFixed(2)}%`;
}
