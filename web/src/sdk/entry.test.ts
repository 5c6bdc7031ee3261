import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { batchOf, MOST_BYTES, MOST_ENTRIES, surplus, type Entry } from './entry'
import type { HeartbeatBody } from './heartbeat'

function entry(order: number, body: Partial<HeartbeatBody>): Entry {
  const id = `${order}`
  return {
    id,
    owner: 'ann',
    order,
    body: { heartbeatId: id, contentId: 'item', event: 'heartbeat', occurredAt: '', ...body },
  }
}

const bodies = fc.record({
  sessionId: fc.constantFrom('a', 'b', 'c', 'd'),
  event: fc.constantFrom('heartbeat' as const, 'pause' as const, 'ended' as const),
})
const queues = fc.array(bodies, { minLength: MOST_ENTRIES - 5, maxLength: MOST_ENTRIES + 300, size: 'max' })

describe('a queue that is too long', () => {
  it('loses only what a later heartbeat of the session makes superfluous, the oldest first', () => {
    fc.assert(
      fc.property(queues, (some) => {
        const entries = some.map((body, i) => entry(i, { ...body, sequence: i + 1 }))
        const { superseded } = surplus(entries)
        const gone = new Set(superseded)
        const kept = entries.filter(({ id }) => !gone.has(id))
        if (entries.length <= MOST_ENTRIES) expect(gone.size).toBe(0)
        for (const { id, body } of entries.filter((each) => gone.has(each.id))) {
          expect(body.event).not.toBe('ended')
          expect(
            kept.some((other) => other.body.sessionId === body.sessionId && other.order > Number(id)),
          ).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('keeps the last heartbeat of each quarter of an hour', () => {
    const began = Date.parse('2026-11-22T10:00:00Z')
    const occurred = Array.from({ length: MOST_ENTRIES + 50 }, (_, i) => began + (i + 1) * 10_000)
    const entries = occurred.map((at, i) =>
      entry(i, { sessionId: 'a', sequence: i + 1, occurredAt: new Date(at).toISOString() }),
    )
    const gone = new Set(surplus(entries).superseded)
    expect(gone.size).toBe(150)
    const lastOf = new Map(occurred.map((at, i) => [Math.floor(at / 900_000), `${i}`]))
    expect(lastOf.size).toBe(12)
    for (const id of lastOf.values()) expect(gone).not.toContain(id)
    expect(gone).not.toContain('88') // 10:14:50, the last before 10:15
    expect(gone).toContain('87')
  })

  it('gives up the oldest where every one is the last of its session, and never a mark by hand', () => {
    const entries = Array.from({ length: MOST_ENTRIES + 2 }, (_, i) =>
      i === 0 ? entry(i, { event: 'complete' }) : entry(i, { sessionId: `s${i}`, sequence: 1 }),
    )
    expect(surplus(entries)).toEqual({ superseded: [], lost: ['1', '2'] })
  })
})

describe('a batch', () => {
  it('is as many as fit one request, and at least one', () => {
    const large = Array.from({ length: 10 }, (_, i) => entry(i, { sessionId: 'x'.repeat(20_000) }))
    const batch = batchOf(large, 500)
    expect(batch.map(({ id }) => id)).toEqual(['0', '1'])
    expect(JSON.stringify(batch.map(({ body }) => body)).length).toBeLessThanOrEqual(MOST_BYTES)
    expect(batchOf([entry(0, { sessionId: 'x'.repeat(70_000) })], 500)).toHaveLength(1)
    expect(batchOf(large, 1)).toHaveLength(1)
    expect(batchOf([], 500)).toEqual([])
  })
})
