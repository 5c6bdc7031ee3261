import { describe, expect, it, vi } from 'vitest'
import type { Downloaded, DownloadProgress } from '../../../api/download'
import { Failure } from '../../../api/failure'
import type { Problem } from '../../../api/types'
import { Jobs, obstacleOf, type Outside } from './jobs'

const file: Downloaded = { name: 'teams-2026-11-22.csv', blob: new Blob(['a,b\n']) }
const wanted = { report: 'teams', format: 'csv', of: '', path: '/api/teams?format=csv' } as const

function problem(status: number, retryAfterSeconds?: number): Failure {
  const body: Problem = {
    type: 'about:blank',
    title: 'No',
    status,
    detail: 'not now',
    errors: [],
    requestId: '',
  }
  return new Failure('unavailable', 'not now', body, retryAfterSeconds)
}

function world(download: Outside['download']) {
  let now = 0
  const waiting: { run: () => void; milliseconds: number }[] = []
  const saved: Downloaded[] = []
  const jobs = new Jobs({
    download,
    save: (each) => void saved.push(each),
    now: () => (now += 1_000),
    later: (run, milliseconds) => void waiting.push({ run, milliseconds }),
  })
  return { jobs, waiting, saved }
}

const settled = (jobs: Jobs, state: string) =>
  vi.waitFor(() => {
    expect(jobs.all[0]?.state).toBe(state)
  })

describe('a download', () => {
  it('is saved, and has its name, size and time', async () => {
    const { jobs, saved } = world(async (_, onProgress) => {
      onProgress({ received: 2, total: null })
      onProgress({ received: 4, total: null })
      return Promise.resolve(file)
    })
    jobs.start(wanted)
    await settled(jobs, 'done')
    expect(saved).toEqual([file])
    expect(jobs.all[0]).toMatchObject({ file: file.name, received: 4, bytesPerSecond: 2 })
    expect(jobs.all[0]?.took).toBeGreaterThan(0)
  })

  it('waits as long as a busy service says, then tries again', async () => {
    const download = vi
      .fn<Outside['download']>()
      .mockRejectedValueOnce(problem(503, 7))
      .mockResolvedValue(file)
    const { jobs, waiting } = world(download)
    jobs.start(wanted)
    await settled(jobs, 'waiting')
    expect(jobs.all[0]?.againSeconds).toBe(7)
    expect(waiting[0]?.milliseconds).toBe(7_000)
    waiting[0]?.run()
    await settled(jobs, 'done')
    expect(download).toHaveBeenCalledTimes(2)
  })

  it('gives a service up that stays busy', async () => {
    const { jobs, waiting } = world(() => Promise.reject(problem(503)))
    jobs.start(wanted)
    for (let tries = 1; tries < 10; tries += 1) {
      await vi.waitFor(() => {
        expect(waiting).toHaveLength(tries)
      })
      waiting.at(-1)?.run()
    }
    await settled(jobs, 'failed')
    expect(jobs.all[0]?.obstacle).toBe('busy')
  })

  it('does not come back from waiting once it is cancelled', async () => {
    const download = vi.fn<Outside['download']>().mockRejectedValue(problem(503, 1))
    const { jobs, waiting } = world(download)
    const id = jobs.start(wanted)
    await settled(jobs, 'waiting')
    jobs.cancel(id)
    waiting[0]?.run()
    expect(jobs.all[0]?.state).toBe('cancelled')
    expect(download).toHaveBeenCalledTimes(1)
  })

  it('is not saved when it was cancelled on its way', async () => {
    let finish: (done: Downloaded) => void = () => undefined
    const signals: AbortSignal[] = []
    const { jobs, saved } = world((_, __: (progress: DownloadProgress) => void, signal) => {
      signals.push(signal)
      return new Promise((resolve) => (finish = resolve))
    })
    const id = jobs.start(wanted)
    jobs.cancel(id)
    expect(signals[0]?.aborted).toBe(true)
    finish(file)
    await Promise.resolve()
    expect(saved).toEqual([])
    expect(jobs.all[0]?.state).toBe('cancelled')
  })

  it('can be had again, in its place', async () => {
    const download = vi.fn<Outside['download']>().mockRejectedValueOnce(problem(501)).mockResolvedValue(file)
    const { jobs } = world(download)
    const id = jobs.start(wanted)
    await settled(jobs, 'failed')
    expect(jobs.all[0]?.obstacle).toBe('notInstalled')
    jobs.again(id)
    await settled(jobs, 'done')
    expect(jobs.all).toHaveLength(1)
    expect(jobs.all[0]?.obstacle).toBeNull()
  })

  it('is one of several, the latest first', async () => {
    const { jobs } = world(() => Promise.resolve(file))
    const ids = [jobs.start(wanted), jobs.start({ ...wanted, format: 'xlsx' })]
    await vi.waitFor(() => {
      expect(jobs.all.map(({ state }) => state)).toEqual(['done', 'done'])
    })
    expect(jobs.all.map(({ id }) => id)).toEqual(ids.reverse())
  })
})

it('a file that was interrupted is distinguished from one that never began', () => {
  const gone = new Failure('offline', 'network error')
  expect(obstacleOf(gone, true)).toBe('broken')
  expect(obstacleOf(gone, false)).toBe('offline')
  expect(obstacleOf(new Failure('forbidden', 'no'), false)).toBe('other')
})
