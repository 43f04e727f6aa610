import { argumentLines, toolTitle } from './words.js';

/** @typedef {(id: string) => string | null} TitleOf finds what an id stands for, among the things that the page knows */

/** What is done to one thing, by the first word of a tool's name. @type {Record<string, (thing: string) => string>} */
const Verbs = {
  delete: thing => `Delete ${thing}?`,
  update: thing => `Change ${thing}?`,
  complete: thing => `Mark ${thing} as done?`,
};

/** @type {Record<string, (args: Record<string, unknown>) => string>} */
const Sentences = {
  remove_team_member: args => `Remove ${args.email} from the team ${quoted(args.team_name)}?`,
  add_team_member: args => `Add ${args.email} to the team ${quoted(args.team_name)}${args.role ? ` as ${args.role}` : ''}?`,
  change_member_role: args => `Make ${args.email} ${args.new_role} of the team ${quoted(args.team_name)}?`,
};

/**
 * A question to the user before a tool runs: what would happen, in plain words, and what else the tool was asked with.
 * @param {string} name
 * @param {unknown} args
 * @param {TitleOf} titleOf
 * @returns {{ question: string, details: { label: string, value: string }[] }}
 */
export function confirmWords(name, args, titleOf) {
  const values = /** @type {Record<string, unknown>} */ (typeof args === 'object' && args !== null ? args : {});
  const sentence = Sentences[name];
  if (sentence) return { question: sentence(values), details: [] };
  const [verb, ...rest] = name.split('_');
  const known = Verbs[verb] && typeof values.id === 'string';
  if (!known) return { question: `${toolTitle(name)}?`, details: argumentLines(values) };
  const thing = rest.join(' ');
  const title = titleOf(String(values.id));
  const { id: _, ...others } = values;
  return { question: Verbs[verb](title === null ? `this ${thing}` : `the ${thing} ${quoted(title)}`), details: argumentLines(others) };
}

/** @param {unknown} text */
function quoted(text) {
  return `“${text}”`;
}
