// SPDX-License-Identifier: MIT OR Apache-2.0
// Real PDSes -> the relay -> real clients, compared event by event. See README.md.
import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { compare, due, foldOps, reuse, sequence, views } from './compare.mjs'
import { accountHistory, expectations, verbatim } from './expect.mjs'
import { build, prepare, project, tail } from './prepare.mjs'
import { ended, start, stopAll, until, wait } from './processes.mjs'
import { Recorder } from './recorder.mjs'
import { Forwarder, Relay } from './services.mjs'

const { values: options } = parseArgs({
  options: {
    'self-test': { type: 'boolean', default: false }, // the first PDS itself as the service
    'load-seconds': { type: 'string', default: '60' },
    kills: { type: 'string', default: '3' },
    'check-seconds': { type: 'string', default: '10' }, // of the streams against the rules
    seed: { type: 'string', default: String(Date.now() % 1_000_000) }, // of the moments of the kills
    'limit-seconds': { type: 'string', default: '540' },
  },
})
const QUIET_MS = 20_000 // without an event: it does not come any more
const SURPLUS_MS = 1500 // to see whether more comes than has to

const began = Date.now()
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
const say = (text) => console.log(`${seconds(Date.now() - began).padStart(8)}  ${text}`)
const folder = path.join(build, 'run')
const log = (name) => path.join(folder, `${name}.log`)

let state = options.seed * 2 + 1
const random = () => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff

const startNetwork = async (realPds) => {
  const readyFile = path.join(folder, 'ready.json')
  const ports = ['--plc-port', '0', '--pds-ports', '0,0', '--control-port', '0']
  const files = ['--data', path.join(folder, 'network'), '--ready-file', readyFile]
  const child = start(process.execPath, ['start.mjs', ...ports, ...files], { cwd: realPds, log: log('real-pds') })
  await until('the PLC directory and the PDSes', () => ended(child) || fs.existsSync(readyFile), 60_000)
  return { readyFile, ...JSON.parse(fs.readFileSync(readyFile, 'utf8')) }
}

const drive = (name, args) => start(process.execPath, args, { log: log(name) })
const finished = async (child, name, ms) => {
  const how = await Promise.race([child.ended, wait(ms).then(() => `not within ${ms / 1000} s`)])
  if (how !== 0) throw new Error(`${name} failed: ${how}\n${tail(log(name), 10)}`)
}

class Run {
  problems = [] // [{ who, kind, text }]
  rows = [] // of the table at the end

  async prepare() {
    fs.rmSync(folder, { recursive: true, force: true })
    fs.mkdirSync(folder, { recursive: true })
    this.programs = prepare(say)
    this.network = await startNetwork(this.programs['real-pds'])
    if (options['self-test']) this.network.pds.length = 1
    const { plc, pds } = this.network
    this.service = options['self-test'] ? await Forwarder.make(new URL(pds[0].url).port) : await Relay.make(folder, plc.url)
    await this.service.start()
    say(`${pds.map(({ hostname }) => hostname).join(' and ')} -> ${options['self-test'] ? 'forwarder' : 'relay'} ${this.service.url}`)
  }

  /** Everyone listens before there is anything to hear. */
  async connect() {
    const { plc, pds } = this.network
    const drivers = path.join(this.programs.clients, 'drivers')
    const { fromFrame } = await import(path.join(drivers, 'frame.mjs'))
    const decode = ({ frame, error }) => (error ? { error } : fromFrame(Buffer.from(frame, 'base64')))
    const recorder = (name, driver, args) =>
      new Recorder(name, { driver: path.join(drivers, `${driver}.mjs`), args, folder, decode: driver === 'raw' ? decode : undefined })
    const client = (name, ...args) => recorder(name, name, ['--service', this.service.url, '--plc', plc.url, ...args])
    this.hosts = pds.map(({ hostname, url }) => {
      const host = recorder(`host-${new URL(url).port}`, 'raw', ['--service', url.replace('http', 'ws')])
      return Object.assign(host, { hostname })
    })
    this.clients = [client('raw'), client('skyware'), client('atcute', '--verify'), client('atproto-sync')]
    await Promise.all([...this.hosts, ...this.clients].map((each) => each.connect()))
    for (const { hostname } of pds) await this.service.crawl(hostname)
    say(`connected: ${this.clients.map(({ name }) => name).join(', ')}`)
  }

