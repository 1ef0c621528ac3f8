// SPDX-License-Identifier: MIT OR Apache-2.0
// Records the frames of a service as they are: {"frame": base64}. Needs nothing but a WebSocket, so
// no library has a say in what counts as sent.
import WebSocket from 'ws'
import { connected, cursor, end, fault, line, options } from './line.mjs'

const query = cursor === undefined ? '' : `?cursor=${cursor}`
const socket = new WebSocket(`${options.service}/xrpc/com.atproto.sync.subscribeRepos${query}`)
socket.on('open', connected)
socket.on('message', (data, binary) =>
  binary ? line({ frame: data.toString('base64') }) : fault('a text message'),
)
socket.on('error', (error) => console.error(error.message))
socket.on('close', (code) => end(`closed ${code}`))
