// SPDX-License-Identifier: MIT OR Apache-2.0
// Child processes that never outlive the run, and short ways to wait.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'

const running = new Set()

/**
 * Starts a program. `log` takes its stderr, and its stdout unless that is to be a pipe. With `group`
 * it leads a process group, and signals go to all of that.
 */
export const start = (command, args, { log, stdout = 'log', group = false, ...options }) => {
  const file = fs.openSync(log, 'a')
  const child = spawn(command, args, { ...options, detached: group, stdio: ['ignore', stdout === 'log' ? file : stdout, file] })
  fs.closeSync(file)
  child.group = group
  running.add(child)
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, by) => resolve(by ?? code))
  }).then((how) => {
    running.delete(child)
    return (child.how = how)
  })
  return child
}

/** Throws, for good, when a child that one waits for is gone. */
export const ended = (child) => {
  if (child.how === undefined) return false
  throw Object.assign(new Error(`it ended: ${child.how}`), { final: true })
}

export const signal = (child, name) => {
  try {
    if (child.pid) process.kill(child.group ? -child.pid : child.pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error // ended meanwhile
  }
}

/** Ends it, and tells how: asked first, killed after `patienceMs`, and then what is left of its group. */
export const stop = async (child, patienceMs = 10_000) => {
  if (running.has(child)) signal(child, 'SIGTERM')
  await Promise.race([child.ended, wait(patienceMs)])
  if (running.has(child) || child.group) signal(child, 'SIGKILL')
  return child.ended
}

export const stopAll = () => Promise.all([...running].map((child) => stop(child)))

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Asks again and again until the answer is truthy; an exception is a "not yet". */
export const until = async (what, ask, ms, pause = 50) => {
  const end = Date.now() + ms
  for (let last; ; ) {
    try {
      const answer = await ask()
      if (answer) return answer
    } catch (error) {
      if (error.final) throw new Error(`${what}: ${error.message}`)
      last = error
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} s${last ? ` (${last.message})` : ''}`)
    await wait(pause)
  }
}

export const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
