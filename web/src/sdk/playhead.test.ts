// @vitest-environment node
/** Who is spoken for, leaving, marks and progress, against a service that really listens. */

import { describe, expect, it, vi } from 'vitest'

import { fakePage } from './testing/browser'
import { heartbeatsIn, Service, tokenOf } from './testing/service'
import { DOWN, EXPIRED, ITEM, OTHER, until, useWorld } from './testing/world'

const world = useWorld()

describe('tokens', () => {
  it('asks for another after a 401, and sends with that', async () => {
    const token = vi
      .fn()
      .mockResolvedValueOnce(`${tokenOf('ann')}-old`)
      .mockResolvedValue(tokenOf('ann'))
    world.service.answer = ({ headers }) =>
      headers.authorization?.endsWith('-old') ? { status: 401, body: EXPIRED } : undefined
    const playhead = world.visit({ token })
    world.watch(playhead).play(11)
    await until(() => world.service.saves.length === 2)
    await playhead.flush()
    expect(token).toHaveBeenCalledTimes(2)
    expect(playhead.queue.waiting).toBe(0)
    expect(playhead.failures).toEqual([])
  })

  it('says so when the other is refused too, and keeps all until one is taken', async () => {
    world.service.answer = () => ({ status: 401, body: EXPIRED })
    const playhead = world.visit()
    world.watch(playhead).play(11)
    await until(() => playhead.failures.length > 0)
    await playhead.flush()
    expect(playhead.failures).toMatchObject([{ kind: 'unauthorised', message: 'the token has expired' }])
    expect(playhead.queue.waiting).toBe(1)
    world.service.answer = () => undefined
    await playhead.flush()
    expect(playhead.queue.waiting).toBe(0)
  })

  it('begins the next try with another token, not with the one that was refused', async () => {
    const token = vi.fn().mockResolvedValue(`${tokenOf('ann')}-old`)
    world.service.answer = ({ headers }) =>
      headers.authorization?.endsWith('-old') ? { status: 401, body: EXPIRED } : undefined
    const playhead = world.visit({ token })
    world.watch(playhead).play(11)
    await until(() => playhead.failures.length > 0)
    token.mockResolvedValue(tokenOf('ann'))
    world.service.received.length = 0
    await playhead.flush()
    expect(world.service.saves).toHaveLength(1)
    expect(playhead.queue.waiting).toBe(0)
  })

  it('refuses a token that identifies no person, and sends nothing with it', async () => {
    const playhead = world.visit({ token: 'opaque' })
    world.watch(playhead).play(11)
    await until(() => playhead.failures.length > 0)
    expect(playhead.failures).toMatchObject([{ kind: 'unauthorised' }])
    expect(world.service.saves).toHaveLength(0)
  })

  it("never sends one person's heartbeats with the token of another", async () => {
    const kept = await world.playedInVain(25)
    const bob = world.visit({ token: tokenOf('bob') })
    world.watch(bob).play(11)
    await until(() => world.service.heartbeats.length === 1)
    await bob.flush()
    expect(bob.queue.waiting).toBe(0)
    const elsewhere = world.visit({ token: tokenOf('ann', 'another tenant') })
    await elsewhere.flush()
    await bob.close()
    expect(world.service.saves.map(({ headers }) => headers.authorization)).toEqual(
      [`Bearer ${tokenOf('bob')}`, `Bearer ${tokenOf('bob')}`].slice(0, world.service.saves.length),
    )
    world.service.received.length = 0
    await world.visit().flush()
    expect(world.service.heartbeats).toHaveLength(kept)
    expect(world.service.saves[0]?.headers.authorization).toBe(`Bearer ${tokenOf('ann')}`)
  })

  it('keeps for its own page what was played before the person was known', async () => {
    let known = false
    const token = (): Promise<string> =>
      known ? Promise.resolve(tokenOf('ann')) : Promise.reject(new Error('offline'))
    const playhead = world.visit({ token })
    world.watch(playhead).play(21)
    await until(() => playhead.queue.waiting === 2)
    const other = world.visit({ token: tokenOf('bob') })
    await other.flush()
    expect(world.service.saves).toHaveLength(0)
    known = true
    await playhead.flush()
    expect(world.service.heartbeats).toHaveLength(2)
    expect(playhead.queue.waiting).toBe(0)
  })
})

