/** The JSDoc types of the wire events, from the server's JSON Schema of them: the text of `convonet/events.js`. @param {any} schema */
export function eventTypes({ $defs: { server, client, ...records } }) {
  const named = Object.entries(records).map(([name, record]) => typedef(name, record));
  /** @type {Map<string, any[]>} */
  const events = new Map();
  for (const frame of server.oneOf) events.set(frame.properties.event.const, [...events.get(frame.properties.event.const) ?? [], frame]);
  return `/**
 * The types of the wire events, as the server's records define them (docs/protocol.md says what they mean). Made by \`npm run types\` in tests/page; do not
 * change it by hand. Types only: it holds no code.
 *
${named.join('\n')}
 *
 * What the server sends, by name:
 * @typedef {object} ServerEvents
${[...events].map(([name, frames]) => ` * @property {${frames.map(({ properties }) => typeOf(properties.data)).join(' | ')}} ${name}`).join('\n')}
 *
 * What a client sends:
 * @typedef {${client.oneOf.map(({ properties }) => `{ event: '${properties.event.const}', data: ${typeOf(properties.data)} }`).join(' | ')}} ClientFrame
 */

export {};
`;
}

/** @param {string} name @param {any} record */
function typedef(name, { properties = {}, required = [] }) {
  const fields = Object.entries(properties).map(([field, value]) => ` * @property {${typeOf(value)}} ${required.includes(field) ? field : `[${field}]`}`);
  return fields.length === 0 ? ` * @typedef {{}} ${name}` : [` * @typedef {object} ${name}`, ...fields].join('\n');
}

/** @param {any} schema @returns {string} */
function typeOf(schema) {
  if (schema === true || Object.keys(schema).length === 0) return 'unknown';
  if (schema.$ref) return schema.$ref.replace('#/$defs/', '');
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((/** @type {string} */ type) => typeOf({ ...schema, type })).join(' | ');
  switch (schema.type) {
    case 'string': case 'boolean': case 'null': return schema.type;
    case 'integer': case 'number': return 'number';
    case 'array': return `${/\|/.test(typeOf(schema.items)) ? `(${typeOf(schema.items)})` : typeOf(schema.items)}[]`;
    default: throw new Error(`No type for ${JSON.stringify(schema)}.`);
  }
}

/** @param {unknown} value */
function literal(value) {
  return `'${value}'`;
}
