// SPDX-License-Identifier: MIT OR Apache-2.0
// What a relay has to emit of what its hosts sent. Everything, with four exceptions, each a rule of
// the protocol (SC-, RL-) as the relay's design applies it. A rule not listed here never applies to
// what the real PDS sends, and an event it took would be reported missing.

/**
 * hosts: [{ name, events }], what each host sent, in order.
 * accounts: did -> [{ createdAt, pds, handle }], its PLC audit log, oldest first.
 * Gives per sent event { host, event, drop?, variants }: it must not come out if `drop` is there,
 * else it must come out once, equal to one of `variants`.
 */
export const expectations = (hosts, accounts) =>
  hosts.flatMap(({ name, events }) => {
    const inactive = new Set()
    return events.map((event) => {
      const history = accounts.get(event.did) ?? []
      const drop = dropped(event, name, history, inactive)
      if (event.type === 'account' && !drop) inactive[event.active ? 'delete' : 'add'](event.did)
      return { host: name, event, drop, variants: variants(event, history) }
    })
  })

/** Without a relay in between everything comes through as it was. */
export const verbatim = (hosts) =>
  hosts.flatMap(({ name, events }) => events.map((event) => ({ host: name, event, variants: [event] })))

const dropped = (event, host, history, inactive) => {
  if (event.type === 'identity') return undefined // from any host (RL-34)
  const home = history.findLast((state) => state.createdAt <= event.time)?.pds
  // Only the host that the DID document names speaks for an account (SC-52, RL-35, RL-37). A relay
  // may not know yet that the account has moved, and then passes on what the old host says, until it
  // has emitted something of the new one.
  if (home && home !== host)
    return { reason: 'WRONG_HOST', rule: 'SC-52, RL-35, RL-37', unless: { before: home } }
  if (event.type === 'account') return undefined
  // The host said that the account is not active (SC-53, RL-38).
  if (inactive.has(event.did)) return { reason: 'ACCOUNT_INACTIVE', rule: 'SC-53, RL-38' }
  // A #sync after importRepo has a rev of its own over the old host's commit (SC-56).
  if (event.blockRev !== event.rev) return { reason: 'REV_MISMATCH', rule: 'SC-56' }
  return undefined
}

// #identity keeps its handle only if the cached DID document claims it (RL-34). The cached one may be
// any the account has had so far; if they differ about the handle, it may be gone.
const variants = (event, history) => {
  if (event.type !== 'identity' || event.handle === undefined) return [event]
  const past = history.filter((state) => state.createdAt <= event.time)
  return past.some((state) => state.handle !== event.handle) ? [event, { ...event, handle: undefined }] : [event]
}

/** The audit log of a PLC directory, as `expectations` wants it. */
export const accountHistory = (auditLog) =>
  auditLog.map(({ createdAt, operation }) => ({
    createdAt,
    pds: new URL(operation.services.atproto_pds.endpoint).host,
    handle: operation.alsoKnownAs[0]?.replace('at://', ''),
  }))
