/** The downloads of this visit. They continue while other pages are shown. */
import type { Downloaded, DownloadProgress } from '../../../api/download'
import { Failure } from '../../../api/failure'
import { rateOf, sampled, type Sample } from './rate'
import type { Format, ReportName } from './reports'

/**
 * Why a file could not be had: `busy` as many exports are at work as may be · `notInstalled` the service makes no such
 * files · `broken` it was interrupted · `offline` the service does not answer · `other` the service's own words.
 */
export type Obstacle = 'busy' | 'notInstalled' | 'broken' | 'offline' | 'other'

export interface Job {
  readonly id: number
  readonly report: ReportName
  readonly format: Format
  /** Whose or of when it is, in words. */
  readonly of: string
  readonly path: string
  readonly state: 'running' | 'waiting' | 'done' | 'failed' | 'cancelled'
  readonly received: number
  readonly total: number | null
  readonly bytesPerSecond: number | null
  /** Milliseconds from the beginning to the end. */
  readonly took: number | null
  readonly file: string | null
  readonly obstacle: Obstacle | null
  readonly message: string
  /** How long it waits, where it does. */
  readonly againSeconds: number | null
}

/** What jobs need from outside. */
export interface Outside {
  readonly download: (
    path: string,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ) => Promise<Downloaded>
  readonly save: (file: Downloaded) => void
  /** In milliseconds. */
  readonly now: () => number
  readonly later: (run: () => void, milliseconds: number) => void
}

/** Retries of a busy service before the download fails. */
const TRIES = 10
/** If the service sends no `Retry-After`. */
const AGAIN_SECONDS = 5

const IDLE = {
  state: 'running',
  received: 0,
  total: null,
  bytesPerSecond: null,
  took: null,
  file: null,
  obstacle: null,
  message: '',
  againSeconds: null,
} as const

type Wanted = Pick<Job, 'report' | 'format' | 'of' | 'path'>

/** Dispatches `change` whenever a job has changed visibly. */
export class Jobs extends EventTarget {
  /** The latest first. */
  all: readonly Job[] = []
  readonly #running = new Map<number, AbortController>()
  #last = 0

  constructor(private readonly outside: Outside) {
    super()
  }

  start(wanted: Wanted): number {
    this.#last += 1
    const id = this.#last
    this.all = [{ id, ...wanted, ...IDLE }, ...this.all]
    void this.#run(id, wanted.path)
    return id
  }

  /** Once more, in its place in the list. */
  again(id: number): void {
    const job = this.all.find((each) => each.id === id)
    if (job === undefined || this.#running.has(id)) return
    this.#change(id, IDLE)
    void this.#run(id, job.path)
  }

  cancel(id: number): void {
    this.#running.get(id)?.abort()
    this.#running.delete(id)
    this.#change(id, { state: 'cancelled', againSeconds: null })
  }

  async #run(id: number, path: string, tries = 1, began = this.outside.now()): Promise<void> {
    const controller = new AbortController()
    this.#running.set(id, controller)
    this.#change(id, { state: 'running', againSeconds: null })
    let samples: readonly Sample[] = []
    const onProgress = ({ received, total }: DownloadProgress): void => {
      samples = sampled(samples, { at: this.outside.now(), bytes: received })
      this.#change(id, { received, total, bytesPerSecond: rateOf(samples) })
    }
    try {
      const file = await this.outside.download(path, onProgress, controller.signal)
      if (controller.signal.aborted) return
      this.outside.save(file)
      this.#end(id, {
        state: 'done',
        file: file.name,
        received: file.blob.size,
        took: this.outside.now() - began,
      })
    } catch (reason) {
      if (controller.signal.aborted) return
      this.#failed(id, reason, () => void this.#run(id, path, tries + 1, began), tries, samples.length > 0)
    }
  }

  #failed(id: number, reason: unknown, again: () => void, tries: number, begun: boolean): void {
    const obstacle = obstacleOf(reason, begun)
    if (obstacle !== 'busy' || tries >= TRIES) {
      const message = reason instanceof Error ? reason.message : String(reason)
      this.#end(id, { state: 'failed', obstacle, message })
      return
    }
    const seconds = (reason instanceof Failure ? reason.retryAfterSeconds : undefined) ?? AGAIN_SECONDS
    const waiting = this.#running.get(id)
    this.#change(id, { state: 'waiting', againSeconds: seconds })
    this.outside.later(() => {
      if (waiting?.signal.aborted === false) again()
    }, seconds * 1_000)
  }

  #end(id: number, change: Partial<Job>): void {
    this.#running.delete(id)
    this.#change(id, change)
  }

  #change(id: number, change: Partial<Job>): void {
    this.all = this.all.map((job) => (job.id === id ? { ...job, ...change } : job))
    this.dispatchEvent(new Event('change'))
  }
}

/** `begun` distinguishes a file that was interrupted from one that never began. */
export function obstacleOf(reason: unknown, begun: boolean): Obstacle {
  if (!(reason instanceof Failure)) return 'other'
  if (reason.problem?.status === 501) return 'notInstalled'
  if (reason.problem?.status === 503) return 'busy'
  if (reason.kind === 'offline') return begun ? 'broken' : 'offline'
  return 'other'
}
