// An editor in 100 lines: opens a plan in yaml-language-server with our schema, reads
// what it underlines, asks what it offers and what it explains.
'use strict';
const { spawn } = require('node:child_process');
const path = require('node:path');

const folder = path.resolve(process.argv[2]);
const schema = 'file://' + path.join(folder, 'plan.schema.json');
const server = spawn('node', [path.join(folder, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'],
  { stdio: ['pipe', 'pipe', 'inherit'] });
const waiting = new Map(), diagnostics = new Map();
let rest = Buffer.alloc(0), last = 0, n = 0, failed = 0;

function send(message) {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  server.stdin.write(body);
}

function ask(method, params) {
  const id = ++last;
  send({ id, method, params });
  return new Promise((resolve) => waiting.set(id, resolve));
}

function take(message) {
  if (message.method === 'workspace/configuration') {
    const yaml = { validate: true, completion: true, hover: true, schemas: { [schema]: '*.yaml' }, schemaStore: { enable: false } };
    send({ id: message.id, result: message.params.items.map((item) => (item.section === 'yaml' ? yaml : {})) });
  } else if (message.method === 'textDocument/publishDiagnostics') {
    diagnostics.get(message.params.uri)?.(message.params.diagnostics);
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, result: null });
  } else if (waiting.has(message.id)) {
    waiting.get(message.id)(message.result);
    waiting.delete(message.id);
  }
}

server.stdout.on('data', (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    const length = end < 0 ? NaN : Number(/Content-Length: (\d+)/i.exec(rest.subarray(0, end).toString())[1]);
    if (!(rest.length >= end + 4 + length)) return;
    take(JSON.parse(rest.subarray(end + 4, end + 4 + length).toString()));
    rest = rest.subarray(end + 4 + length);
  }
});

// Opens a text and gives what the editor would underline.
function open(name, text) {
  const uri = `file://${folder}/${name}.yaml`;
  const found = new Promise((resolve) => diagnostics.set(uri, resolve));
  send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
  return found.then((list) => ({ uri, list }));
}

// The place marked by | in a text, and the text without it.
function marked(text) {
  const before = text.slice(0, text.indexOf('|')).split('\n');
  return { text: text.replace('|', ''), position: { line: before.length - 1, character: before.at(-1).length } };
}

function ok(good, name, got) {
  failed += !good;
  console.log(`${good ? '' : 'not '}ok ${++n} - ${name}`);
  if (!good) console.log('# ' + JSON.stringify(got).slice(0, 600));
}

async function offers(name, text) {
  const at = marked(text);
  const { uri } = await open(name, at.text);
  const answer = await ask('textDocument/completion', { textDocument: { uri }, position: at.position });
  return (answer.items || answer).map((item) => item.label);
}

async function main() {
  await ask('initialize', { processId: process.pid, rootUri: null, capabilities: { workspace: { configuration: true },
    textDocument: { completion: { completionItem: { snippetSupport: false } }, hover: { contentFormat: ['markdown'] } } } });
  send({ method: 'initialized', params: {} });

  const good = await open('good', 'plan: {id: a, title: b, timezone: UTC}\nchecks:\n  site: {type: http, target: "https://a", every: 5m}\n');
  ok(good.list.length === 0, 'a good plan is not underlined', good.list);
  const typo = await open('typo', 'plan: {id: a, title: b}\nchecks:\n  site:\n    type: http\n    evry: 5m\n');
  ok(typo.list.some((d) => d.range.start.line === 4 && /evry/.test(d.message)), 'a misspelt key is underlined where it stands', typo.list);
  const kind = await open('kind', 'plan: {id: a, title: b}\nchecks:\n  site:\n    type: htp\n');
  ok(kind.list.some((d) => d.range.start.line === 3), 'a kind of check that does not exist is underlined', kind.list);

  const sections = await offers('sections', 'plan: {id: a, title: b}\n|');
  ok(['services', 'checks', 'rules', 'windows'].every((s) => sections.includes(s)), 'sections are offered', sections);
  const keys = await offers('keys', 'plan: {id: a, title: b}\nchecks:\n  site:\n    type: http\n    |\n');
  ok(['every', 'target', 'retries', 'timeout'].every((k) => keys.includes(k)), 'keys of a check are offered', keys);
  const types = await offers('types', 'plan: {id: a, title: b}\nchecks:\n  site:\n    type: |\n');
  ok(['http', 'tls', 'dns', 'db_ping'].every((t) => types.includes(t)), 'kinds of checks are offered', types);

  const at = marked('plan: {id: a, title: b}\nchecks:\n  site:\n    ev|ery: 5m\n');
  const { uri } = await open('hover', at.text);
  const hover = await ask('textDocument/hover', { textDocument: { uri }, position: at.position });
  ok(JSON.stringify(hover?.contents || '').length > 30, 'a key explains itself under the pointer', hover);
  console.log(`1..${n}`);
  server.kill();
  process.exitCode = failed ? 1 : 0;
}

setTimeout(() => { console.log('Bail out! no answer within 60 s'); server.kill(); process.exit(1); }, 60000).unref();
main();
