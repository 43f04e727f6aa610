// The client library as others get it: its types are up to date and agree with the golden samples, and the page itself uses nothing but its one module.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as library from '../../src/Convonet.Server/wwwroot/js/convonet-client.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const js = join(here, '../../src/Convonet.Server/wwwroot/js');
const wire = join(here, '../wire');
const samples = readdirSync(wire).filter(name => name.endsWith('.json')).sort();

/** What the compiler says of a program that uses the library as an application does. */
function compile(program) {
  const place = mkdtempSync(join(tmpdir(), 'convonet-use-'));
  try {
    symlinkSync(js, join(place, 'js'));
    writeFileSync(join(place, 'program.ts'), `import type { ClientFrame, Frame } from './js/convonet-client.js';\n${program}`);
    const options = ['--noEmit', '--strict', '--preserveSymlinks', '--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2024', '--lib', 'es2024,dom', '--types', ''];
    return spawnSync(process.execPath, [join(here, 'node_modules/typescript/bin/tsc'), ...options, 'program.ts'], { cwd: place, encoding: 'utf8' }).stdout;
  } finally {
    rmSync(place, { recursive: true });
  }
}

test('types: those of the events are of the server\'s schema, and the declarations of the modules as they are', () => {
  const { status, stderr } = spawnSync(process.execPath, ['types.mjs', '--check'], { cwd: here, encoding: 'utf8' });

  assert.equal(status, 0, stderr);
});

test('types: every golden sample is an event of them, with no field that they do not know', () => {
  const program = samples.map((name, index) => `export const sample${index}: ${name.startsWith('client.') ? 'ClientFrame' : 'Frame'} = ${readFileSync(join(wire, name), 'utf8')};`);

  assert.ok(samples.length > 30);
  assert.equal(compile(program.join('\n')), '');
});

test('types: what is no event of them is seen', () => {
  const wrong = [
    'export const field: Frame = { event: "interrupted", data: { turn: 3, heard: 12, more: 1 } };',
    'export const word: Frame = { event: "recording", data: { state: "loud", mode: "hands_free" } };',
    'export const missing: ClientFrame = { event: "confirm", data: { id: "call_1" } };',
  ];

  assert.deepEqual([...compile(wrong.join('\n')).matchAll(/^program\.ts\((\d+)/gm)].map(([, line]) => Number(line)), [2, 3, 4]);
});

test('page: it uses the one module of the library and nothing else of it', () => {
  const modules = readdirSync(js, { recursive: true }).map(String).filter(name => name.endsWith('.js') && !name.startsWith('convonet'));
  const uses = modules.flatMap(name => [...readFileSync(join(js, name), 'utf8').matchAll(/['"]([./]+convonet[^'"]*)['"]/g)].map(([, module]) => module));

  assert.ok(uses.length > 10);
  assert.deepEqual([...new Set(uses)].sort(), ['../convonet-client.js', './convonet-client.js']);
});

test('library: it exports these and no more', () => {
  assert.deepEqual(Object.keys(library).sort(), ['ConvonetClient', 'MicrophoneError', 'RefusedForNow', 'VoiceSession', 'sessionStore', 'systemClock']);
});

test('library: its modules use nothing outside their folder', () => {
  const folder = join(js, 'convonet');
  const uses = readdirSync(folder, { recursive: true }).map(String).filter(name => name.endsWith('.js'))
    .flatMap(name => [...readFileSync(join(folder, name), 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, module]) => join(name, '..', module)));

  assert.ok(uses.length > 20);
  assert.deepEqual(uses.filter(module => module.startsWith('..')), []);
});
