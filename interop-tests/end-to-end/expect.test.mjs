// SPDX-License-Identifier: MIT OR Apache-2.0
// That what may be dropped is no more than the rules say, on hand-made events and on recorded ones.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { accountHistory, expectations } from './expect.mjs'
import { build, sharedFolder } from './prepare.mjs'

const [A, B] = ['localhost:1', 'localhost:2']
const moved = new Map([['did:m', [{ createdAt: 'T2', pds: A, handle: 'm.test' }, { createdAt: 'T5', pds: B, handle: 'm.test' }]]])
const drops = (host, ...events) => expectations([{ name: host, events }], moved).map(({ drop }) => drop?.reason)
const commit = (time, fields) => ({ type: 'commit', did: 'did:m', rev: 'r', blockRev: 'r', time, ...fields })
const account = (time, active) => ({ type: 'account', did: 'did:m', active, time })

test('expectations_hostOfTheTime', () => {
  assert.deepEqual(drops(A, commit('T3'), account('T4', true)), [undefined, undefined])
  assert.deepEqual(drops(A, commit('T6'), account('T6', false)), ['WRONG_HOST', 'WRONG_HOST'])
  assert.deepEqual(drops(B, commit('T3'), commit('T5')), ['WRONG_HOST', undefined])
})
test('expectations_identityFromAnyHost', () => {
  assert.deepEqual(drops(A, { type: 'identity', did: 'did:m', time: 'T6' }), [undefined])
})
test('expectations_inactiveUntilActiveAgain', () => {
  const sync = { ...commit('T3'), type: 'sync' }
  assert.deepEqual(drops(A, account('T3', false), commit('T3'), sync), [undefined, 'ACCOUNT_INACTIVE', 'ACCOUNT_INACTIVE'])
  assert.deepEqual(drops(A, account('T3', false), account('T3', true), commit('T3'), sync), Array(4).fill(undefined))
})
test('expectations_otherRevThanTheCommitBlock', () => {
  assert.deepEqual(drops(B, commit('T5', { type: 'sync', rev: 's' }), commit('T6')), ['REV_MISMATCH', undefined])
})
test('expectations_handleMayGoOnlyAfterItChanged', () => {
  const history = [{ createdAt: 'T1', pds: A, handle: 'old.test' }, { createdAt: 'T5', pds: A, handle: 'new.test' }]
  const identity = (time, handle) => ({ type: 'identity', did: 'did:m', handle, time })
  const events = [identity('T3', 'old.test'), identity('T6', 'new.test'), identity('T7')]
  const rows = expectations([{ name: A, events }], new Map([['did:m', history]]))
  assert.deepEqual(rows.map(({ variants }) => variants.map(({ handle }) => handle)), [['old.test'], ['new.test', undefined], [undefined]])
})

// The scenario as recorded once: of 795 frames one may not pass, one only early, one may lose its handle.
const frames = path.join(build, 'clients/drivers/frame.mjs')
test('expectations_recordedScenario', { skip: !fs.existsSync(frames) && !process.env.CI && 'run prepare.mjs first' }, async () => {
  const { fromFrame } = await import(frames)
  const fixtures = path.join(sharedFolder(), 'fixtures')
  const recording = (file) => {
    const bytes = fs.readFileSync(path.join(fixtures, file))
    const events = []
    for (let from = 0; from < bytes.length; from += 4 + bytes.readUInt32BE(from))
      events.push(fromFrame(bytes.subarray(from + 4, from + 4 + bytes.readUInt32BE(from))))
    return events
  }
  const audit = JSON.parse(fs.readFileSync(path.join(fixtures, 'plc-audit.json')))
  const { roles, a, b } = JSON.parse(fs.readFileSync(path.join(fixtures, 'accounts.json')))
  const [hostA, hostB] = [new URL(a).host, new URL(b).host]
  const hosts = [{ name: hostA, events: recording('frames.bin') }, { name: hostB, events: recording('frames-b.bin') }]
  const rows = expectations(hosts, new Map(Object.entries(audit).map(([did, log]) => [did, accountHistory(log)])))
  assert.equal(rows.length, 795)
  const rowsOf = (wanted) => rows.filter(wanted).map(({ event, drop }) => [event.type, event.did, event.seq, drop?.reason, drop?.unless?.before])
  assert.deepEqual(rowsOf(({ drop }) => drop), [
    ['account', roles.migrated, 631, 'WRONG_HOST', hostB],
    ['sync', roles.migrated, 43, 'REV_MISMATCH', undefined],
  ])
  assert.deepEqual(rowsOf(({ variants }) => variants.length > 1), [['identity', roles.renamed, 614, undefined, undefined]])
})
