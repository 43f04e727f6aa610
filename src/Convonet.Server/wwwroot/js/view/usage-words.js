/** @import { UsageView } from '../convonet-client.js' */

/**
 * What an answer took, in words: a few for the eye, all of it for who wants to know.
 * @param {UsageView | undefined} usage
 * @param {boolean} [emulated] the demo model answered: the server counts it by list prices, and nobody is billed for it
 * @returns {{ short: string, long: string } | null} null when nothing was used, or nothing is known of it
 */
export function usageWords(usage, emulated = false) {
  if (!usage) return null;
  const tokens = usage.input_tokens + usage.output_tokens;
  const spoken = usage.characters ?? 0;
  const spentOnWords = spoken > 0 || (usage.audio_ms ?? 0) > 0; // real engines may hear and speak for the demo model: what they cost alone is not told
  const price = usage.cost === undefined || (emulated && spentOnWords) ? null : emulated ? 'demo, no cost' : money(usage.cost, usage.currency);
  if (usage.cached && tokens === 0 && spoken === 0 && !usage.audio_ms) return { short: 'from memory', long: 'This answer was given before. No model was asked, and it cost nothing.' };
  if (tokens === 0 && spoken === 0 && price === null) return null;
  const short = [usage.cached && 'from memory', tokens > 0 && `${tokens.toLocaleString('en')} tokens`, price].filter(Boolean).join(' · ');
  const long = [
    `${usage.input_tokens.toLocaleString('en')} tokens read${usage.cached_input_tokens ? `, ${usage.cached_input_tokens.toLocaleString('en')} of them from the provider’s cache` : ''}`,
    `${usage.output_tokens.toLocaleString('en')} written`,
    spoken > 0 && `${spoken.toLocaleString('en')} characters spoken`,
    usage.audio_ms && `${(usage.audio_ms / 1000).toFixed(1)} s of speech written down`,
    emulated ? 'the demo model costs nothing' : price === null ? 'what it cost is not known' : `${price} by the server’s price table`,
  ].filter(Boolean).join('; ');
  return { short, long: `${usage.cached ? 'This answer was given before. Hearing, speaking and what was begun meanwhile: ' : ''}${long}.` };
}

/** An answer costs parts of a cent: two figures that say something, however small. @param {number} cost @param {string} [currency] */
export function money(cost, currency = 'USD') {
  const digits = cost === 0 || cost >= 1 ? 2 : Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(cost))));
  return new Intl.NumberFormat('en', { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: digits }).format(cost);
}