  /** What `traffic` makes the hosts send must be what the clients receive. */
  async phase(title, traffic) {
    for (const recorder of [...this.hosts, ...this.clients]) recorder.mark = recorder.events.length
    await traffic()
    await until('the recordings of the hosts', async () => {
      const { lastSeq } = await (await fetch(`${this.network.control.url}/status`)).json()
      return this.hosts.every((host, i) => host.lastSeq === lastSeq[i])
    }, QUIET_MS)
    const expected = await this.expected()
    await this.caughtUp(expected)
    this.check(title, expected)
  }

  async expected() {
    const hosts = this.hosts.map(({ hostname, events, mark }) => ({ name: hostname, events: events.slice(mark) }))
    if (options['self-test']) return verbatim(hosts)
    const accounts = new Map()
    for (const did of new Set(hosts.flatMap(({ events }) => events.map((event) => event.did)).filter(Boolean)))
      accounts.set(did, accountHistory(await (await fetch(`${this.network.plc.url}/${did}/log/audit`)).json()))
    return expectations(hosts, accounts)
  }

  async caughtUp(expected) {
    const missing = () => this.clients.filter((client) => this.events(client).length < due(expected, views[client.name]).length)
    const total = () => this.clients.reduce((sum, { events }) => sum + events.length, 0)
    for (let last = total(), since = Date.now(); missing().length && Date.now() - since < QUIET_MS; await wait(200))
      if (total() !== last) [last, since] = [total(), Date.now()]
    await wait(SURPLUS_MS)
  }

  /** The events of this phase. */
  events({ events, mark }) {
    return foldOps(events.slice(mark))
  }

  check(title, expected) {
    const enter = (who, due, came, problems) => {
      this.problems.push(...problems.map((problem) => ({ who: `${title}, ${who}`, ...problem })))
      this.rows.push([title, who, due, came, summary(problems)])
    }
    for (const host of this.hosts) {
      const errors = host.events.slice(host.mark).flatMap(({ error }) => (error ? [{ kind: 'error', text: error }] : []))
      enter(host.hostname, '', host.events.length - host.mark, [...sequence(since(host)), ...errors, ...lost(host)])
    }
    for (const client of this.clients) {
      const view = views[client.name]
      const events = this.events(client)
      const problems = [...compare(expected, events, view), ...sequence(since(client)), ...lost(client)]
      enter(client.name, due(expected, view).length, events.length, problems)
    }
    enter('all clients', '', '', reuse(this.clients.map(({ events }) => foldOps(events))))
    for (const { host, event, drop } of expected.filter((row) => row.drop)) {
      const when = drop.unless ? ` after the first of ${drop.unless.before}` : ''
      say(`${title}: not to pass${when}: #${event.type} of ${event.did}, seq ${event.seq} of ${host}: ${drop.reason} (${drop.rule})`)
    }
  }

  async scenario() {
    const scenario = path.join(this.programs.drive, 'scenario.mjs')
    await finished(drive('scenario', [scenario, this.network.readyFile, path.join(folder, 'scenario')]), 'scenario', 180_000)
    say('the scenario has been played')
  }

  /** A host's stream and the service's against the rules, from now on, while there is traffic. */
  async rules() {
    const { pds, plc } = this.network
    const length = Number(options['check-seconds'])
    const relay = path.join(project, 'relay')
    await finished(start(relay, ['interop', '--help'], { log: log('rules') }), 'relay interop', 180_000) // built, if need be
    const load = path.join(this.programs.drive, 'load.mjs')
    const some = ['--accounts', '5', '--commits', '1000000', '--seconds', String(length + 2)]
    const loads = pds.map(({ url }, i) => drive(`rules-load-${i}`, [load, url, ...some, '--prefix', `rules${i}`]))
    const streams = [
      { who: pds[0].hostname, args: ['--host', pds[0].url.replace('http', 'ws'), '--pds'] },
      { who: 'service', args: ['--host', this.service.url] },
    ]
    await Promise.all(
      streams.map(async ({ who, args }, i) => {
        const file = path.join(folder, `rules-${i}.json`)
        const form = ['--seconds', String(length), '--dev', '--plc', plc.url, '--format', 'json', '--output', file]
        const child = start(relay, ['interop', ...args, ...form], { log: log('rules') })
        const how = await Promise.race([child.ended, wait((length + 60) * 1000).then(() => 'not in time')])
        const told = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : { rows: [], checked: 0 }
        const broken = told.rows.flatMap(({ name, what, findings }) => findings.map(({ name: where, message }) => `${name}, ${what}: ${where}: ${message}`))
        const problems = broken.map((text) => ({ kind: 'rule', text }))
        if (how !== 0 && !problems.length) problems.push({ kind: 'check', text: `ended with ${how}` })
        const signed = told.rows.find(({ name }) => name === 'SC-54')?.checked ?? 0
        if (signed < 10) problems.push({ kind: 'check', text: `saw ${signed} signatures only` })
        this.problems.push(...problems.map((problem) => ({ who: `rules, ${who}`, ...problem })))
        this.rows.push(['rules', who, '', told.checked, summary(problems)])
      }),
    )
    await Promise.all(loads.map((child, i) => finished(child, `rules-load-${i}`, (length + 30) * 1000)))
    say(`two streams were looked at for ${length} s each`)
  }

