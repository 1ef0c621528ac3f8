// SPDX-License-Identifier: MIT OR Apache-2.0
// Vectors of the set atproto-java as @ipld/dag-cbor, @atproto/repo, @atproto/crypto and
// @atproto/identity read them.
//   node check.mjs DIR     the folder atproto-java itself
// Exit code 1 if they disagree with a vector, but where it is known that they do and why.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as dagCbor from '@ipld/dag-cbor'
import { cidForCbor, ipldToJson, jsonToIpld } from '@atproto/common'
import { P256Keypair, Secp256k1Keypair, verifySignature } from '@atproto/crypto'
import { ensureAtpDocument, getDid, getHandle, getKey, getPds } from '@atproto/identity'
import { BlockMap, MemoryBlockstore, MST, Repo, blocksToCarFile, readCarWithRoot, verifyDiff, verifyRepoCar } from '@atproto/repo'
import { sha256 } from '@atproto/crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'

const hex = (text) => new Uint8Array(Buffer.from(text, 'hex'))
const toHex = (bytes) => Buffer.from(bytes).toString('hex')
const same = (what, actual, expected) => {
  if (actual !== expected) throw new Error(`${what} is ${actual} and should be ${expected}`)
}
const dagCborCid = async (bytes) => CID.createV1(0x71, Digest.create(0x12, await sha256(bytes)))

/** True if it is accepted, by what `attempt` says or by its not throwing. */
const accepts = async (attempt) => {
  try {
    return (await attempt()) !== false
  } catch {
    return false
  }
}

// Numbers that JavaScript rounds when it reads JSON.
const isSafe = (value) =>
  typeof value === 'number' ? Number.isSafeInteger(value) : value === null || typeof value !== 'object' || Object.values(value).every(isSafe)

const cbor = async (vector) => {
  const bytes = hex(vector.hex)
  if (vector.refused) return accepts(() => dagCbor.decode(bytes))
  const value = dagCbor.decode(bytes)
  same('what is encoded again', toHex(dagCbor.encode(value)), vector.hex)
  same('the CID', String(await dagCborCid(bytes)), vector.cid)
  if ('json' in vector && isSafe(vector.json)) {
    same('the encoding of the JSON', toHex(dagCbor.encode(jsonToIpld(vector.json))), vector.hex)
    same('the JSON', JSON.stringify(sorted(ipldToJson(value))), JSON.stringify(sorted(vector.json)))
  }
  return true
}

const sorted = (json) =>
  Array.isArray(json)
    ? json.map(sorted)
    : json && typeof json === 'object'
      ? Object.fromEntries(Object.keys(json).sort().map((key) => [key, sorted(json[key])]))
      : json

const mst = async (vector) => {
  if (vector.refused) {
    const store = new MemoryBlockstore()
    for (const { hex: text } of vector.blocks) await store.putBlock(await dagCborCid(hex(text)), hex(text))
    return accepts(async () => {
      for await (const entry of MST.load(store, CID.parse(vector.root)).walk()) if (entry.isLeaf()) entry.key
    })
  }
  let tree = await MST.create(new MemoryBlockstore())
  for (const [key, value] of vector.entries) tree = await tree.add(key, CID.parse(value))
  same('the root', String(await tree.getPointer()), vector.root)
  same('the number of nodes', (await tree.getUnstoredBlocks()).blocks.size, vector.nodes)
  return true
}

const signature = async (vector) => {
  const [message, sig] = [hex(vector.message), hex(vector.signature)]
  const valid = await accepts(() => verifySignature(vector.key, message, sig))
  if (!vector.refused && vector.secret) {
    for (const kind of [Secp256k1Keypair, P256Keypair]) {
      const pair = await kind.import(vector.secret)
      if (pair.did() === vector.key) {
        same('what they sign', toHex(await pair.sign(message)), vector.signature)
        return valid
      }
    }
    throw new Error('the secret is not that of the key')
  }
  return valid
}

const didDocument = async (vector) => {
  const { document } = vector
  if (vector.refused) return accepts(() => getDid(document) === vector.did && ensureAtpDocument(document))
  same('the PDS', getPds(document)?.replace(/\/$/, '') ?? null, vector.pds)
  same('the key', getKey(document) ?? null, vector.signingKey)
  same('the handle', getHandle(document) ?? null, vector.handle)
  return true
}

