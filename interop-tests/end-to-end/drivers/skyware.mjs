// SPDX-License-Identifier: MIT OR Apache-2.0
// @skyware/firehose: decodes frames and CARs, verifies nothing.
import { Firehose } from '@skyware/firehose'
import WebSocket from 'ws'
import { fromMessage } from './event.mjs'
import { connected, cursor, end, fault, inOrder, line, options } from './line.mjs'

const firehose = new Firehose({
  relay: options.service,
  cursor: cursor === undefined ? undefined : String(cursor),
  ws: WebSocket,
  autoReconnect: false, // it would reuse the closed socket
})

// The library parses messages concurrently and reports each as it gets ready.
const parse = firehose.parseMessage.bind(firehose)
firehose.parseMessage = (data) => inOrder(() => parse(data))

for (const type of ['commit', 'sync', 'identity', 'account', 'info'])
  firehose.on(type, (message) => line(fromMessage(type, message)))
firehose.on('unknown', (message) => fault(`unknown message ${message.$type}`))
firehose.on('error', ({ error }) => fault(error))
firehose.on('websocketError', ({ error }) => console.error(error.message))
firehose.on('open', connected)
firehose.on('close', () => end('closed'))
firehose.start()
