// SPDX-License-Identifier: MIT OR Apache-2.0
// @atcute/firehose: strict DAG-CBOR and Lexicon validation; with --verify also the hash of every
// block and the signature of the commit.
import { ComAtprotoSyncSubscribeRepos } from '@atcute/atproto'
import { fromBytes } from '@atcute/cbor'
import { FirehoseSubscription } from '@atcute/firehose'
import WebSocket from 'ws'
import { fromMessage } from './event.mjs'
import { connected, cursor, end, fault, inOrder, line, options } from './line.mjs'
import { forgetKeys, signatureVerdict } from './signature.mjs'

const subscription = new FirehoseSubscription({
  service: options.service,
  nsid: ComAtprotoSyncSubscribeRepos.mainSchema,
  params: cursor === undefined ? {} : { cursor },
  ws: { WebSocket },
  onError: fault,
  onConnectionOpen: connected,
  onConnectionError: (event) => console.error(event.message),
  onConnectionClose: (event) => end(`closed ${event.code}`), // before it reconnects
})

const report = async (message) => {
  const type = message.$type.split('#')[1]
  const blocks = message.blocks && fromBytes(message.blocks)
  const event = fromMessage(type, { ...message, blocks })
  if (type === 'identity') forgetKeys(event.did)
  if (options.verify && blocks)
    event.signature = await signatureVerdict(options.plc, event.did, event.time, blocks)
  line(event)
}

for await (const message of subscription) inOrder(() => report(message)).catch(fault)
