// @vitest-environment node
/** Saving, against a service that really listens: what is sent, kept, tried again and given up. */

import { describe, expect, it, vi } from 'vitest'

import { MOST_BYTES } from './entry'
import { fakeLocks, fakePage } from './testing/browser'
import { heartbeatsIn, Service, tokenOf, type Received } from './testing/service'
import { DOWN, ITEM, until, useWorld } from './testing/world'
import type { PlayheadFailure, Saving } from './types'

const world = useWorld()

describe('saving', () => {
  it('sends what is played, with a token, and keeps nothing that is saved', async () => {
    const playhead = world.visit()
    const saved = vi.fn()
    playhead.addEventListener('saved', ({ detail }) => {
      saved(detail.heartbeats[0]?.event)
    })
    const { media, play } = world.watch(playhead)
    play(3)
    media.pause()
    media.settle()
    await until(() => saved.mock.calls.length > 0 && playhead.queue.waiting === 0)
    expect(world.service.heartbeats).toMatchObject([{ contentId: ITEM, event: 'pause', sequence: 1 }])
    expect(world.service.saves[0]?.headers.authorization).toBe(`Bearer ${tokenOf('ann')}`)
    expect(saved).toHaveBeenCalledWith('pause')
  })

  it('keeps all while the service is away; a later page sends it at once, with the original times', async () => {
    const began = Date.now()
    expect(await world.playedInVain(45)).toBe(5)
    world.past += 3 * 3_600_000
    const playhead = world.visit()
    await until(() => world.service.heartbeats.length === 5)
    await playhead.flush()
    expect(playhead.queue.waiting).toBe(0)
    expect(world.service.saves).toHaveLength(1)
    expect(world.service.heartbeats.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    const last = world.service.heartbeats.at(-1)
    expect(last?.metadata?.watchTimeSeconds).toBeCloseTo(45, 0)
    expect(Date.parse(last?.occurredAt ?? '') - began).toBeGreaterThanOrEqual(45_000)
    expect(Date.parse(last?.occurredAt ?? '') - began).toBeLessThan(60_000)
  })

  it('reports three failures in a row, once, and their end', async () => {
    world.service.answer = () => DOWN
    const playhead = world.visit()
    const { tracker, play } = world.watch(playhead)
    const states: Saving[] = []
    const errors: PlayheadFailure[] = []
    tracker.addEventListener('saving', ({ detail }) => states.push(detail.saving))
    tracker.addEventListener('error', ({ detail }) => errors.push(detail))
    play(11)
    await until(() => tracker.state.saving === 'waiting')
    for (let failures = 2; failures <= 4; failures += 1) {
      await playhead.flush()
      expect(tracker.state.failures).toBe(failures)
    }
    expect(tracker.state).toMatchObject({ saving: 'failing', online: true })
    expect(errors).toMatchObject([{ kind: 'network', message: 'the log is away' }])
    world.service.answer = () => undefined
    await playhead.flush()
    expect(tracker.state).toMatchObject({ saving: 'saved', failures: 0 })
    expect([...new Set(states)]).toEqual(['saving', 'waiting', 'failing', 'saved'])
  })

  it('waits as long as the service asks', async () => {
    world.service.answer = () =>
      world.service.saves.length === 1 ? { ...DOWN, headers: { 'Retry-After': '1' } } : undefined
    world.watch(world.visit()).play(11)
    await until(() => world.service.saves.length === 2)
    const [first, second] = world.service.saves
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(995)
  })

  it('keeps a whole batch that is over a limit, and sends it when the service asks for it', async () => {
    expect(await world.playedInVain(45)).toBe(5)
    const limited = { title: 'Too many requests', status: 429, detail: 'too many heartbeats of one person' }
    world.service.answer = () =>
      world.service.saves.length === 1
        ? { status: 429, headers: { 'Retry-After': '1' }, body: limited }
        : undefined
    const playhead = world.visit()
    await until(() => playhead.queue.waiting === 0 && world.service.saves.length === 2)
    const [refused, saved] = world.service.saves
    expect((saved?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(995)
    expect(heartbeatsIn(saved?.text ?? '').map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
  })

  it('sends by itself when the network is back, long before the next try', async () => {
    const playhead = world.visit()
    const turns: string[] = []
    playhead.addEventListener('offline', () => turns.push('offline'))
    playhead.addEventListener('online', () => turns.push('online'))
    const { play, tracker } = world.watch(playhead)
    await world.service.close()
    world.page.network(false)
    play(21)
    for (let attempt = 0; attempt < 6; attempt += 1) await playhead.flush()
    expect(tracker.state).toMatchObject({ online: false, saving: 'failing' })
    expect(playhead.queue.waiting).toBe(2)
    world.service = await Service.start(world.service.port)
    world.page.network(true)
    await until(() => playhead.queue.waiting === 0)
    expect(world.service.heartbeats).toHaveLength(2)
    expect(turns).toEqual(['offline', 'online'])
  })

  it("does not take a hotel's sign-in page for the service", async () => {
    world.service.answer = () => ({ status: 200, body: '<html>Welcome! Room number?</html>' })
    const playhead = world.visit()
    world.watch(playhead).play(11)
    await until(() => playhead.queue.waiting === 1 && world.service.saves.length > 0)
    await playhead.flush()
    expect(playhead.queue.waiting).toBe(1)
  })

  it('sends a backlog in requests that the service takes, oldest first', async () => {
    const kept = await world.playedInVain(1_500)
    expect(kept).toBeGreaterThan(140)
    const playhead = world.visit()
    await until(() => world.service.heartbeats.length === kept)
    await playhead.flush()
    expect(Math.max(...world.service.saves.map(({ text }) => text.length))).toBeLessThanOrEqual(
      MOST_BYTES + 100,
    )
    const sequences = world.service.heartbeats.map(({ sequence }) => sequence ?? 0)
    expect([...sequences].sort((one, other) => one - other)).toEqual(sequences)
  }, 20_000)
})

describe('refusals', () => {
  it('drops what is rejected by its index, says why, and saves the others', async () => {
    await world.playedInVain(25)
    world.service.answer = () => ({
      status: 202,
      body: { accepted: 2, rejected: [{ index: 1, reason: 'is not a UUID', field: 'contentId' }] },
    })
    const playhead = world.visit()
    await until(() => playhead.failures.length > 0)
    await playhead.flush()
    expect(playhead.queue.waiting).toBe(0)
    expect(playhead.failures).toMatchObject([
      { kind: 'refused', message: 'is not a UUID', problem: { errors: [{ field: 'contentId' }] } },
    ])
    expect(world.service.saves).toHaveLength(1)
  })

  it('finds the one that spoils a batch', async () => {
    await world.playedInVain(65)
    const spoilt = ({ text }: Received): boolean => heartbeatsIn(text).some(({ sequence }) => sequence === 3)
    world.service.answer = (request) =>
      spoilt(request) ? { status: 400, body: { title: 'Malformed', detail: 'not JSON' } } : undefined
    const playhead = world.visit()
    await until(() => playhead.failures.length > 0)
    await playhead.flush()
    expect(playhead.queue.waiting).toBe(0)
    expect(playhead.failures).toMatchObject([{ kind: 'refused', message: 'not JSON' }])
    const accepted = world.service.saves
      .filter((request) => !spoilt(request))
      .flatMap(({ text }) => heartbeatsIn(text))
    expect(accepted.map(({ sequence }) => sequence)).toEqual([1, 2, 4, 5, 6, 7])
  })
})

describe('several tabs', () => {
  it('send one after another, and nothing twice', async () => {
    const locks = fakeLocks()
    world.page = fakePage(world.service.origin, locks)
    await world.playedInVain(125)
    const tabs = [world.visit(), world.visit(), world.visit()]
    await Promise.all(tabs.map((tab) => tab.flush()))
    const ids = world.service.heartbeats.map(({ heartbeatId }) => heartbeatId)
    expect(ids).toHaveLength(13)
    expect(new Set(ids).size).toBe(13)
    expect(locks.most).toBe(1)
  })
})

describe('storage', () => {
  it('that is missing costs safety and nothing else', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('no storage here', 'SecurityError')
      },
    })
    const playhead = world.visit()
    world.watch(playhead).play(11)
    await until(() => world.service.heartbeats.length === 1)
    await playhead.flush()
    expect(playhead.queue.waiting).toBe(0)
    expect(playhead.failures).toMatchObject([{ kind: 'storage' }])
  })
})
