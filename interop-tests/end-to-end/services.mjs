// SPDX-License-Identifier: MIT OR Apache-2.0
// What clients connect to: the relay, or, to try this suite without one, a PDS behind a forwarder.
// Both can be killed and started again under the same address.
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { project } from './prepare.mjs'
import { ended, freePort, signal, start, stop, until } from './processes.mjs'

export class Relay {
  static async make(folder, plc) {
    const relay = new Relay()
    relay.port = await freePort()
    relay.log = path.join(folder, 'relay.log')
    const { RELAY_CMD = './relay serve --dev', ...env } = process.env
    relay.command = RELAY_CMD
    fs.mkdirSync(path.join(folder, 'relay'))
    relay.env = {
      ...env,
      RELAY_API_LISTEN: `127.0.0.1:${relay.port}`,
      RELAY_METRICS_LISTEN: `127.0.0.1:${await freePort()}`,
      RELAY_PLC_HOST: plc,
      DATABASE_URL: `sqlite://${path.join(folder, 'relay/relay.sqlite')}`,
      RELAY_PERSIST_DIR: path.join(folder, 'relay/persist'),
      RELAY_ADMIN_PASSWORD: 'end-to-end',
      RELAY_TRUSTED_DOMAINS: '*',
    }
    return relay
  }
  get url() {
    return `ws://127.0.0.1:${this.port}`
  }
  async start() {
    this.child = start('sh', ['-c', `exec ${this.command}`], { cwd: project, env: this.env, log: this.log, group: true })
    const healthy = () => fetch(`http://127.0.0.1:${this.port}/xrpc/_health`, { signal: AbortSignal.timeout(1000) })
    await until('health of the relay', async () => ended(this.child) || (await healthy()).ok, 60_000)
  }
  async crawl(hostname) {
    const answer = await fetch(`http://127.0.0.1:${this.port}/xrpc/com.atproto.sync.requestCrawl`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ hostname }),
      signal: AbortSignal.timeout(10_000),
    })
    if (!answer.ok) throw new Error(`requestCrawl ${hostname}: ${answer.status} ${await answer.text()}`)
  }
  async kill() {
    signal(this.child, 'SIGKILL')
    await this.child.ended
    await until('the port of the killed relay', () => refused(this.port), 10_000)
  }
  stop() {
    return stop(this.child)
  }
}

const refused = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('error', () => resolve(true))
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
  })

export class Forwarder {
  static async make(port) {
    const forwarder = new Forwarder()
    forwarder.target = port
    forwarder.port = await freePort()
    return forwarder
  }
  sockets = new Set()
  get url() {
    return `ws://127.0.0.1:${this.port}`
  }
  async start() {
    this.server = net.createServer((client) => {
      const host = net.connect(this.target, '127.0.0.1')
      for (const [from, to] of [[client, host], [host, client]]) {
        this.sockets.add(from)
        from.on('error', () => {}).on('close', () => to.destroy()).pipe(to)
      }
    })
    await new Promise((resolve, reject) => this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve))
  }
  async crawl() {} // it has one host only
  async kill() {
    const closed = new Promise((resolve) => this.server.close(resolve))
    for (const socket of this.sockets) socket.resetAndDestroy()
    this.sockets.clear()
    await closed
  }
  stop() {
    return this.kill()
  }
}