// A commit is applied to what is there, and the difference must be the operations.
const repo = async (vector) => {
  const store = new MemoryBlockstore()
  let head = null
  for (const commit of vector.commits) {
    const attempt = async () => {
      const { root, blocks } = await readCarWithRoot(new Uint8Array(Buffer.from(commit.blocks, 'base64')))
      same('the root', String(root), commit.commit)
      const diff = await verifyDiff(head, blocks, root, vector.did, vector.signingKey)
      same('the revision', diff.commit.rev, commit.rev)
      same('the revision before', head?.commit.rev ?? null, commit.since)
      same('the tree before', head ? String(head.commit.data) : null, commit.prevData)
      same('the operations', opsOf(diff.writes), opsOf(commit.ops))
      await store.putMany(blocks)
      await store.updateRoot(root, commit.rev)
      head = await Repo.load(store, root)
    }
    if (commit.refused) return accepts(attempt)
    await attempt()
  }
  if (vector.export) {
    const car = new Uint8Array(Buffer.from(vector.export, 'base64'))
    const { creates, commit } = await verifyRepoCar(car, vector.did, vector.signingKey)
    same('the commit of the export', String(commit.cid), vector.commits.at(-1).commit)
    const records = creates.map(({ collection, rkey, cid }) => `${collection}/${rkey} ${cid}`).sort()
    same('the records', records.join('\n'), vector.records.map(([at, cid]) => `${at} ${cid}`).sort().join('\n'))
  }
  return true
}

const opsOf = (ops) =>
  ops
    .map(({ action, path: at, collection, rkey, cid, prev }) => `${action} ${at ?? `${collection}/${rkey}`} ${(action !== 'delete' && cid) || ''} ${prev || (action === 'delete' && cid) || ''}`)
    .sort()
    .join('\n')

const kinds = { cbor, mst, signatures: signature, 'did-documents': didDocument, repos: repo }

/**
 * Checks a folder. known: what they are known to judge otherwise, '<folder>: <name>' -> why; one that they judge
 * as we do is a failure too, so that the list does not rot.
 */
export const check = async (folder, known = {}) => {
  const rows = []
  const failures = []
  const waiting = new Set(Object.keys(known))
  for (const [kind, judge] of Object.entries(kinds)) {
    const row = { kind, vectors: 0, agreed: 0, known: 0 }
    const files = fs.existsSync(path.join(folder, kind)) ? fs.readdirSync(path.join(folder, kind)).sort() : []
    for (const file of files) {
      for (const vector of JSON.parse(fs.readFileSync(path.join(folder, kind, file), 'utf8'))) {
        row.vectors++
        const expected = !(vector.refused || vector.commits?.some(({ refused }) => refused))
        let accepted
        let why = ''
        try {
          accepted = await judge(vector)
        } catch (error) {
          why = `: ${error.message}`
        }
        const key = `${kind}: ${vector.name}`
        if (accepted === expected) row.agreed++
        else if (waiting.delete(key)) row.known++
        else failures.push(`${kind}/${file}: ${vector.name}: ${accepted ? 'accepted' : 'refused'} by them${why}`)
      }
    }
    rows.push(row)
  }
  for (const key of waiting) failures.push(`${key}: they judge as we do now, or the vector is gone; take it from the list`)
  return { rows, failures }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const here = path.dirname(fileURLToPath(import.meta.url))
  const published = fs.existsSync(path.join(process.argv[2], 'did-documents'))
  const known = published ? JSON.parse(fs.readFileSync(path.join(here, 'known.json'), 'utf8')) : {}
  const { rows, failures } = await check(process.argv[2], known)
  for (const { kind, vectors, agreed, known: differ } of rows) console.log(`${kind.padEnd(14)} ${vectors} vectors, ${agreed} agreed, ${differ} judged otherwise as known`)
  for (const failure of failures.slice(0, 20)) console.log(failure)
  if (failures.length) console.log(`${failures.length} disagreements`)
  process.exit(failures.length ? 1 : 0)
}
