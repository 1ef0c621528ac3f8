// SPDX-License-Identifier: MIT OR Apache-2.0
// Compares what a client has received with what it had to receive.

const shared = ['type', 'did', 'rev', 'since', 'commit', 'prevData', 'blocks', 'ops', 'prevs', 'handle', 'active', 'status', 'time']

// Which part of an event each client tells, and so must tell rightly.
export const views = {
  raw: { fields: [...shared, 'envelope'] },
  skyware: { fields: shared },
  atcute: { fields: [...shared, 'signature'], claims: (event) => event.blocks && { signature: 'valid' } },
  'atproto-sync': {
    fields: ['type', 'did', 'rev', 'commit', 'ops', 'active', 'status', 'time'],
    sees: (event) => event.type !== 'commit' || event.ops.length > 0,
  },
}

const part = ({ fields, claims }, event) => {
  const whole = { ...event, ...claims?.(event) }
  return Object.fromEntries(fields.map((field) => [field, whole[field]]))
}
const received = ({ fields }, event) => Object.fromEntries(fields.map((field) => [field, event[field]]))

/** What this client has to receive of all the expectations. */
export const visible = (expected, view) => expected.filter(({ event }) => !view.sees || view.sees(event))
export const due = (expected, view) => visible(expected, view).filter(({ drop }) => !drop)

const name = (event) => `${event.type} ${event.did} ${event.rev ?? event.time}`

/**
 * Problems, [{ kind, text }], of the events of one client against expectations (see expect.mjs):
 * `missing`, `repeated`, `changed`, `unexpected`, `dropped` (it came although a rule drops it) and
 * `order` (of one account: as each host sent it, and revs that rise; a #sync may repeat the last).
 * `error` is a line in which the library reports a fault.
 */
export const compare = (expected, events, view) => {
  const problems = []
  const problem = (kind, text) => problems.push({ kind, text })
  const open = new Map() // what an event must look like -> the expectations that say so, in order
  const rows = visible(expected, view).map((row) => ({ ...row, found: 0 }))
  for (const row of rows)
    for (const key of new Set(row.variants.map((variant) => JSON.stringify(part(view, variant)))))
      open.set(key, [...(open.get(key) ?? []), row])

  const strangers = []
  const lastOf = new Map() // account and host -> place of its last event here
  const homes = new Map() // account -> hosts that it has been heard from by more than #identity
  const revs = new Map() // account -> its last rev
  rows.forEach((row, place) => (row.place = place))
  for (const event of events) {
    if (event.error !== undefined) {
      problem('error', event.error)
      continue
    }
    const candidates = open.get(JSON.stringify(received(view, event))) ?? []
    const row = candidates.find((candidate) => !candidate.found) ?? candidates.at(-1)
    if (!row) {
      strangers.push(event)
      continue
    }
    if (row.found++) {
      problem('repeated', `${name(event)} as seq ${event.seq}`)
      continue
    }
    const { did } = row.event
    const heard = homes.get(did) ?? new Set()
    if (row.drop && !(row.drop.unless && !heard.has(row.drop.unless.before)))
      problem('dropped', `${name(event)} as seq ${event.seq}: ${row.drop.reason} (${row.drop.rule})`)
    if (row.event.type !== 'identity') homes.set(did, heard.add(row.host))
    const account = `${did} ${row.host}`
    if (row.place < (lastOf.get(account) ?? -1)) problem('order', `${name(event)} as seq ${event.seq} came late`)
    lastOf.set(account, Math.max(row.place, lastOf.get(account) ?? -1))
    const rev = revs.get(did) ?? ''
    if (event.type === 'commit' ? event.rev <= rev : event.rev < rev) problem('order', `${name(event)} after rev ${rev}`)
    if (event.rev) revs.set(did, event.rev)
  }

  const absent = rows.filter((row) => !row.found && !row.drop)
  for (const event of strangers) {
    const at = absent.findIndex((row) => name(row.event) === name(event))
    if (at < 0) problem('unexpected', `${name(event)} as seq ${event.seq}`)
    else {
      const [row] = absent.splice(at, 1)
      const wanted = part(view, row.event)
      const wrong = view.fields.filter((field) => JSON.stringify(wanted[field]) !== JSON.stringify(event[field]))
      problem('changed', `${name(event)} as seq ${event.seq}: ${wrong.join(', ')}`)
    }
  }
  for (const { event, host } of absent) problem('missing', `${name(event)}, seq ${event.seq} of ${host}`)
  return problems
}

/** A client's numbers must rise, whatever the events are; a commit may take several lines. */
export const sequence = (events) => {
  const numbered = events.filter((event) => event.error === undefined)
  return numbered.flatMap((event, i) =>
    i === 0 || event.seq > numbered[i - 1].seq ? [] : [{ kind: 'seq', text: `${event.seq} after ${numbered[i - 1].seq}` }],
  )
}

/** A seq is one event, whoever received it. streams: one list of events per client. */
export const reuse = (streams) => {
  const given = new Map()
  return streams.flat().flatMap((event) => {
    if (event.error !== undefined) return []
    const before = given.get(event.seq)
    if (before === undefined) given.set(event.seq, name(event))
    return before === undefined || before === name(event)
      ? []
      : [{ kind: 'reused', text: `seq ${event.seq}: ${before}, then ${name(event)}` }]
  })
}

/** The lines of @atproto/sync, one per op, as one event per message. */
export const foldOps = (lines) => {
  const events = []
  for (const { op, ...event } of lines) {
    const last = events.at(-1)
    if (op === undefined) events.push(event)
    else if (last?.ops && last.seq === event.seq) last.ops.push(op)
    else events.push({ ...event, ops: [op] })
  }
  return events
}
