// SPDX-License-Identifier: MIT OR Apache-2.0
// @atproto/sync: Lexicon, signature with the DID's current key, and a proof of each record. It tells
// one event per op and none for a commit without ops, so one line is one op.
import { IdResolver, MemoryCache } from '@atproto/identity'
import { Firehose } from '@atproto/sync'
import { opText } from './event.mjs'
import { connected, cursor, end, fault, inOrder, line, options } from './line.mjs'

// The cursor must come from a runner: this version loses one given as `getCursor`. The lines of one
// message are written together, so that an end between them cannot split a commit.
let lines = []
const runner = {
  getCursor: () => cursor,
  trackEvent: (_did, _seq, handle) =>
    inOrder(async () => {
      await handle()
      lines.forEach(line)
      lines = []
    }),
}

const staleAfterMs = 1000
const goneAfterMs = 60_000
const busyMachineMs = 30_000
const firehose = new Firehose({
  service: options.service,
  idResolver: new IdResolver({ plcUrl: options.plc, timeout: busyMachineMs, didCache: new MemoryCache(staleAfterMs, goneAfterMs) }),
  unauthenticatedHandles: true, // handles under .test resolve nowhere
  runner,
  handleEvent: ({ seq, event, did, rev, commit, collection, rkey, cid, active, status, time }) =>
    lines.push(
      collection
        ? { seq, type: 'commit', did, rev, commit: `${commit}`, op: opText(event, `${collection}/${rkey}`, cid && `${cid}`), time }
        : { seq, type: event, did, rev, active, status, time },
    ),
  onError: fault,
  // An option of its WebSocket, and the only one that hands it out before it is open.
  finishRequest(request, socket) {
    socket.once('open', connected)
    socket.once('close', (code) => end(`closed ${code}`)) // before it reconnects
    request.end()
  },
})
firehose.start()
