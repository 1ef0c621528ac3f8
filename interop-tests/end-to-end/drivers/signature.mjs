// SPDX-License-Identifier: MIT OR Apache-2.0
// The verdict over a commit: every block hashes to its CID, the commit is the DID's, and the key the
// DID had at that time signed it.
import { fromUint8Array } from '@atcute/car'
import { decode, encode, fromBytes } from '@atcute/cbor'
import * as CID from '@atcute/cid'
import { parseDidKey, verifySig } from '@atcute/crypto'

const keys = new Map() // DID -> [{ since, key }], oldest first
const keysOf = async (plc, did) => {
  const answer = await fetch(`${plc}/${did}/log/audit`)
  if (!answer.ok) throw new Error(`no audit log of ${did}: ${answer.status}`)
  return (await answer.json()).map(({ createdAt, operation }) => ({ since: createdAt, key: operation.verificationMethods.atproto }))
}

/** An #identity says that the keys may have changed. */
export const forgetKeys = (did) => keys.delete(did)

const keyAt = async (plc, did, time) => {
  if (!keys.has(did)) keys.set(did, await keysOf(plc, did))
  const found = keys.get(did).findLast(({ since }) => since <= time)
  return found && parseDidKey(found.key)
}

export const signatureVerdict = async (plc, did, time, blocks) => {
  const car = fromUint8Array(blocks)
  let commit
  for (const { cid, bytes } of car) {
    const name = CID.toString(cid)
    if (CID.toString(await CID.create(cid.codec, bytes)) !== name) return `wrong hash of ${name}`
    if (name === car.roots[0].$link) commit = decode(bytes)
  }
  if (commit?.did !== did) return 'not a commit of the DID'
  const { sig, ...unsigned } = commit
  const key = await keyAt(plc, did, time)
  return key && (await verifySig(key, fromBytes(sig), encode(unsigned))) ? 'valid' : 'invalid'
}
