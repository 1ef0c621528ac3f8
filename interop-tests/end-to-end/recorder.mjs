// SPDX-License-Identifier: MIT OR Apache-2.0
// A driver at work: collects its lines, keeps them in a file, and resumes after its last one.
import fs from 'node:fs'
import path from 'node:path'
import readline from 'node:readline'
import { ended, start, stop, until } from './processes.mjs'

export class Recorder {
  events = []
  connections = 0

  /** `decode` makes an event of a parsed line. */
  constructor(name, { driver, folder, args, decode = (line) => line }) {
    this.name = name
    this.driver = driver
    this.args = args
    this.decode = decode
    this.log = path.join(folder, `${name}.log`)
    this.file = fs.createWriteStream(path.join(folder, `${name}.jsonl`), { flags: 'a' })
  }

  get lastSeq() {
    return this.events.findLast((event) => event.seq !== undefined)?.seq
  }

  /** Connects, live or after the last event, and waits until the connection stands. */
  async connect() {
    const cursor = this.connections++ ? ['--cursor', String(this.lastSeq ?? 0)] : []
    const logged = fs.existsSync(this.log) ? fs.statSync(this.log).size : 0
    const child = start(process.execPath, [this.driver, ...this.args, ...cursor], { log: this.log, stdout: 'pipe' })
    this.child = child
    const lines = readline.createInterface({ input: child.stdout })
    lines.on('line', (line) => this.take(line))
    this.ended = Promise.all([child.ended, new Promise((resolve) => lines.once('close', resolve))])
    const open = () => fs.readFileSync(this.log).subarray(logged).includes('connected\n')
    await until(`connection of ${this.name}`, () => open() || ended(child), 30_000)
  }

  take(line) {
    this.file.write(line + '\n')
    try {
      this.events.push(this.decode(JSON.parse(line)))
    } catch (error) {
      this.events.push({ error: `unreadable: ${error.message}` })
    }
  }

  get connected() {
    return this.child.how === undefined
  }

  async stop() {
    await stop(this.child)
    await this.ended
  }
}
