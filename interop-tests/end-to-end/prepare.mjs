// SPDX-License-Identifier: MIT OR Apache-2.0
// Finds the folder with the test programs of others, copies them under target/end-to-end and installs
// their packages there. An install is reused while lock file and Node are the same.
//   node prepare.mjs           prepares
//   node prepare.mjs --where   prints the shared folder
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = path.dirname(fileURLToPath(import.meta.url))
export const project = path.resolve(here, '../..')
export const build = path.join(project, 'target/end-to-end')

export const sharedFolder = () => {
  const given = process.env.ATPROTO_SHARED
  const places = given ? [given] : [path.join(project, '../shared'), besideMainWorktree()]
  const found = places.find((place) => place && fs.existsSync(path.join(place, 'real-pds/start.mjs')))
  if (!found)
    throw new Error(`The test programs real-pds, drive and clients are not in ${places.filter(Boolean).join(' or ')}: set ATPROTO_SHARED.`)
  return path.resolve(found)
}

const besideMainWorktree = () => {
  try {
    const quietly = { cwd: project, stdio: ['ignore', 'pipe', 'ignore'] }
    const git = execFileSync('git', ['rev-parse', '--git-common-dir'], quietly).toString().trim()
    return path.resolve(project, git, '../../shared')
  } catch {
    return undefined // not a repository
  }
}

export const prepare = (say) => {
  const shared = sharedFolder()
  fs.mkdirSync(build, { recursive: true })
  const copies = Object.fromEntries(['real-pds', 'drive', 'clients'].map((name) => [name, path.join(build, name)]))
  for (const [name, copy] of Object.entries(copies))
    fs.cpSync(path.join(shared, name), copy, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' })
  install(copies.clients, say)
  install(copies['real-pds'], say)
  // The drivers find the packages of the folder they lie in.
  fs.cpSync(path.join(here, 'drivers'), path.join(copies.clients, 'drivers'), { recursive: true })
  return copies
}

export const install = (folder, say) => {
  const stamp = path.join(folder, 'node_modules/.installed-from')
  const wanted = process.version + '\n' + fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
  say(`installing the packages of ${path.basename(folder)}`)
  const headers = headersOfThisNode()
  const env = headers ? { ...process.env, npm_config_nodedir: headers } : process.env
  const log = path.join(build, `npm-${path.basename(folder)}.log`)
  const out = fs.openSync(log, 'w')
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, env, stdio: ['ignore', out, out], timeout: 300_000 })
  } catch (error) {
    throw new Error(`npm ci in ${folder} failed (${error.code ?? `exit code ${error.status}`}), see ${log}:\n${tail(log, 30)}`)
  } finally {
    fs.closeSync(out)
  }
  fs.writeFileSync(stamp, wanted)
}

/** Where node-gyp finds the headers of the Node that runs; absent, it loads them from the network. */
const headersOfThisNode = () =>
  [path.resolve(fs.realpathSync(process.execPath), '../..'), '/usr', '/usr/local'].find((prefix) => {
    const version = path.join(prefix, 'include/node/node_version.h')
    if (!fs.existsSync(version)) return false
    const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(fs.readFileSync(version, 'utf8'))?.[1]
    return `v${part('MAJOR')}.${part('MINOR')}.${part('PATCH')}` === process.version
  })

export const tail = (file, lines) =>
  fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (process.argv[2] === '--where') console.log(sharedFolder())
    else prepare(console.log)
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