describe('leaving', () => {
  it('sends all trackers’ last heartbeats at once by a request that outlives the page, token in the body', async () => {
    const playhead = world.visit()
    await playhead.flush()
    await playhead.progress(ITEM) // there is a token at hand
    const one = world.watch(playhead)
    const other = world.watch(playhead, OTHER)
    one.play(4)
    other.play(4)
    world.page.leave()
    await until(() => world.service.saves.length > 0 && playhead.queue.waiting === 0)
    const [request] = world.service.saves
    expect(request).toMatchObject({ path: '/api/progress/batch', headers: { 'content-type': 'text/plain' } })
    expect(request?.headers.authorization).toBeUndefined()
    expect(JSON.parse(request?.text ?? '')).toMatchObject({ token: tokenOf('ann') })
    expect(world.service.heartbeats.map(({ contentId, event }) => [contentId, event])).toEqual([
      [ITEM, 'close'],
      [OTHER, 'close'],
    ])
  })

  it('has a token at hand from the moment of attaching, though nothing was saved before', async () => {
    const playhead = world.visit()
    const { play } = world.watch(playhead)
    await playhead.flush()
    play(4)
    world.page.leave()
    await until(() => world.service.heartbeats.length === 1)
    expect(world.service.saves[0]?.headers['content-type']).toBe('text/plain')
  })

  it('sends once more what was saved a moment ago, whose request may die with the page', async () => {
    const playhead = world.visit()
    await playhead.progress(ITEM)
    const { media, play } = world.watch(playhead)
    play(4)
    media.pause()
    media.settle()
    world.page.leave()
    await until(() => world.service.saves.length > 0 && playhead.queue.waiting === 0)
    expect(world.service.saves[0]?.headers['content-type']).toBe('text/plain')
    expect(new Set(world.service.heartbeats.map(({ heartbeatId }) => heartbeatId)).size).toBe(1)
    expect(world.service.heartbeats[0]).toMatchObject({ event: 'pause' })
  })

  it('uses a beacon towards another origin, and sends again if the page lives, since it brings no answer', async () => {
    world.page = fakePage('https://host.example/course')
    const playhead = world.visit()
    await playhead.progress(ITEM)
    const { play } = world.watch(playhead)
    play(4)
    world.page.hide()
    expect(world.page.beacons).toHaveLength(1)
    expect(world.page.beacons[0]?.url).toBe(`${world.service.origin}/api/progress`)
    const [beacon] = heartbeatsIn(world.page.beacons[0]?.body ?? '')
    await until(() => world.service.heartbeats.length === 1)
    expect(world.service.heartbeats[0]?.heartbeatId).toBe(beacon?.heartbeatId)
  })

  it('goes on with the session when the page comes back from the cache', async () => {
    const playhead = world.visit()
    await playhead.progress(ITEM)
    const { play, tracker } = world.watch(playhead)
    play(4)
    const { sessionId } = tracker.state
    world.page.leave()
    world.page.back()
    world.page.show()
    play(10)
    await until(() => world.service.heartbeats.length === 2)
    expect(world.service.heartbeats.map((body) => body.sessionId)).toEqual([sessionId, sessionId])
    expect(world.service.heartbeats.map(({ sequence }) => sequence)).toEqual([1, 2])
  })
})

describe('marks by hand', () => {
  it('complete and reopen, and the tracker knows when the service has them', async () => {
    const playhead = world.visit()
    const { tracker } = world.watch(playhead)
    const completed = vi.fn()
    tracker.addEventListener('completed', completed)
    await tracker.complete()
    expect(tracker.state.completed).toBe(true)
    expect(completed).toHaveBeenCalledTimes(1)
    await playhead.reopen(ITEM)
    expect(tracker.state.completed).toBe(false)
    expect(world.service.heartbeats.map(({ event, contentId }) => [event, contentId])).toEqual([
      ['complete', ITEM],
      ['reopen', ITEM],
    ])
  })

  it('are kept while the service is away, and rejected where it refuses', async () => {
    world.service.answer = () => DOWN
    const playhead = world.visit()
    const { tracker } = world.watch(playhead)
    await tracker.complete()
    expect(tracker.state.completed).toBe(false)
    expect(playhead.queue.waiting).toBe(1)
    world.service.answer = () => undefined
    await playhead.flush()
    expect(tracker.state.completed).toBe(true)
    world.service.answer = () => ({
      status: 422,
      body: { title: 'Invalid heartbeat', detail: 'contentId: is not a UUID' },
    })
    await expect(playhead.complete('nonsense')).rejects.toMatchObject({
      kind: 'refused',
      problem: { status: 422 },
    })
  })
})

describe('progress', () => {
  it('is read with the token renewed once, and says what is wrong otherwise', async () => {
    const playhead = world.visit()
    expect(await playhead.progress(ITEM)).toMatchObject({ status: 'not_started', resume: { offer: false } })
    world.service.answer = () => ({ status: 401, body: EXPIRED })
    await expect(playhead.progress(ITEM)).rejects.toMatchObject({
      kind: 'unauthorised',
      message: 'the token has expired',
    })
    expect(world.service.received).toHaveLength(3)
    world.service.answer = () => DOWN
    await expect(playhead.progress(ITEM)).rejects.toMatchObject({ kind: 'network' })
    const { port } = world.service
    await world.service.close()
    await expect(playhead.progress(ITEM)).rejects.toMatchObject({ kind: 'network' })
    world.service = await Service.start(port)
  })
})
