// SPDX-License-Identifier: MIT OR Apache-2.0
// What every driver has in common: its options, and one JSON line on stdout per event.
//
// A driver is one connection. It says `connected` on stderr once the WebSocket is open, and ends
// when the connection does, or on SIGTERM, after the message it is at. It does not reconnect: who
// starts it knows its last line, and so the cursor to resume at.
import { parseArgs } from 'node:util'

export const { values: options } = parseArgs({
  options: {
    service: { type: 'string' }, // ws://host:port
    cursor: { type: 'string' }, // absent: live
    plc: { type: 'string' }, // http://host:port
    verify: { type: 'boolean', default: false },
  },
})
export const cursor = options.cursor === undefined ? undefined : Number(options.cursor)

export const line = (event) => process.stdout.write(JSON.stringify(event) + '\n')

// A fault that the library reports. Losing the connection is none.
export const fault = (error) =>
  line({ error: [error?.message ?? String(error), error?.cause?.message].filter(Boolean).join(': ') })

export const connected = () => console.error('connected')

let ending = false
let tail = Promise.resolve()

/** Handles one message after the other, however many are waiting; once the end has come, no more. */
export const inOrder = (handle) => {
  const result = tail.then(() => (ending ? new Promise(() => {}) : handle()))
  tail = tail.then(() => (ending ? undefined : result.catch(() => {})))
  return result
}

export const end = async (why) => {
  if (ending) return
  ending = true
  console.error('end:', why)
  await tail
  await new Promise(setImmediate) // the line of the last message
  process.stdout.write('', () => process.exit(0))
}

process.on('SIGTERM', () => end('told to'))
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => {
    fault(error)
    end(event)
  })