  /** All hosts at what they can do, while the service is killed and the clients resume. */
  async kills() {
    const ms = options['load-seconds'] * 1000
    const load = path.join(this.programs.drive, 'load.mjs')
    const much = ['--accounts', '10', '--commits', '1000000', '--seconds', options['load-seconds']]
    const loads = this.network.pds.map(({ url }, i) => drive(`load-${i}`, [load, url, ...much, '--prefix', `load${i}`]))
    for (let n = 1; n <= options.kills; n++) {
      const quiet = this.sent()
      await wait(((0.25 + 0.4 * random()) * ms) / options.kills)
      await until(`traffic before kill ${n}`, () => this.sent() > quiet + 100, ms)
      if (loads.some(({ how }) => how !== undefined)) throw new Error(`kill ${n} would come after the load`)
      const before = this.sent()
      await this.service.kill()
      await until('the clients to notice', () => this.clients.every(({ connected }) => !connected), 10_000)
      await Promise.all(this.clients.map(({ ended }) => ended))
      const again = Date.now()
      await this.service.start()
      const healthy = Date.now()
      await Promise.all(this.clients.map((client) => client.connect()))
      say(`kill ${n} after ${before} events of the hosts, healthy again in ${seconds(healthy - again)}`)
    }
    await Promise.all(loads.map((child, i) => finished(child, `load-${i}`, ms + 30_000)))
    say(loads.map((_, i) => tail(log(`load-${i}`), 1)).join(' '))
  }

  sent() {
    return this.hosts.reduce((sum, { events }) => sum + events.length, 0)
  }

  async end() {
    await Promise.all([...this.hosts, ...this.clients].map((recorder) => recorder.stop()))
    if ((await this.service.stop()) === 'SIGKILL') this.problems.push({ who: 'relay', kind: 'stop', text: 'did not end on SIGTERM within 10 s' })
  }
}

/** From the last one before this phase. */
const since = ({ events, mark }) => foldOps(events.slice(Math.max(0, mark - 1)))

const lost = (recorder) => (recorder.connected ? [] : [{ kind: 'connection', text: `lost: ${tail(recorder.log, 1)}` }])

const summary = (problems) => {
  const kinds = new Map()
  for (const { kind } of problems) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  return [...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ') || 'ok'
}

const report = ({ rows, problems }) => {
  const lines = [['phase', 'who', 'due', 'came', 'result'], ...rows.map((row) => row.map(String))]
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  console.log('\n' + lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n') + '\n')
  const shown = new Map()
  for (const { who, kind, text } of problems) {
    const n = shown.get(who + kind) ?? 0
    shown.set(who + kind, n + 1)
    if (n < 5) console.log(`${who}: ${kind}: ${text}`)
  }
}

const showLog = (name, lines) => {
  const end = tail(log(name), lines).split('\n').filter((line) => line && !/^(connected|end: )/.test(line))
  if (end.length) console.log([`\n--- the end of ${log(name)}`, ...end.map((line) => line.slice(0, 300))].join('\n'))
}

const run = new Run()
const everything = async () => {
  await run.prepare()
  await run.connect()
  await run.phase('scenario', () => run.scenario())
  await run.phase('rules', () => run.rules())
  say(`kill -9 under load, moments by --seed ${options.seed}`)
  await run.phase('kills', () => run.kills())
  await run.end()
}
const after = (ms) => wait(ms).then(() => Promise.reject(new Error(`not done within ${seconds(ms)}`)))
const interrupted = new Promise((_, reject) => {
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => reject(new Error(name)))
})

let failure
try {
  await Promise.race([everything(), after(options['limit-seconds'] * 1000), interrupted])
} catch (error) {
  failure = error
}
await stopAll()
if (run.rows.length) report(run)
if (failure) console.log(failure.message)
const failed = failure !== undefined || run.problems.length > 0
if (failed) {
  showLog('relay', 40)
  for (const name of ['real-pds', ...(run.clients ?? []).map((client) => client.name)]) showLog(name, 10)
}
say(failed ? 'FAILED' : 'passed')
process.exit(failed ? 1 : 0)
