// SPDX-License-Identifier: MIT OR Apache-2.0
// Measures the @atcute packages on the inputs in the directory that the argument names. Their blocks are hashed by node:crypto.
import * as car from '@atcute/car'
import * as cbor from '@atcute/cbor'
import * as cids from '@atcute/cid'
import { P256PublicKey, parsePublicMultikey, Secp256k1PublicKey } from '@atcute/crypto'
import { MemoryBlockStore, NodeStore, NodeWrangler, OverlayBlockStore, ReadonlyMemoryBlockStore } from '@atcute/mst'
import { fromUint8Array as readRepository } from '@atcute/repo'
import { hash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const library = '@atcute (Node)'
const directory = process.argv[2]
const read = (name) => fs.readFileSync(path.join(directory, name))
const pairs = (name) =>
  read(name)
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(' '))

const print = (row, ...figures) => console.log([row, library, ...figures].join('\t'))

/** Prints the CPU of a pass, divided by what is in it: median, least and most of some passes after one that does not count. */
const measure = async (row, passes, count, microseconds, pass) => {
  await pass()
  const costs = []
  for (let i = 0; i < passes; i++) {
    const before = process.cpuUsage()
    await pass()
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / microseconds / count)
  }
  costs.sort((a, b) => a - b)
  print(row, ...[costs[passes >> 1], costs[0], costs[passes - 1]].map((cost) => cost.toFixed(3)))
}

const readFrames = (all) => {
  const frames = []
  for (let at = 0; at < all.length; ) {
    const end = at + 4 + all.readUInt32LE(at)
    frames.push(new Uint8Array(all.buffer, all.byteOffset + at + 4, end - at - 4))
    at = end
  }
  return frames
}

const readKeys = async () => {
  const keys = new Map()
  for (const [did, multikey] of pairs('keys.txt')) {
    const { type, publicKeyBytes } = parsePublicMultikey(multikey)
    keys.set(did, await (type === 'p256' ? P256PublicKey : Secp256k1PublicKey).importRaw(publicKeyBytes))
  }
  return keys
}

const decode = (frame) => {
  const [header, rest] = cbor.decodeFirst(frame)
  if (header.op !== 1 || header.t !== '#commit') throw new Error('not a commit')
  return cbor.decode(rest)
}

const blocksOf = (message) => cbor.fromBytes(message.blocks)

const check = ({ cid, bytes }) => {
  if (!hash('sha256', bytes, 'buffer').equals(cid.digest.contents)) throw new Error('a block is not what its CID says')
}

const checkBlocks = (bytes) => {
  for (const entry of car.fromUint8Array(bytes)) check(entry)
}

/** Takes the operations back and compares the root with the one before the commit; the commit that was signed comes back. */
const invert = async (message) => {
  const blocks = new Map()
  for (const entry of car.fromUint8Array(blocksOf(message))) {
    check(entry)
    blocks.set(cids.toString(entry.cid), entry.bytes)
  }
  const commit = cbor.decode(blocks.get(message.commit.$link))
  const store = new OverlayBlockStore(new MemoryBlockStore(), new ReadonlyMemoryBlockStore(blocks))
  const tree = new NodeWrangler(new NodeStore(store))
  let root = commit.data.$link
  for (const { action, path, prev } of message.ops.toReversed()) {
    root = action === 'create' ? await tree.deleteRecord(root, path) : await tree.putRecord(root, path, prev)
  }
  if (root !== message.prevData.$link) throw new Error('not the tree before')
  return commit
}

const signed = ({ sig, ...unsigned }) => ({ signature: cbor.fromBytes(sig), bytes: cbor.encode(unsigned) })

const verify = async (key, { signature, bytes }) => {
  if (!(await key.verify(signature, bytes))) throw new Error('a signature that does not verify')
}

const frames = readFrames(read('frames.bin'))
const keys = await readKeys()

await measure('decode', 5, frames.length, 1, () => frames.forEach(decode))
await measure('blocks', 5, frames.length, 1, () => {
  for (const frame of frames) checkBlocks(blocksOf(decode(frame)))
})
await measure('inversion', 3, frames.length, 1, async () => {
  for (const frame of frames) await invert(decode(frame))
})
await measure('signature', 3, frames.length, 1, async () => {
  for (const frame of frames) {
    const commit = await invert(decode(frame))
    await verify(keys.get(commit.did), signed(commit))
  }
})

let refused = 0
for (const frame of frames.slice(0, 200)) {
  const bytes = blocksOf(decode(frame)).slice()
  bytes[bytes.length - 1] ^= 1
  try {
    checkBlocks(bytes)
  } catch {
    refused++
  }
}
print('flipped', refused, 200, 200)

const commits = { secp256k1: [], p256: [] }
for (const frame of frames) {
  const message = decode(frame)
  const entry = [...car.fromUint8Array(blocksOf(message))].find(({ cid }) => cids.toString(cid) === message.commit.$link)
  const commit = cbor.decode(entry.bytes)
  const key = keys.get(commit.did)
  commits[key.type].push([key, signed(commit)])
}
for (const [row, all] of [
  ['k256', commits.secp256k1],
  ['p256', commits.p256],
]) {
  await measure(row, 3, all.length, 1, async () => {
    for (const [key, commit] of all) await verify(key, commit)
  })
}

await measure('repo', 3, 1, 1000, () => {
  const bytes = new Uint8Array(read('in-order.car'))
  checkBlocks(bytes)
  let records = 0
  for (const _ of readRepository(bytes)) records++
  console.error(`repo: ${records} records`)
})
