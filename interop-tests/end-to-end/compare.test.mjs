// SPDX-License-Identifier: MIT OR Apache-2.0
// That the comparison can fail: each test does to a stream what a faulty relay would.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare, due, foldOps, reuse, sequence, views } from './compare.mjs'

const HOST = 'localhost:1'
const commit = (did, n, ops = [`create app.bsky.feed.post/${n} cid${n}`]) => ({
  type: 'commit',
  did,
  rev: `3aaaaaaaaaa${n}`,
  since: n > 1 ? `3aaaaaaaaaa${n - 1}` : null,
  commit: `commit${n}`,
  prevData: `data${n - 1}`,
  blocks: `blocks${n}`,
  ops,
  prevs: ops.map(() => null),
  time: `2026-01-01T00:00:0${n}.000Z`,
  envelope: `envelope${n}`,
  signature: 'valid',
})
const sync = (did, n) => {
  const { rev, blocks, time, envelope, signature } = commit(did, n)
  return { type: 'sync', did, rev, blocks, time, envelope, signature }
}
const account = (did, active, n) => ({ type: 'account', did, active, time: `2026-01-01T00:00:0${n}.500Z` })
const sent = [
  { type: 'identity', did: 'did:a', handle: 'a.test', time: '2026-01-01T00:00:00.000Z' },
  account('did:a', true, 0),
  commit('did:a', 1, []),
  sync('did:a', 1),
  commit('did:a', 2),
  commit('did:b', 2),
  commit('did:a', 3, ['create x/1 c1', 'update x/2 c2', 'delete x/3 -']),
  commit('did:b', 3),
].map((event, i) => ({ seq: i + 1, ...event }))
const expected = sent.map((event) => ({ host: HOST, event, variants: [event] }))

const streamFor = (view) => due(expected, view).map(({ event }) => ({ ...event, seq: event.seq + 100 }))
const kinds = (problems) => problems.map(({ kind }) => kind).sort()
const verdict = (events, view, rows = expected) => kinds([...compare(rows, events, view), ...sequence(events)])
const eachClient = (title, tamper, ...wanted) => {
  for (const [client, view] of Object.entries(views))
    test(`${title}, ${client}`, () => assert.deepEqual(verdict(tamper(streamFor(view)), view), wanted))
}
const at = (did, rev) => (event) => event.did === did && event.rev === `3aaaaaaaaaa${rev}` && event.type === 'commit'
const change = (which, fields) => (events) => events.map((event) => (which(event) ? { ...event, ...fields } : event))

eachClient('compare_untouchedStream', (events) => events)
eachClient('compare_missingEvent', (events) => events.filter((event) => !at('did:a', 2)(event)), 'missing')
eachClient('compare_missingLastEvent', (events) => events.slice(0, -1), 'missing')
eachClient('compare_eventTwiceUnderNewSeq', (events) => [...events, { ...events.at(-1), seq: 200 }], 'repeated')
eachClient('compare_eventTwiceUnderOneSeq', (events) => [...events, events.at(-1)], 'repeated', 'seq')
eachClient('compare_otherRev', change(at('did:b', 3), { rev: '3aaaaaaaaaa9' }), 'missing', 'unexpected')
eachClient('compare_otherCommit', change(at('did:a', 2), { commit: 'commit9' }), 'changed')
eachClient('compare_opLost', change(at('did:a', 3), { ops: ['update x/2 c2', 'delete x/3 -'], prevs: [null, null] }), 'changed')
eachClient('compare_opAltered', change(at('did:a', 2), { ops: ['create app.bsky.feed.post/2 cid9'] }), 'changed')
eachClient('compare_statusAltered', change(({ type }) => type === 'account', { active: false, status: 'takendown' }), 'changed')
eachClient('compare_unknownEvent', (events) => [...events, { ...commit('did:c', 1), seq: 200 }], 'unexpected')
eachClient('compare_infoMessage', (events) => [{ type: 'info', name: 'OutdatedCursor' }, ...events], 'seq', 'unexpected')
eachClient('compare_faultOfTheLibrary', (events) => [...events, { error: 'no such block' }], 'error')
eachClient('compare_seqNotRising', (events) => events.map((event, i) => (i === 2 ? { ...event, seq: events[1].seq } : event)), 'seq')
eachClient('compare_twoEventsOfAnAccountSwapped', (events) => {
  const [i, j] = [events.findIndex(at('did:a', 2)), events.findIndex(at('did:a', 3))]
  return events.with(i, { ...events[j], seq: events[i].seq }).with(j, { ...events[i], seq: events[j].seq })
}, 'order', 'order') // once by place, once by rev
eachClient('compare_eventsOfTwoAccountsSwapped', (events) => {
  const [i, j] = [events.findIndex(at('did:a', 2)), events.findIndex(at('did:b', 2))]
  return events.with(i, { ...events[j], seq: events[i].seq }).with(j, { ...events[i], seq: events[j].seq })
})

