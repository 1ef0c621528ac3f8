// SPDX-License-Identifier: MIT OR Apache-2.0
// A recorded frame as an event, with what only the bytes tell of a #commit or #sync: `blockRev`, the
// rev inside the commit block, and `envelope`, a digest of the whole frame with its seq set to 0. Two
// frames with one envelope are the same bytes but for seq, since each must be in canonical form.
import { fromUint8Array } from '@atcute/car'
import { decode, decodeFirst, encode, fromBytes } from '@atcute/cbor'
import * as CID from '@atcute/cid'
import { digest, fromMessage } from './event.mjs'

const commitBlock = (blocks) => {
  const car = fromUint8Array(blocks)
  const root = [...car].find(({ cid }) => CID.toString(cid) === car.roots[0].$link)
  return decode(root.bytes)
}

export const fromFrame = (bytes) => {
  const [header, rest] = decodeFirst(bytes)
  const message = decode(rest)
  if (header.op !== 1) throw new Error(`error frame ${message.error}: ${message.message}`)
  const canonical = (body) => Buffer.concat([encode(header), encode(body)])
  if (!canonical(message).equals(bytes)) throw new Error(`${header.t} ${message.seq} is not canonical`)
  const blocks = message.blocks && fromBytes(message.blocks)
  const event = fromMessage(header.t.slice(1), { ...message, blocks })
  if (!blocks) return event
  return { ...event, blockRev: commitBlock(blocks).rev, envelope: digest(canonical({ ...message, seq: 0 })) }
}
