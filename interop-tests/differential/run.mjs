// SPDX-License-Identifier: MIT OR Apache-2.0
// Our vectors read by independent implementations, and theirs by ours, in numbers.
//   node run.mjs [--count 300] [--seed S]
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { here as endToEnd, install, project } from '../end-to-end/prepare.mjs'

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '300' }, // of each: values, trees, signatures, repositories
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const here = path.join(endToEnd, '../differential')
const build = path.join(project, 'target/differential')
const relay = path.join(project, 'relay')

const began = Date.now()
const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${text}`)
const run = (what, command, args) => {
  say(what)
  try {
    execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  } catch (error) {
    say(`FAILED: ${what}: ${error.code ?? `exit code ${error.status}`}`)
    process.exit(1)
  }
}

fs.mkdirSync(path.join(project, 'target/end-to-end'), { recursive: true }) // where npm's log goes
fs.cpSync(here, build, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' })
install(build, say)
// The scripts find the packages of the folder they lie in.
const program = (name) => path.join(build, name)
const [ours, theirs] = [path.join(build, 'ours'), path.join(build, 'theirs')]
for (const folder of [ours, theirs]) fs.rmSync(folder, { recursive: true, force: true })

run('our published vectors, read by them', process.execPath, [program('check.mjs'), path.join(project, 'interop-tests/vectors/atproto-java')])
run(`ours by chance, --count ${options.count} --seed ${options.seed}`, relay, ['interop', '--write', ours, '--count', options.count, '--seed', options.seed])
run('read by them', process.execPath, [program('check.mjs'), path.join(ours, 'atproto-java')])
run('theirs by chance', process.execPath, [program('generate.mjs'), theirs, options.count, options.seed])
run('read by ours', relay, ['interop', '--vectors', theirs, '--strict'])
say('passed')
