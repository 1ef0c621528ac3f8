// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes vectors in the format of the set atproto-java, made by @ipld/dag-cbor, @atproto/repo and @atproto/crypto.
//   node generate.mjs DIR COUNT SEED
import fs from 'node:fs'
import path from 'node:path'
import * as dagCbor from '@ipld/dag-cbor'
import { P256Keypair, Secp256k1Keypair, sha256 } from '@atproto/crypto'
import { MemoryBlockstore, MST, Repo, WriteOpAction, blocksToCarFile, getFullRepo } from '@atproto/repo'
import { ipldToJson } from '@atproto/common'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

const [folder, count, seed] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])]
const PER_FILE = 500

let state = seed >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n) => Math.floor(random() * n)
const pick = (all) => all[below(all.length)]
const bytes = (n) => Uint8Array.from({ length: n }, () => below(256))
const hex = (data) => Buffer.from(data).toString('hex')
const base64 = (data) => Buffer.from(data).toString('base64')
const text = (alphabet, n) => Array.from({ length: n }, () => pick(alphabet)).join('')
const cidOf = async (data) => CID.createV1(0x71, Digest.create(0x12, await sha256(data)))
const someCid = () => cidOf(bytes(8))

const letters = [...'abcdefghijklmnopqrstuvwxyz']
const signs = [...letters, ' ', '"', '\\', '\n', 'é', 'ß', 'Ω', '中', '😀', '\u0000']
const value = async (depth) => {
  switch (below(depth > 0 ? 9 : 7)) {
    case 0: return Math.trunc((random() - 0.5) * 2 ** below(54))
    case 1: return text(signs, below(20))
    case 2: return bytes(below(40))
    case 3: return random() < 0.5
    case 4: return null
    case 5: return someCid()
    case 6: return below(300) - 30
    case 7: return Promise.all(Array.from({ length: below(6) }, () => value(depth - 1)))
    default: {
      const map = {}
      for (let i = below(6); i > 0; i--) map[text(letters, 1 + below(6))] = await value(depth - 1)
      return map
    }
  }
}

const cbor = async (number) => {
  const made = await value(4)
  const data = dagCbor.encode(made)
  return { name: `theirs ${number}`, hex: hex(data), cid: String(await cidOf(data)), json: ipldToJson(made) }
}

const collections = ['com.example.record', 'com.example.like', 'org.example.a.list']
const rkey = () => text([...letters, ...'0123456789-_~:'], 1 + below(8))

const mst = async (number) => {
  const entries = new Map()
  for (let i = below(60); i > 0; i--) entries.set(`${pick(collections)}/${rkey()}`, await someCid())
  let tree = await MST.create(new MemoryBlockstore())
  for (const [key, cid] of entries) tree = await tree.add(key, cid)
  const root = String(await tree.getPointer())
  const nodes = (await tree.getUnstoredBlocks()).blocks.size
  return { name: `theirs ${number}`, root, nodes, entries: [...entries].map(([key, cid]) => [key, String(cid)]) }
}

const keypair = (number) => (number % 2 ? P256Keypair : Secp256k1Keypair).import(hex(bytes(32)), { exportable: true })

const signatures = async (number) => {
  const pair = await keypair(number)
  const message = bytes(below(200))
  const signature = hex(await pair.sign(message))
  return { name: `theirs ${number}`, key: pair.did(), message: hex(message), signature, secret: hex(await pair.export()) }
}

const repos = async (number) => {
  const pair = await keypair(number)
  const did = `did:plc:${text([...letters, ...'234567'], 24)}`
  const store = new MemoryBlockstore()
  const records = new Map()
  const commits = []
  let repo = null
  for (let i = 1 + below(6); i > 0; i--) {
    const writes = new Map()
    for (let n = below(8); n > 0; n--) {
      const old = records.size > 0 && random() < 0.5 && repo
      const at = old ? pick([...records.keys()]) : `${pick(collections)}/${rkey()}`
      if (writes.has(at)) continue
      const [collection, key] = at.split('/')
      const action = !records.has(at) ? WriteOpAction.Create : random() < 1 / 3 ? WriteOpAction.Delete : WriteOpAction.Update
      const record = action === WriteOpAction.Delete ? undefined : { $type: collection, number: below(1e9), value: await value(2) }
      writes.set(at, { action, collection, rkey: key, record })
    }
    const toWrite = [...writes.values()]
    const before = repo
    const commit = before ? await before.formatCommit(toWrite, pair) : await Repo.formatInitCommit(store, did, pair, toWrite)
    const ops = []
    for (const { action, collection, rkey: key, record } of toWrite) {
      const at = `${collection}/${key}`
      const cid = record === undefined ? null : String(await cidOf(dagCbor.encode(record)))
      const prev = records.get(at)
      ops.push({ action, path: at, cid, ...(prev ? { prev } : {}) })
      if (cid) records.set(at, cid)
      else records.delete(at)
    }
    repo = before ? await before.applyCommit(commit) : await Repo.createFromCommit(store, commit)
    commits.push({
      rev: commit.rev,
      since: before?.commit.rev ?? null,
      prevData: before ? String(before.commit.data) : null,
      commit: String(commit.cid),
      ops,
      blocks: base64(await blocksToCarFile(commit.cid, commit.relevantBlocks)),
    })
  }
  const car = []
  for await (const chunk of getFullRepo(store, repo.cid)) car.push(chunk)
  const list = [...records].sort(([a], [b]) => (a < b ? -1 : 1))
  return { name: `theirs ${number}`, did, signingKey: pair.did(), commits, export: base64(Buffer.concat(car)), records: list }
}

for (const [kind, make] of Object.entries({ cbor, mst, signatures, repos })) {
  const into = path.join(folder, 'atproto-java', kind)
  fs.mkdirSync(into, { recursive: true })
  for (let from = 1; from <= count; from += PER_FILE) {
    const lines = []
    for (let n = from; n < from + PER_FILE && n <= count; n++) lines.push(JSON.stringify(await make(n)))
    fs.writeFileSync(path.join(into, `theirs-${String(from).padStart(5, '0')}.json`), `[\n${lines.join(',\n')}\n]\n`)
  }
}
