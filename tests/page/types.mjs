/**
 * Makes the client library's types: those of the wire events from the server's schema, and the declarations from the JSDoc of its modules.
 *
 *   node types.mjs           writes what has changed
 *   node types.mjs --check   says what is not up to date, and changes nothing
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventTypes } from './event-types.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const js = join(here, '../../src/Convonet.Server/wwwroot/js');
const Events = 'convonet/events.js';
const Entry = 'convonet-client.d.ts';

const schema = JSON.parse(readFileSync(join(here, '../../docs/events.schema.json'), 'utf8'));
const made = { [Events]: eventTypes(schema), ...declarations(eventTypes(schema)) };
const stale = Object.keys(made).filter(name => made[name] !== textOf(join(js, name)));
if (process.argv.includes('--check')) {
  if (stale.length > 0) console.error(`Not up to date: ${stale.join(', ')}. Run: npm run types`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const name of stale) writeFileSync(join(js, name), made[name]);
  console.log(stale.length === 0 ? 'All up to date.' : `Written: ${stale.join(', ')}`);
}

/**
 * Checks the library alone, strictly, in a place where no declaration of before is found in place of its modules; returns the declarations that its one
 * public module needs.
 */
function declarations(/** @type {string} */ events) {
  const place = mkdtempSync(join(tmpdir(), 'convonet-types-'));
  try {
    cpSync(join(js, 'convonet-client.js'), join(place, 'convonet-client.js'));
    cpSync(join(js, 'convonet'), join(place, 'convonet'), { recursive: true, filter: name => !name.endsWith('.d.ts') });
    cpSync(join(here, 'audio-worklet.d.ts'), join(place, 'audio-worklet.d.ts'));
    writeFileSync(join(place, Events), events);
    const { compilerOptions } = JSON.parse(readFileSync(join(here, 'tsconfig.json'), 'utf8'));
    writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({
      compilerOptions: { ...compilerOptions, noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: 'types', rootDir: '.' },
      include: ['**/*.js', 'audio-worklet.d.ts'], exclude: ['types'],
    }));
    const { status } = spawnSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), '--project', place], { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error('The library has faults of type.');
    return reachedFrom(Entry, name => readFileSync(join(place, 'types', name), 'utf8'));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** @param {string} entry @param {(name: string) => string} read @returns {Record<string, string>} */
function reachedFrom(entry, read) {
  /** @type {Record<string, string>} */
  const found = {};
  const add = (/** @type {string} */ name) => {
    if (name in found) return;
    found[name] = read(name);
    for (const [, module] of found[name].matchAll(/(?:from|import\()\s*["'](\.[^"']+)\.js["']/g)) add(join(dirname(name), `${module}.d.ts`));
  };
  add(entry);
  return found;
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