const whole = ['raw', 'skyware', 'atcute']
for (const client of whole) {
  const view = views[client]
  const check = (title, tamper, ...wanted) =>
    test(`${title}, ${client}`, () => assert.deepEqual(verdict(tamper(streamFor(view)), view), wanted))
  check('compare_otherBlocks', change(at('did:a', 2), { blocks: 'blocks9' }), 'changed')
  check('compare_blocksNotTold', change(at('did:a', 2), { blocks: undefined }), 'changed')
  check('compare_otherPrevData', change(at('did:a', 2), { prevData: 'data9' }), 'changed')
  check('compare_prevDataLost', change(at('did:a', 2), { prevData: undefined }), 'changed')
  check('compare_sinceLost', change(at('did:a', 1), { since: undefined }), 'changed')
  check('compare_prevAltered', change(at('did:a', 2), { prevs: ['cid9'] }), 'changed')
  check('compare_handleLost', change(({ type }) => type === 'identity', { handle: undefined }), 'changed')
  check('compare_emptyCommitMissing', (events) => events.filter((event) => !at('did:a', 1)(event)), 'missing')
}
test('compare_fieldAddedToTheFrame', () =>
  assert.deepEqual(verdict(change(at('did:a', 2), { envelope: 'envelope9' })(streamFor(views.raw)), views.raw), ['changed']))
test('compare_signatureInvalid', () =>
  assert.deepEqual(verdict(change(at('did:a', 2), { signature: 'invalid' })(streamFor(views.atcute)), views.atcute), ['changed']))
test('compare_signatureNotChecked', () =>
  assert.deepEqual(verdict(change(at('did:a', 2), { signature: undefined })(streamFor(views.atcute)), views.atcute), ['changed']))

// An account that moves from HOST to NEW: the old host's last word, and what the new one says.
const NEW = 'localhost:2'
const lastWord = account('did:a', false, 5)
const firstWord = account('did:a', true, 4)
const wrongHost = { reason: 'WRONG_HOST', rule: '', unless: { before: NEW } }
const move = [
  { host: HOST, event: lastWord, variants: [lastWord], drop: wrongHost },
  { host: NEW, event: firstWord, variants: [firstWord] },
]
const numbered = (...events) => events.map((event, i) => ({ ...event, seq: i + 1 }))
for (const [title, events, wanted] of [
  ['dropped', numbered(firstWord), []],
  ['emittedBeforeTheNewHost', numbered(lastWord, firstWord), []],
  ['emittedAfterTheNewHost', numbered(firstWord, lastWord), ['dropped']],
])
  test(`compare_oldHostsWord_${title}`, () => assert.deepEqual(verdict(events, views.raw, move), wanted))
test('compare_eventThatARuleDrops', () => {
  const rows = [{ host: HOST, event: sent[4], variants: [sent[4]], drop: { reason: 'REV_MISMATCH', rule: '' } }]
  assert.deepEqual(verdict([], views.raw, rows), [])
  assert.deepEqual(verdict([sent[4]], views.raw, rows), ['dropped'])
})
test('compare_variant', () => {
  const without = { ...sent[0], handle: undefined }
  const rows = [{ host: HOST, event: sent[0], variants: [sent[0], without] }]
  assert.deepEqual(verdict([without], views.raw, rows), [])
  assert.deepEqual(verdict([{ ...sent[0], handle: 'other.test' }], views.raw, rows), ['changed'])
  assert.deepEqual(verdict([sent[0], { ...without, seq: 2 }], views.raw, rows), ['repeated'])
})

test('reuse_oneSeqForTwoEvents', () => {
  const one = numbered(sent[4], sent[5])
  assert.deepEqual(kinds(reuse([one, one])), [])
  // A client saw seq 2 before a crash; another sees something else under it afterwards.
  assert.deepEqual(kinds(reuse([one, numbered(sent[4], sent[6])])), ['reused'])
})
test('foldOps_linesOfOneCommit', () => {
  const [{ ops, ...event }] = [sent[6]]
  const lines = [{ seq: 1, type: 'account' }, ...ops.map((op) => ({ ...event, op })), { seq: 9, type: 'sync' }]
  assert.deepEqual(foldOps(lines), [{ seq: 1, type: 'account' }, { ...event, ops }, { seq: 9, type: 'sync' }])
})
