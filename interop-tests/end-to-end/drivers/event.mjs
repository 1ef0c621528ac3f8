// SPDX-License-Identifier: MIT OR Apache-2.0
// One shape for an event, whichever library it came from: what a driver prints, without what a
// library does not tell. CIDs are text, `blocks` is a SHA-256 of the bytes, an op is
// "action path cid", and `prevs` has the `prev` of each op.
import { createHash } from 'node:crypto'

export const digest = (bytes) => createHash('sha256').update(bytes).digest('hex')

// A link is text in one library, {$link} in another.
const text = (cid) => cid?.$link ?? cid ?? null

export const opText = (action, path, cid) => `${action} ${path} ${text(cid) ?? '-'}`

/** From a message as its Lexicon has it, `blocks` as bytes. */
export const fromMessage = (type, message) => {
  const { seq, did, repo, time, rev, since, commit, prevData, blocks, ops, handle, active, status, name } = message
  return {
    seq,
    type,
    did: did ?? repo,
    rev,
    since,
    commit: commit && text(commit),
    prevData: prevData && text(prevData),
    blocks: blocks && digest(blocks),
    ops: ops?.map((op) => opText(op.action, op.path, op.cid)),
    prevs: ops?.map((op) => text(op.prev)),
    handle,
    active,
    status,
    name,
    time,
  }
}
