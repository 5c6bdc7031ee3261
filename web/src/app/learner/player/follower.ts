import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { ItemProgress, ListedItem } from '../../../api/types'
import type { Services } from '../../services'
import { Later } from '../later'
import { LiveProgress } from '../live-progress'
import { loadItemProgress } from './watched'

/** Changes come in pairs (a save of ours, its completion): one request answers both. */
const QUIET_MILLISECONDS = 250

type Host = ReactiveControllerHost & { readonly services: Services; readonly contentId: string }

/**
 * One item's progress as the service knows it, from all devices: reloaded when the stream reports a change, and when
 * the page comes back from the back/forward cache.
 */
export class Follower implements ReactiveController {
  progress: ItemProgress | null = null
  /** What a mark by hand set and the service has not yet repeated. */
  #marked: boolean | null = null
  readonly #soon = new Later(QUIET_MILLISECONDS, () => void this.#read())

  constructor(private readonly host: Host) {
    host.addController(this)
    new LiveProgress(host, {
      snapshot: (items) => {
        const item = items.find((each) => each.contentId === host.contentId)
        if (item !== undefined) this.#receive(item)
      },
      change: (item) => {
        if (item.contentId === host.contentId) this.#receive(item)
        else if (this.#isPart(item)) this.#soon.soon()
      },
    })
  }

  hostConnected(): void {
    addEventListener('pageshow', this.#onShow)
  }

  hostDisconnected(): void {
    removeEventListener('pageshow', this.#onShow)
    this.#soon.cancel()
  }

  get completed(): boolean {
    return this.#marked ?? this.progress?.status === 'completed'
  }

  /** What was loaded with the page. */
  begin(progress: ItemProgress): void {
    this.progress = progress
    this.#marked = null
    this.host.requestUpdate()
  }

  /** The player or the person has just completed or reopened it; the service will say so in a moment. */
  mark(completed: boolean): void {
    this.#marked = completed
    this.host.requestUpdate()
    this.#soon.soon()
  }

  /** The person has just begun a new attempt; the service will say so in a moment. */
  restart(): void {
    const { progress } = this
    if (progress !== null) {
      const resume = { ...progress.resume, offer: false, positionSeconds: 0 }
      this.progress = { ...progress, status: 'in_progress', progressPercentage: 0, completedAt: null, resume }
    }
    this.mark(false)
  }

  #receive(item: ListedItem): void {
    const { progress } = this
    const same =
      progress !== null &&
      progress.lastViewed === item.lastViewed &&
      progress.status === item.status &&
      progress.progressPercentage === item.progress
    if (!same) this.#soon.soon()
  }

  /** A course changes with its parts; the stream reports the part. */
  #isPart({ contentId }: ListedItem): boolean {
    return this.progress?.parts?.some((each) => each.contentId === contentId) ?? false
  }

  async #read(): Promise<void> {
    const { contentId, services } = this.host
    // a failure changes nothing: what is shown stays, and the next change asks again
    const progress = await loadItemProgress(services, contentId).catch(() => null)
    if (progress === null || contentId !== this.host.contentId) return
    this.progress = progress
    if ((progress.status === 'completed') === this.#marked) this.#marked = null
    this.host.requestUpdate()
  }

  readonly #onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#soon.soon()
  }
}
